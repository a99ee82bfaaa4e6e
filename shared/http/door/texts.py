"""Refuses texts that hold characters which nobody sees and which make a text read otherwise than it is written."""

import re
from collections.abc import Iterator

from shared.domain.refusal import Violation, escaped

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""The control characters (Unicode's category Cc) but tabs and line ends, and what embeds, overrides or isolates a
direction of writing (UAX #9 §2.1–2.4). The marks of right-to-left scripts (U+200E, U+200F) are letters' own."""

_WORDS = "This holds a control character: but for line ends and tabs, a text has none."


def unseen_in(value: object) -> Iterator[Violation]:
    """Yields a `malformed-value` for each text of a JSON value that holds a control character, with its pointer.

    All that callers send goes through here: bodies, query parameters and paths that are validated.
    """
    waiting = [("", value)]
    while waiting:
        pointer, each = waiting.pop()
        if isinstance(each, str):
            if not each.isprintable() and _UNSEEN.search(each):
                yield Violation("malformed-value", _WORDS, pointer)
        elif isinstance(each, dict):
            waiting += [(f"{pointer}/{escaped(name)[:100]}", inner) for name, inner in reversed(each.items())]
        elif isinstance(each, list):
            waiting += [(f"{pointer}/{index}", inner) for index, inner in reversed([*enumerate(each)])]
