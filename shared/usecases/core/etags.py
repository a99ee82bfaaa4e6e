"""Check preconditions: an If-Match must be the ETag as it is now, and a stale one is refused (RFC 9110 §13.1.1)."""

import re

from shared.domain.order.order import Order
from shared.domain.refusal import Refusal


def check_order_etag(order: Order, if_match: str | None) -> None:
    """Check that `if_match` is the order's ETag.

    Raises:
        Refusal: `precondition-required` without an If-Match, `stale-version` (with the fresh ETag) for another.
    """
    if if_match is None:
        raise Refusal("precondition-required", "Send If-Match with the order's ETag.")
    if if_match != order.etag:
        raise stale(order.etag, if_match, "The order has changed since you read it.")


def stale(etag: str, if_match: str, words: str) -> Refusal:
    """Return the refusal `stale-version` with the fresh ETag: `words` for one that it may have been before, else that
    it is none."""
    if _form(if_match) != _form(etag):
        words = f"If-Match holds no ETag of this: send it as you read it, quotes included, such as {_form(etag)}."
    return Refusal("stale-version", words, extra={"etag": etag})


def _form(etag: str) -> str:
    return re.sub("[0-9]+", "1", etag)
