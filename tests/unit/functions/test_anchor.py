"""From the log's stream to its anchors: each order's last new entry; a row that was replaced is an alarm."""

import json
import logging
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from functions.anchor.handler import handler as anchor
from shared import bootstrap
from shared.domain.audit.log import Anchor

CONTEXT: Any = SimpleNamespace(function_name="anchor")


class Kept:
    """Anchors in memory; `broken` fails."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Anchor]] = []
        self.broken = False

    def keep(self, order_id: str, anchor: Anchor) -> None:
        if self.broken:
            raise TimeoutError
        self.kept.append((order_id, anchor))

    def of(self, order_id: str) -> Sequence[Anchor]:
        return [anchor for order, anchor in self.kept if order == order_id]


@pytest.fixture
def anchors(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(bootstrap, "anchors", lambda: kept)
    return kept


def a_record(order_id: str, seq: int, hash_: str, event: str = "INSERT") -> dict[str, Any]:
    keys = {"order_id": {"S": order_id}, "seq": {"N": str(seq)}}
    return {"eventName": event, "dynamodb": {"Keys": keys, "NewImage": {**keys, "hash": {"S": hash_}}}}


def test_each_order_gets_its_last_entry_of_the_batch_anchored(anchors: Kept) -> None:
    records = [a_record("ord-1", 1, "a"), a_record("ord-2", 5, "b"), a_record("ord-1", 2, "c")]
    anchor({"Records": records}, CONTEXT)
    assert anchors.kept == [("ord-2", Anchor(seq=5, hash="b")), ("ord-1", Anchor(seq=2, hash="c"))]


def test_of_an_order_that_was_forged_within_the_batch_every_new_entry_is_anchored(anchors: Kept) -> None:
    """The entry after the forged one has it in its chain; only the anchor of the first contradicts it."""
    forged = a_record("ord-1", 1, "b", "MODIFY")
    other = [a_record("ord-2", 1, "x"), a_record("ord-2", 2, "y")]
    anchor({"Records": [a_record("ord-1", 1, "a"), forged, *other, a_record("ord-1", 2, "c")]}, CONTEXT)
    first, last = Anchor(seq=1, hash="a"), Anchor(seq=2, hash="c")
    assert anchors.kept == [("ord-1", first), ("ord-2", Anchor(seq=2, hash="y")), ("ord-1", last)]


@pytest.mark.parametrize("event", ["MODIFY", "REMOVE"])
def test_a_row_that_was_replaced_is_told_and_not_anchored(
    anchors: Kept, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], event: str
) -> None:
    with caplog.at_level(logging.ERROR):
        anchor({"Records": [a_record("ord-1", 1, "a", event)]}, CONTEXT)
    assert anchors.kept == []
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["LogRewritten"] == [1.0]


def test_a_bucket_that_fails_brings_the_batch_again(anchors: Kept) -> None:
    anchors.broken = True
    with pytest.raises(TimeoutError):
        anchor({"Records": [a_record("ord-1", 1, "a")]}, CONTEXT)
