"""A local run as its users have it: started as `make run` starts it, called over HTTP, stopped with a signal."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from tests.support.permissions.deployed import deployed
from tests.support.permissions.verdict import Verdict, verdict_of
from tests.support.template import template

ROOT = Path(__file__).resolve().parents[2]
# A fresh clone installs first. Both are far more than a slow and busy machine takes; `make bench` measures stopping.
READY_SECONDS = 600
STOP_SECONDS = 120
VERDICTS: list[Verdict] = []
"""The runs of this session showed these AWS calls of functions, and their roles."""


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

    @property
    def etag(self) -> str:
        return str(self.headers["ETag"])

    @property
    def problem(self) -> str:
        """The code of the problem that it tells: its type without the part that all types share."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        assert self.json["status"] == self.status
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def pointers(self) -> list[str]:
        """Where in the request the problem lies."""
        return [error["pointer"] for error in self.json["errors"]]


@dataclass(frozen=True)
class Service:
    """The running service, and what it wrote down about itself."""

    api_url: str
    outputs: Mapping[str, str]
    tokens: Mapping[str, str]
    refused_tokens: Mapping[str, str]
    process: subprocess.Popen[str]

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
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        address, slash, base = self.api_url.removeprefix("http://").partition("/")
        connection = HTTPConnection(address, timeout=timeout)
        try:
            connection.request(method, f"{slash}{base}{path}", body, sent)
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

    @property
    def log(self) -> str:
        """What the emulator and the functions have logged so far."""
        return (ROOT / ".local" / str(self.ports[0]) / "emulator.log").read_text()

    @property
    def ports(self) -> list[int]:
        """The ports that it listens on: its own, and the emulator's."""
        return [urlsplit(self.outputs[name]).port or 0 for name in ("api_url", "aws_endpoint_url")]

    def stop(self) -> None:
        """Tell it to stop, as a supervisor does, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=STOP_SECONDS)

    def interrupt(self) -> None:
        """Press Ctrl-C: the terminal interrupts the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=STOP_SECONDS)

    @property
    def processes(self) -> set[int]:
        """It, and all that it has started."""
        parents = {int(stat.split()[0]): int(stat.rpartition(")")[2].split()[1]) for stat in _stats()}
        family = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in family} - family:
            family |= more
        return family


@contextmanager
def running(**parameters: object) -> Iterator[Service]:
    """The service on a port of its own, with these template parameters. Afterwards it is gone, and so are its ports."""
    port = free_port()
    recording = ROOT / ".local" / str(port) / "calls.jsonl"
    recording.unlink(missing_ok=True)
    process = subprocess.Popen(
        ["make", "--silent", "run"],
        cwd=ROOT,
        env=os.environ
        | {"PORT": str(port), "POLICIES": str(ROOT / "tests/policies"), "STACK_PARAMETERS": _parameters(parameters)}
        | {"RECORD_CALLS": str(recording)},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        _wait_until_ready(process, port)
        folder = ROOT / ".local" / str(port)
        outputs, tokens, refused = (
            json.loads((folder / f"{name}.json").read_text()) for name in ("outputs", "tokens", "refused_tokens")
        )
        service = Service(outputs["api_url"], outputs, tokens, refused, process)
        yield service
        verdict = _verdict(service) if process.poll() is None else None
        if process.poll() is None:
            service.stop()
        if verdict:
            VERDICTS.append(verdict)
            assert verdict.denied == set(), "a function asked AWS for what its role does not allow"
        assert [port for port in service.ports if listens(port)] == []
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _verdict(service: Service) -> Verdict:
    """Judge all AWS calls of all functions so far by the roles that the stack gave them."""
    recorded = ROOT / ".local" / str(service.ports[0]) / "calls.jsonl"
    lines = recorded.read_text().splitlines() if recorded.exists() else []
    return verdict_of(lines, deployed(service.aws, template()))


def alive(processes: set[int]) -> set[int]:
    """Those of the processes that still run."""
    return processes & {int(stat.split()[0]) for stat in _stats() if stat.rpartition(")")[2].split()[0] != "Z"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def _stats() -> Iterator[str]:
    """One line for each process (Linux, proc(5))."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield path.read_text()


def _parameters(parameters: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in parameters.items())


def _wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    """Read the one line that says so; a run that takes too long is killed, which ends its output."""
    assert process.stdout is not None
    too_long = threading.Timer(READY_SECONDS, process.kill)
    too_long.start()
    line = process.stdout.readline()
    too_long.cancel()
    assert line == f"ready http://127.0.0.1:{port}\n"
