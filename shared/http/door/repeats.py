"""Finds what a request says more than once where one value counts: API Gateway passes every value on, and beside them
the last alone."""

from collections.abc import Mapping, Sequence

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from shared.domain.refusal import Refusal, Violation, escaped
from shared.http.door.validation import MAX_TOLD

SINGLE = frozenset(
    {
        *("authorization", "content-encoding", "content-type", "idempotency-key", "if-match"),
        *("inflight-signature", "stripe-signature"),
    }
)
"""Headers that are read here, in lower case. Others are repeated on the way by those who pass a request on."""

_MAX_NAME = 100
Values = Mapping[str, Sequence[str]]


def repeated_in(event: APIGatewayProxyEvent) -> tuple[str, ...]:
    """Returns the names of query parameters, and then of headers of `SINGLE`, that have more than one value, each as it
    is spelt first. No parameter of ours is a list."""
    headers: Values = event.get("multiValueHeaders") or {}
    spelt: dict[str, str] = {}
    for name in headers:
        spelt.setdefault(name.lower(), name)
    values = {key: sum(len(headers[name]) for name in headers if name.lower() == key) for key in SINGLE & spelt.keys()}
    parameters: Values = event.get("multiValueQueryStringParameters") or {}
    return (
        *(name for name, given in parameters.items() if len(given) > 1),
        *(name for key, name in spelt.items() if values.get(key, 0) > 1),
    )


def check_said_once(repeated: Sequence[str]) -> None:
    """Checks that nothing is repeated.

    Raises:
        Refusal: `repeated-parameter`, which points to each.
    """
    found = (
        Violation("repeated-parameter", "This may be given once.", f"/{escaped(name)[:_MAX_NAME]}")
        for name in repeated[:MAX_TOLD]
    )
    if violations := tuple(found):
        raise Refusal.of(violations)
