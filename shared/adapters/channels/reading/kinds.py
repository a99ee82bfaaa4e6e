"""Recognises payloads that are no orders, so that the refusal tells the sender what they sent instead."""

from collections.abc import Mapping, Sequence

from shared.domain.refusal import Refusal

Marks = Sequence[tuple[tuple[str, ...], str]]
"""Rows of (field names that together give a thing away, what it is); the first row that fits counts."""


def not_an_order(channel: str, payload: object, envelopes: Mapping[str, str], marks: Marks) -> Refusal:
    """Returns the refusal `not-an-order`, with the name of what the payload looks like."""
    return Refusal(
        "not-an-order", f"This is no {channel} order: it looks like {_looks_like(payload, envelopes, marks)}."
    )


def _looks_like(payload: object, envelopes: Mapping[str, str], marks: Marks) -> str:
    if isinstance(payload, list):
        return "a list; orders come one at a time"
    if not isinstance(payload, dict):
        return "a bare value"
    if not payload:
        return "an empty object"
    for names, words in marks:
        if all(name in payload for name in names):
            return words
    for name, words in envelopes.items():
        if name in payload:
            return words
    fields = ", ".join(f"{str(name)[:30]!a}" for name in list(payload)[:5])
    return f"something else, with the fields {fields}" + (" and more" if len(payload) > 5 else "")
