"""An edit that is added in five files reaches every place that an edit reaches; none is forgotten in silence."""

from typing import Any

import pytest

from shared.domain.planning.edits import EditBase
from shared.domain.planning.edits.base import AmendmentEdit
from tests.support.new_edit import found_in_a_copy
from tests.support.new_edit_probe import SENT


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return found_in_a_copy(tmp_path_factory.mktemp("copy"))


STORED = {
    "line_id": "l1",
    "days": 5,
    "text": None,
    "price": {"amount": 100, "currency": "USD"},
    "op": "extend_line",
}
PLACES: dict[str, Any] = {
    "applied": "2027-02-05",
    "violations": [],
    "skus": ["RENT"],
    "undo": "2027-01-31",
    "undo is judged": True,
    "log": ["/lines/l1/end_date"],
    "a text that nobody decided on": ["ExtendLine.text"],
    "request": True,
    "reply": SENT,
    "stored": STORED,
    "read back": True,
    "read back with its change": True,
    "document": True,
    "policy's words": ["extend_line", "extend_line.price"],
    "report of refusals": True,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_new_edit_reaches(found: dict[str, Any], place: str) -> None:
    assert found[place] == PLACES[place]


@pytest.mark.parametrize("question", sorted(EditBase.__abstractmethods__))
def test_an_edit_that_leaves_a_question_open_cannot_be_made(question: str) -> None:
    answers = {name: lambda *_: None for name in EditBase.__abstractmethods__ if name != question}
    with pytest.raises(TypeError, match=question):
        type("Forgetful", (AmendmentEdit,), answers)()
