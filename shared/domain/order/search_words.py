"""Says by which words an order is found. What orders hold and what people type take the same form, so that an umlaut is
found by its plain spelling and a number without its `#`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import partial

from shared.domain.order.order import Order
from shared.domain.order.party import Address

SHORTEST = 2
"""Characters of a word that something is found by; shorter ones, as initials, are left out."""
LONGEST_QUERY = 200
MOST_TERMS = 8
_MOST_OF_A_NAME = 12
_LONG_NUMBER = 1
"""The place of a long number in the order of rarity."""

_ALIKE = str.maketrans(
    {"ß": "ss", "ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("'’‘ʼ`´")
)
_BLANK = str.maketrans(dict.fromkeys(",;", " "))
_PLAIN = {code: None for code in (*range(32), 127) if not chr(code).isspace()} | str.maketrans(",;", "  ", "'`")
"""What of ASCII is left out, or is a blank: most texts are ASCII, and an order may have thousands."""
_AROUND = '#.:!?()[]<>"“”„«»-/'
_GERMAN = re.compile("(?<=[aou])e")
_INSIDE = re.compile(r"[\W_]+")


class Kind(Enum):
    """The kinds of texts that an order is found by: those that say who somebody is, and the others."""

    NUMBER = "number"
    SKU = "sku"
    EMAIL = "email"
    NAME = "name"
    PLACE = "place"

    @property
    def personal(self) -> bool:
        return self in (Kind.EMAIL, Kind.NAME, Kind.PLACE)


Said = tuple[Kind, str]
"""A text that an order is found by, with its kind."""


def folded(text: str) -> str:
    """Returns a text as words are compared: casefolded, without marks (NFKD), apostrophes and signs that nobody sees;
    commas are blanks."""
    if text.isascii():
        return text.translate(_PLAIN).lower()
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE).translate(_BLANK))
    seen = "".join(sign for sign in apart if not unicodedata.combining(sign) and (sign.isspace() or _is_seen(sign)))
    return seen.casefold().translate(_ALIKE)


def terms_of(query: str) -> tuple[str, ...]:
    """Returns the words of what somebody typed, each once. All of them must be an order's; no sign is a wildcard."""
    return tuple(dict.fromkeys(word for word in map(_word, folded(query).split()) if len(word) >= SHORTEST))


def words_of(kind: Kind, text: str) -> tuple[str, ...]:
    """Returns the words of a text: each whole, a number and a postal code without its blanks too, and of a name the
    parts of what is joined by a hyphen."""
    pieces = folded(text).split()
    words = [_word(piece) for piece in pieces]
    if kind is Kind.NAME:
        words += [_alike(part) for piece in pieces for part in _INSIDE.split(piece)]
        words = list(dict.fromkeys(words))[:_MOST_OF_A_NAME]
    elif len(pieces) > 1:
        words.append(_word("".join(pieces)))
    return tuple(dict.fromkeys(word for word in words if len(word) >= SHORTEST))


def said_of(order: Order, *, skus: bool = True) -> tuple[Said, ...]:
    """Returns the texts that an order is found by, each once, with its `skus` last: they may be thousands."""
    customer, own = order.customer, [(Kind.NUMBER, order.channel_order_id), (Kind.NUMBER, order.source.reference)]
    told = [*own, (Kind.EMAIL, customer.email), (Kind.NAME, customer.name)]
    told += [each for address in (order.shipping_address, order.billing_address) for each in _of_address(address)]
    told += [(Kind.NUMBER, payment.reference) for payment in order.payments]
    told += [(Kind.NUMBER, number) for progress in order.progress.values() for number in progress.tracking]
    told += [(Kind.SKU, sku) for sku in dict.fromkeys(skus_of(order) if skus else ())]
    return tuple(dict.fromkeys((kind, text) for kind, text in told if text))


def skus_of(order: Order) -> list[str]:
    return [line.sku for line in order.lines]


def words_by_text(said: Iterable[Said]) -> dict[str, Said]:
    """Returns the words of these texts, each with the text that it is of; of two, the one that says who somebody is."""
    found: dict[str, Said] = {}
    for kind, text in said:
        for word in words_of(kind, text):
            if word not in found or (kind.personal and not found[word][0].personal):
                found[word] = (kind, text)
    return found


def rarity(term: str) -> tuple[int, int, str]:
    """Returns the place of a term among others, the rarest first: an e-mail, a long number, a short one of digits
    alone, a name, and then the rest, as many orders have one SKU."""
    digits = sum(sign.isdecimal() for sign in term)
    fits: tuple[Callable[[], bool], ...] = (
        lambda: "@" in term,
        lambda: digits > 0 and len(term) >= 10,
        lambda: digits == len(term),
        lambda: digits == 0,
        lambda: True,
    )
    return next(place for place, fit in enumerate(fits) if fit()), -len(term), term


def looked_up_first(term: str) -> bool:
    """Tells if a term is looked up before names, places and SKUs."""
    return rarity(term)[0] <= _LONG_NUMBER


def _of_address(address: Address | None) -> Iterator[tuple[Kind, str | None]]:
    if address:
        yield from ((Kind.NAME, address.name), (Kind.PLACE, address.postal_code))


def _word(piece: str) -> str:
    return _alike(piece.strip(_AROUND))


def _alike(word: str) -> str:
    """Returns a word of letters with `ae`, `oe` and `ue` as the plain vowel: Mueller is Müller, and so is Muller."""
    return _plain_vowels(word) if word.replace("-", "").isalpha() else word


_plain_vowels = partial(_GERMAN.sub, "")


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] != "C"
