"""Which pages may read an answer: those of the portals' origins, and no others."""

from typing import Any

import pytest

from shared.http.door.answers import shown
from shared.http.door.resolver import resolver, serve
from tests.unit.http.client import CONTEXT, event_of

PORTAL, SHOP = "https://portal.example", "https://shop.example"


def asked(origin: str | None, path: str = "/health") -> dict[str, str]:
    """The headers of the answer to a page of this origin, from an app that is made now."""
    app = resolver()
    app.get("/health")(lambda: shown({"status": "ok"}))
    sent = {"Origin": origin} if origin else {}
    reply: dict[str, Any] = serve(app)(event_of("GET", path, "/health", {}, "", None, sent, None), CONTEXT)  # type: ignore[arg-type]
    return {name: values[-1] for name, values in reply["multiValueHeaders"].items()}


@pytest.mark.parametrize("origin", [PORTAL, SHOP])
def test_a_page_of_a_listed_origin_may_read_etag_location_and_retry_after(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", f"{PORTAL},{SHOP}")
    headers = asked(origin)
    assert headers["Access-Control-Allow-Origin"] == origin
    assert set(headers["Access-Control-Expose-Headers"].split(",")) == {"ETag", "Location", "Retry-After"}
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://portal.example", "https://portal.example.evil.example", "null", None]
)
def test_a_page_of_another_origin_may_read_nothing(monkeypatch: pytest.MonkeyPatch, origin: str | None) -> None:
    monkeypatch.setenv("CORS_ORIGINS", f"{PORTAL},{SHOP}")
    assert not [name for name in asked(origin) if name.startswith("Access-Control-")]


@pytest.mark.parametrize("origin", [PORTAL, "null", ""])
def test_without_a_list_no_page_of_another_origin_may(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.delenv("CORS_ORIGINS", raising=False)
    assert not [name for name in asked(origin) if name.startswith("Access-Control-")]


def test_a_refusal_keeps_to_the_list_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", PORTAL)
    assert asked(PORTAL, "/nowhere")["Access-Control-Allow-Origin"] == PORTAL
    assert "Access-Control-Allow-Origin" not in asked("https://evil.example", "/nowhere")
