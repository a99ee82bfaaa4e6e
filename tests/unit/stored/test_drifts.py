"""Which differences between two descriptions of stored shapes old rows survive."""

from typing import Any

import pytest

from infra.shapes.check import current, misread
from infra.shapes.compare import drifts
from shared.adapters.dynamodb.stored.upcasters import NUMBER

LINE: dict[str, Any] = {
    "sku": {"type": ["str"]},
    "title": {"type": ["str"], "default": ""},
    "kind": {"type": [{"one of": ["goods", "service"]}], "default": "goods"},
}


def shape(**records: Any) -> dict[str, Any]:
    return {"kinds": {"line": [{"record": next(iter(records))}]}, "records": records}


def field(*types: Any, **default: Any) -> dict[str, Any]:
    return {"type": list(types), **default}


@pytest.mark.parametrize(
    "after",
    [
        shape(Line=LINE),
        shape(Line=LINE | {"note": field("str", "null", default=None)}),
        shape(Line=LINE | {"kind": field({"one of": ["goods", "service", "gift"]}, default="goods")}),
        shape(Line=LINE | {"kind": field("str", default="goods")}),
        shape(Line=LINE | {"sku": field("str", "null")}),
        shape(OrderLine=LINE),
    ],
    ids=["the same", "a new field with a default", "a new value", "any text", "may be missing", "the class renamed"],
)
def test_old_rows_survive(after: dict[str, Any]) -> None:
    assert drifts(shape(Line=LINE), after) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": None}, "Line.title is gone"),
        ({"note": field("str")}, "Line.note is new and has no default"),
        ({"title": field("str", default="?")}, "Line.title has another default, or none: it was ''"),
        ({"title": field("str")}, "Line.title has another default, or none: it was ''"),
        ({"sku": field("int")}, "Line.sku can be str no more"),
        ({"kind": field({"one of": ["goods"]}, default="goods")}, "Line.kind can be ['goods', 'service'] no more"),
        ({"kind": field({"list": ["str"]}, default="goods")}, "Line.kind can be ['goods', 'service'] no more"),
    ],
)
def test_old_rows_do_not_survive(fields: dict[str, Any], words: str) -> None:
    changed = {name: each for name, each in (LINE | fields).items() if each is not None}
    assert [(each.record, each.words) for each in drifts(shape(Line=LINE), shape(Line=changed))] == [("Line", words)]


@pytest.mark.parametrize(
    ("default", "survive"),
    [({"rate": "0", "place": None}, True), ({"rate": "1"}, False), ({"place": None}, False), (None, False)],
    ids=["a record that gained a field", "another value", "without the field", "none"],
)
def test_a_default_that_is_a_record_may_gain_fields_and_changes_none(default: Any, survive: bool) -> None:
    before = shape(Line=LINE | {"tax": field("str", default={"rate": "0"})})
    after = shape(Line=LINE | {"tax": field("str", default=default)})
    assert (drifts(before, after) == []) is survive


def test_records_of_several_are_told_by_their_tags_and_not_by_their_names() -> None:
    def edits(first: str, second: str, default: int) -> dict[str, Any]:
        quantity = {"op": field({"one of": ["set"]}), "to": field("int", default=default)}
        records = {first: quantity, second: {"op": field({"one of": ["cancel"]})}}
        return {"kinds": {"edits": [{"list": [{"record": first}, {"record": second}]}]}, "records": records}

    assert drifts(edits("Set", "Cancel", 1), edits("Change", "Set", 1)) == []
    (found,) = drifts(edits("Set", "Cancel", 1), edits("Change", "Set", 2))
    assert found.words == "Set.to has another default, or none: it was 1"


def test_a_kind_that_is_gone_is_told() -> None:
    assert [each.words for each in drifts(shape(Line=LINE), {"kinds": {}, "records": {}})] == [
        "the kind 'line' is gone"
    ]


def test_what_is_to_be_done_is_said_and_nothing_where_all_is_well() -> None:
    assert misread() == []
    after = current()
    del after["records"]["Line"]["title"]
    *words, what_to_do = misread(NUMBER, after)
    assert set(words) == {"Line.title is gone"}
    assert f"add to STEPS the number {NUMBER + 1}" in what_to_do
