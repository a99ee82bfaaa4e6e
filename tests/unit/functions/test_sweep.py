"""What a sweep says of a job that failed: which, and why, and nothing that is personal."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.sweep.handler import handler as sweep
from shared.ports.bus import PublishFailed
from tests.fakes import World
from tests.unit.functions.stories import a_paid_order

CONTEXT: Any = SimpleNamespace(function_name="sweep")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "of Ada"}}, "Query")
FOUND: list[tuple[Exception, str]] = [
    (KeyError("Ada"), "KeyError"),
    (DENIED, "ClientError AccessDeniedException"),
    (ExceptionGroup("of Ada", [DENIED, KeyError("Ada")]), "ClientError AccessDeniedException, KeyError"),
]


def words(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


@pytest.mark.parametrize(("trouble", "named"), FOUND, ids=[named for _, named in FOUND])
def test_a_job_that_failed_is_named_with_what_failed_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception, named: str
) -> None:
    def broken(*_: object) -> int:
        raise trouble

    monkeypatch.setattr(world.services.orders, "finish_staged", broken)
    with pytest.raises(ExceptionGroup):
        sweep({}, CONTEXT)
    assert words(caplog) == [f"sweep: not finished: {named}"]
    assert "Ada" not in caplog.text


def test_events_that_are_not_published_are_named_by_their_order(world: World, caplog: pytest.LogCaptureFixture) -> None:
    order = a_paid_order(world)
    world.clock.passes(minutes=5)
    world.bus.broken = PublishFailed("1 of 1: ['InternalFailure']")
    with pytest.raises(ExceptionGroup):
        sweep({}, CONTEXT)
    failed = "PublishFailed 1 of 1: ['InternalFailure']"
    assert words(caplog) == [
        f"not published: events from 1 of {order.order_id}: {failed}",
        f"sweep: not published: {failed}",
    ]
