"""What a client sends twice reaches a function of the local run as it does behind API Gateway."""

from email.message import Message
from typing import Any

from infra.local.repeated_headers import CARRIER, carried, unpacked


def sent(*headers: tuple[str, str]) -> Message:
    message = Message()
    for name, value in headers:
        message[name] = value
    return message


def joined(headers: Message) -> dict[str, Any]:
    """The event as the emulator makes it: values of one name are joined, names are in lower case."""
    given: dict[str, str] = {}
    for name, value in [*headers.items(), *([(CARRIER, told)] if (told := carried(headers)) else [])]:
        key = name.lower()
        given[key] = f"{given[key]}, {value}" if key in given else value
    return {"headers": given, "multiValueHeaders": {name: [value] for name, value in given.items()}}


def test_every_value_of_a_repeated_header_comes_through_and_the_last_alone() -> None:
    event = unpacked(joined(sent(("Idempotency-Key", "ka"), ("Accept", "a, b"), ("idempotency-key", "kb"))))
    assert event["multiValueHeaders"] == {"idempotency-key": ["ka", "kb"], "accept": ["a, b"]}
    assert event["headers"] == {"idempotency-key": "kb", "accept": "a, b"}


def test_without_repeated_headers_nothing_is_carried() -> None:
    headers = sent(("Idempotency-Key", "ka"), ("Accept", "a"))
    assert carried(headers) is None
    assert unpacked(joined(headers)) == joined(headers)
