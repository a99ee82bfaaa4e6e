"""What is said of an If-Match that is not the ETag as it is now."""

import re

from shared.domain.refusal import Refusal


def stale(etag: str, if_match: str, words: str) -> Refusal:
    """`stale-version` with the fresh ETag: `words` for one that it may have been before, else that it is none."""
    if _form(if_match) != _form(etag):
        words = f"If-Match holds no ETag of this: send it as you read it, quotes included, such as {_form(etag)}."
    return Refusal("stale-version", words, extra={"etag": etag})


def _form(etag: str) -> str:
    return re.sub("[0-9]+", "1", etag)
