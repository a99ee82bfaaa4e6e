"""Serves the OpenAPI document and a sign of life, both to anybody."""

from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from shared.http.door.answers import respond, shown
from shared.http.door.base_path import api_path
from shared.http.door.resolver import resolver, serve
from shared.ports.requests import Answer

DOCUMENT = Path(__file__).with_name("openapi.json")

app = resolver()


@app.get("/openapi.json")
def openapi() -> Response[str]:
    """Shows the document; its server is the path under which callers reach this API."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return respond(Answer(status=200, body=text.replace('"url": "/"', f'"url": "{api_path() or "/"}"', 1)))


@app.get("/health")
def health() -> Response[str]:
    return shown({"status": "ok"})


handler = serve(app)
