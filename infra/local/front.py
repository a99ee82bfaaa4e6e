"""Runs the one HTTP server that users of the local run talk to: loopback, HTTP/1.1, a thread per connection."""

import socketserver
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from infra.local.exchange import MAX_BODY_BYTES, Request, Response

HOST = "127.0.0.1"
# Bytes of a body that are kept. The rest is read and dropped, so that a client that still sends can read its refusal.
KEPT_BODY_BYTES = MAX_BODY_BYTES + 1
_WITHOUT_BODY = (204, 304)

Handle = Callable[[Request], Response]
Refuse = Callable[[str, str, int | None], Response]


class Front(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Binds its port at once, so that a used port is found before anything is started; serves once it has its
    routes."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler, bind_and_activate=True)
        self.route: Handle
        self.refuse: Refuse

    @property
    def url(self) -> str:
        """Returns the URL under which it is reached."""
        return f"http://{HOST}:{self.server_address[1]}"

    def serve(self, handle: Handle, refuse: Refuse) -> None:
        """Answers until shut down: `handle` gets well-formed HTTP, `refuse` (kind, message, status) the rest."""
        self.route, self.refuse = handle, refuse
        self.serve_forever(poll_interval=0.1)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores clients that went away; any other error is ours and gets its traceback printed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75
    server: Front

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except ValueError:
            self.send_error(400)
            return
        request = Request(self.command, self.path, self.headers, body, self.client_address[0])
        self._answer(self.server.route(request))

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b""
            while chunk := self._read_chunk():
                body = (body + chunk)[:KEPT_BODY_BYTES]
            return body
        return self._read(int(self.headers.get("Content-Length") or 0))

    def _read(self, length: int) -> bytes:
        kept = self.rfile.read(min(length, KEPT_BODY_BYTES))
        while (length := length - KEPT_BODY_BYTES) > 0:
            self.rfile.read(min(length, KEPT_BODY_BYTES))
        return kept

    def _read_chunk(self) -> bytes:
        """Reads one chunk (RFC 9112 §7.1); the last is empty and has trailers, which end with an empty line."""
        size = int(self.rfile.readline().partition(b";")[0], 16)
        chunk = self._read(size)
        while self.rfile.readline().strip() and not size:
            pass
        return chunk

    def _answer(self, response: Response) -> None:
        if response.silent_for:
            self._keep_silent(response.silent_for)
            return
        lines = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        body = b"" if response.status in _WITHOUT_BODY else response.body
        if response.status not in _WITHOUT_BODY:
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def _keep_silent(self, seconds: float) -> None:
        """Waits without an answer until the client goes or the time is up, then drops the connection."""
        self.close_connection = True
        self.connection.settimeout(seconds)
        self.rfile.read(1)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses malformed HTTP, and methods that no API has, in the gateway's form."""
        self.close_connection = True
        self.command = self.command or ""
        if code == 501:
            self._answer(self.server.refuse("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", None))
        else:
            self._answer(self.server.refuse("BAD_REQUEST_PARAMETERS", message or "Bad Request", code))

    def log_message(self, *_: object) -> None:
        """Logs nothing, because the emulator's log has the requests."""


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
    setattr(_Handler, f"do_{_method}", _Handler._serve)
