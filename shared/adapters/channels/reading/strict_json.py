"""Reads the JSON of a channel's payload."""

from shared import strict_json

_PAYLOAD = strict_json.Reading(
    code="malformed-payload",
    subject="The payload",
    too_deep="is nested too deep to be an order",
    quoted=ascii,
)


def parse(raw: bytes) -> object:
    """Returns the JSON value in `raw` (UTF-8).

    Raises:
        Refusal: `malformed-payload`: not UTF-8, not JSON, a key given twice, NaN, or nested absurdly deep.
    """
    return strict_json.parse(raw, _PAYLOAD)
