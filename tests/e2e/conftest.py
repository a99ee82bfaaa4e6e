"""One local run for all end-to-end tests, started as `make run` starts it and stopped as a user would."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]
# A fresh clone installs first.
READY_SECONDS = 120
STOP_SECONDS = 5


@dataclass(frozen=True)
class Reply:
    """What an HTTP call brought."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Service:
    """The running service, and what it wrote down about itself."""

    api_url: str
    outputs: Mapping[str, str]
    tokens: Mapping[str, str]

    def http(
        self,
        method: str,
        path: str,
        body: Any = None,
        user: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Reply:
        """Call the API as one of the demo users, or as nobody. A body that is not bytes is sent as JSON."""
        sent = dict(headers or {})
        if user is not None:
            sent["Authorization"] = f"Bearer {self.tokens[user]}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection(self.api_url.removeprefix("http://"), timeout=timeout)
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def aws(self, name: str) -> Any:
        """A boto3 client of an AWS service, on the emulator."""
        return boto3.client(
            name,
            endpoint_url=self.outputs["aws_endpoint_url"],
            region_name=self.outputs["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service on a port of its own. Afterwards it must be gone within five seconds, and its ports with it."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "infra/local/run.py"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_until_ready(process, port)
        folder = ROOT / ".local" / str(port)
        outputs = json.loads((folder / "outputs.json").read_text())
        tokens = json.loads((folder / "tokens.json").read_text())
        yield Service(outputs["api_url"], outputs, tokens)
        _stop(process)
        emulator_port = int(outputs["aws_endpoint_url"].rpartition(":")[2])
        assert [port for port in (port, emulator_port) if _listens(port)] == []
    finally:
        process.kill()


def _wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    """Read the one line that says so; a run that takes too long is killed, which ends its output."""
    assert process.stdout is not None
    too_long = threading.Timer(READY_SECONDS, process.kill)
    too_long.start()
    line = process.stdout.readline()
    too_long.cancel()
    assert line == f"ready http://127.0.0.1:{port}\n"


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    process.wait(timeout=STOP_SECONDS)
    assert time.monotonic() - started < STOP_SECONDS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
