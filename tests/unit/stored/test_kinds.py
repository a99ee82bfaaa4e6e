"""Stored values bear the number of their shape; older ones are brought to today's step by step."""

import json
import zlib

import pytest

from shared.adapters.dynamodb.stored.kind import Unreadable
from shared.adapters.dynamodb.stored.kinds import LINE, LINES, PROGRESS
from shared.adapters.dynamodb.stored.upcast import described, held, stepped
from shared.adapters.dynamodb.stored.upcasters import NUMBER, explicit, renamed
from shared.domain.order.line import Line

A_LINE = Line(line_id="l1", sku="SOFA", quantity=1, unit_price=100, gross=100)
PLAIN = json.dumps({"line_id": "l1", "sku": "SOFA", "quantity": 1, "unit_price": 100, "gross": 100})
RECORDS = described(1)["records"]


def test_what_is_written_bears_the_number_and_reads_back() -> None:
    text, pack = LINE.text(A_LINE), LINES.pack((A_LINE,))
    assert text.startswith(f"{NUMBER}{{")
    assert pack[0] == NUMBER
    assert (LINE.read(text), LINES.unpack(pack)) == (A_LINE, (A_LINE,))


def test_what_bears_no_number_is_of_shape_1() -> None:
    assert LINE.read(PLAIN) == LINE.read("1" + PLAIN) == A_LINE
    packed = zlib.compress(f"[{PLAIN}]".encode())
    assert LINES.unpack(packed) == LINES.unpack(b"\1" + packed) == (A_LINE,)
    assert LINE.plain(PLAIN) == LINE.plain("1" + PLAIN) == json.loads(PLAIN)


def test_a_shape_newer_than_the_code_is_refused_in_words() -> None:
    words = f"line: shape {NUMBER + 1} is unknown to this code, which reads up to {NUMBER}"
    for reads in (LINE.read, LINE.plain):
        with pytest.raises(Unreadable, match=words):
            reads(f"{NUMBER + 1}{PLAIN}")
    with pytest.raises(Unreadable, match=f"shape {NUMBER + 1} is unknown"):
        PROGRESS.unpack(bytes([NUMBER + 1]) + zlib.compress(b"{}"))


def test_of_nothing_no_shape_is_known() -> None:
    with pytest.raises(Unreadable, match="shape 0 is unknown"):
        LINES.unpack(b"")


# -------------------------------------------------------------------------------------------------------------- steps


def test_of_several_records_the_one_with_the_tag_takes_the_step() -> None:
    edits = [
        {"op": "set_quantity", "line_id": "l1", "quantity": 2},
        {"op": "cancel_units", "line_id": "l1", "quantity": 1},
    ]
    found = stepped(edits, RECORDS["Change"]["edits"]["type"], RECORDS, {"SetQuantity": renamed("quantity", "units")})
    assert found == [{"op": "set_quantity", "line_id": "l1", "units": 2}, edits[1]]


def test_a_record_in_a_map_takes_its_step_under_any_key() -> None:
    found = stepped(
        {"picked": {"picked": 1}},
        [{"map": [{"record": "Progress"}]}],
        RECORDS,
        {"Progress": renamed("picked", "taken")},
    )
    assert found == {"picked": {"taken": 1}}


def test_records_deep_in_a_change_take_their_step() -> None:
    """Lines stand in its plan and in the edit that undoes; what lacks a field had the old default."""
    restore = {"op": "restore", "change_id": "c", "lines": [{"left": {"line_id": "l1"}, "was": None}]}
    change = {"edits": [restore], "plan": {"lines": [{"before": None, "after": {"line_id": "l1"}}]}}
    found = stepped(change, [{"record": "Change"}], RECORDS, {"Line": explicit("tax_included", False)})
    assert found["plan"]["lines"] == [{"before": None, "after": {"line_id": "l1", "tax_included": False}}]
    assert found["edits"][0]["lines"] == [{"left": {"line_id": "l1", "tax_included": False}, "was": None}]


def test_an_explicit_default_leaves_what_was_given() -> None:
    assert explicit("tax_included", False)({"tax_included": True}) == {"tax_included": True}


def test_which_records_a_kind_can_hold_is_known() -> None:
    assert {"Line", "Tax", "Restore", "ChangePlan"} < held(described(1), "change")
    assert held(described(1), "progress") == {"Progress"}
