"""Reads texts with a meaning here: SKUs, e-mail addresses, and labels made of several parts."""

import unicodedata
from collections.abc import Iterable

from shared.adapters.channels.reading.bounds import MAX_SKU, MAX_TEXT
from shared.adapters.channels.reading.payload import Fields
from shared.domain.plain_text import is_address


def sku_in(item: Fields) -> str | None:
    """Returns the line's SKU without blanks around it and in Unicode's composed form (NFC), so that one SKU has one
    spelling.

    A SKU that stock cannot be kept for (`CAFÉ`: our SKUs are ASCII) stays as the shop spells it, without stock.

    Raises:
        Refusal: `too-long`.
    """
    given = item.text_or_none("sku", MAX_SKU)
    return unicodedata.normalize("NFC", given).strip() or None if given else None


def email_in(person: Fields, key: str = "email") -> str | None:
    """Returns the address if it is a single one that mail can be sent to, else None: no order is refused for its
    e-mail."""
    written = person.values.get(key)
    address = written.strip() if isinstance(written, str) else ""
    return address if is_address(address) else None


def listed(parts: Iterable[str], between: str) -> str | None:
    """Returns several labels as one. It is for people to read, so an excess of length is cut."""
    return between.join(parts)[:MAX_TEXT] or None
