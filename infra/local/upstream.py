"""Reaches the deployed REST API behind the front: the emulator's gateway, over pooled connections."""

import select
import uuid
from http.client import HTTPConnection, HTTPException, InvalidURL
from queue import Empty, LifoQueue

from infra.local.exchange import MAX_BODY_BYTES, Request, Response
from infra.local.gateway_responses import MARK, GatewayResponses
from infra.local.repeated_headers import CARRIER, carried

# API Gateway's own limit.
INTEGRATION_TIMEOUT_SECONDS = 29

_HOP_BY_HOP = frozenset(
    ("connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
)
_OURS = _HOP_BY_HOP | {"content-length", "server", MARK, CARRIER}


class RestApi:
    """One deployed stage; safe to call from many threads."""

    def __init__(
        self,
        address: tuple[str, int],
        base_path: str,
        refusals: GatewayResponses,
        preflight: list[tuple[str, str]],
    ) -> None:
        self._address = address
        self._base_path = base_path
        self._refusals = refusals
        self._preflight = preflight
        self._idle: LifoQueue[HTTPConnection] = LifoQueue()

    def handle(self, request: Request) -> Response:
        """Answers a request like API Gateway."""
        if len(request.body) > MAX_BODY_BYTES:
            return self.refuse("REQUEST_TOO_LARGE", "Request Too Long")
        connection = self._connection()
        try:
            response = self._forward(connection, request)
        except (InvalidURL, UnicodeEncodeError):
            connection.close()
            return self.refuse("BAD_REQUEST_PARAMETERS", "Bad Request")
        except TimeoutError:
            connection.close()
            return self.refuse("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        except (OSError, HTTPException):
            connection.close()
            return self.refuse("INTEGRATION_FAILURE", "Internal server error")
        self._idle.put(connection)
        return response

    def refuse(self, kind: str, message: str, status: int | None = None, request_id: str | None = None) -> Response:
        """Refuses a request in the form that the template gives to that kind of refusal."""
        code, headers, body = self._refusals.render(kind, message, request_id or str(uuid.uuid4()), status)
        return Response(code, list(headers.items()), body)

    def _forward(self, connection: HTTPConnection, request: Request) -> Response:
        connection.putrequest(
            request.method, self._base_path + request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers.items():
            if name.lower() not in _OURS:
                connection.putheader(name, value)
        if repeated := carried(request.headers):
            connection.putheader(CARRIER, repeated)
        connection.putheader("Content-Length", str(len(request.body)))
        connection.putheader("X-Forwarded-For", request.client)
        connection.putheader("X-Forwarded-Proto", "http")
        connection.endheaders(request.body)
        answer = connection.getresponse()
        body = answer.read()
        if kind := answer.getheader(MARK):
            return self.refuse(kind, body.decode(), answer.status, answer.getheader("x-amzn-RequestId"))
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OURS]
        if request.method == "OPTIONS":
            headers += self._preflight
        return Response(answer.status, headers, body)

    def _connection(self) -> HTTPConnection:
        """Takes an idle connection that the emulator has not closed meanwhile, or opens one."""
        while True:
            try:
                connection = self._idle.get_nowait()
            except Empty:
                return HTTPConnection(*self._address, timeout=INTEGRATION_TIMEOUT_SECONDS)
            if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
