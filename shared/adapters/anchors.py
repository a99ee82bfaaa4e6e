"""Keeps anchors of the log in a bucket with Object Lock: one empty object each, whose name says all.

A lock holds versions, not names: a removed object leaves a marker before its versions, and one that is written again is
another version. So reading asks for versions, which no marker hides (Amazon S3 user guide, "Locking objects").
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from shared.domain.audit.log import Anchor

HEADS = "heads/"


class Store(Protocol):
    """The part of the S3 client that is used here."""

    def put_object(self, **request: Any) -> Any: ...

    def get_paginator(self, operation: Any) -> Any: ...


class S3Anchors:
    kept = True

    def __init__(self, client: Callable[[], Store], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, order_id: str, anchor: Anchor) -> None:
        self._client().put_object(Bucket=self._bucket, Key=f"{_place(order_id)}{anchor.seq}-{anchor.hash}", Body=b"")

    def of(self, order_id: str) -> Sequence[Anchor]:
        place = _place(order_id)
        pages = self._client().get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=place)
        names = {version["Key"] for page in pages for version in page.get("Versions", ())}
        return [_anchor(name.removeprefix(place)) for name in sorted(names)]


def _place(order_id: str) -> str:
    return f"{HEADS}{quote(order_id, safe='')}/"


def _anchor(name: str) -> Anchor:
    seq, _, hash_ = name.partition("-")
    return Anchor(seq=int(seq), hash=hash_)
