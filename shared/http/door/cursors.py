"""Signs the cursors of lists: one leads on for whom it was made, in the list that it was made of, and nowhere else.

<HMAC-SHA-256 of who asks, for what, and the cursor, cut to 128 bits, in base64url>.<the store's own cursor>
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping

from shared.domain.canonical import canonical
from shared.domain.refusal import Refusal
from shared.http.door.call import Call

Key = Callable[[], bytes]
"""Gives the key when a cursor is made or read, for most lists end on their first page."""

SIGNED_BYTES = 16
_APART = ("cursor", "limit")
"""Parameters that may differ from page to page of one list."""


def sealed(call: Call, key: Key, cursor: str | None, asked: Mapping[str, object] | None = None) -> str | None:
    """Returns the store's cursor as the caller is given it; None if the list ends. `asked` is what the list is asked
    for, where the query does not say it."""
    return f"{_signature(call, key, cursor, asked)}.{cursor}" if cursor else None


def opened(call: Call, key: Key, given: str | None, asked: Mapping[str, object] | None = None) -> str | None:
    """Returns the store's cursor that the caller was given; None if the list begins.

    Raises:
        Refusal: `malformed-cursor`: it is none of ours, somebody else's, or of another list.
    """
    if given is None:
        return None
    signature, _, cursor = given.partition(".")
    if not given.isascii() or not hmac.compare_digest(signature, _signature(call, key, cursor, asked)):
        raise Refusal("malformed-cursor", "This cursor belongs to another list, or to none.", pointer="/cursor")
    return cursor


def _signature(call: Call, key: Key, cursor: str, asked: Mapping[str, object] | None) -> str:
    who, where = call.principal, [call.route.name, dict(call.path)]
    said = call.query if asked is None else asked
    listed = {name: value for name, value in said.items() if name not in _APART}
    text = canonical([who.id, who.customer_id, sorted(who.roles), where, listed, cursor])
    return urlsafe_b64encode(hmac.digest(key(), text.encode(), "sha256")[:SIGNED_BYTES]).decode().rstrip("=")
