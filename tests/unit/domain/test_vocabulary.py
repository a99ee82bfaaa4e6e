"""Policy knows every edit and every field of a case; what has no word of its own is named here with its reason."""

from dataclasses import fields
from typing import get_args

from shared.domain.planning.edits import Edit
from shared.domain.policy.subjects import Case
from shared.domain.policy_making.vocabulary import EDITS, OF_A_CHANGE, OF_AN_EDIT

JUDGED_AS_OTHERS = {
    "cancel_order": "it is judged as the units that it cancels",
    "take_back": "it is judged as a cancellation of the units that it takes",
}
BY_OP = {{each.name: each.default for each in fields(kind)}["op"]: kind for kind in get_args(Edit)}


def test_policy_has_a_word_for_every_edit() -> None:
    words = {word for edits in EDITS.values() for word in edits}
    assert {word for word in words if "." not in word} == set(BY_OP) - set(JUDGED_AS_OTHERS)
    assert set(OF_A_CHANGE["edits"].known) == words | set(BY_OP)  # type: ignore[union-attr]


def test_a_word_with_a_dot_names_a_field_of_an_edit() -> None:
    parts = [word.split(".") for edits in EDITS.values() for word in edits if "." in word]
    assert all(part in {each.name for each in fields(BY_OP[op])} for op, part in parts)


def test_a_condition_may_compare_every_field_of_a_case() -> None:
    assert {each.name for each in fields(Case)} <= set(OF_AN_EDIT)
