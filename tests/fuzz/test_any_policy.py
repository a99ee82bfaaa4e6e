"""Whatever stands wherever in a policy document: it is kept, or refused with words; judging it never breaks."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.adapters.policy_documents import read_document
from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.trial import findings
from shared.domain.refusal import Refusal
from shared.http.door.problem_types import PROBLEMS
from shared.http.resources.policy.request import PolicyBody
from tests.fakes.policies import as_shipped
from tests.support.effort import times

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Path = tuple[str | int, ...]

WORDS = ["agent", "manager", "USD", "JPY", "XXX", "0", "-1", "1e9", "NaN", "Infinity", "refunds", "true", "∞"]
words = st.sampled_from([*WORDS, "", "stage == 'x'", "1 +"])
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | words
    | st.text(max_size=5)
)
junk = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=5
)


def paths(node: Any, path: Path = ()) -> list[Path]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    if isinstance(node, list):
        inner = list(enumerate(node))
    return [path, *(each for key, value in inner for each in paths(value, (*path, key)))][0 if path else 1 :]


def changed(document: Any, path: Path, value: Any) -> Any:
    document = place = copy.deepcopy(document)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


PLACES: list[tuple[PolicyName, Path]] = [(name, path) for name in DOCUMENTS for path in paths(as_shipped(name))]


def judged(name: PolicyName, document: Any) -> set[str]:
    """The codes of what is wrong with it."""
    try:
        proposal = PolicyBody(why="?", document=json.loads(json.dumps(document))).to_domain(name, "usr-1")
    except Refusal as refusal:
        return {each.code for each in refusal.violations}
    version = PolicyVersion(
        name=name,
        version=2,
        document=proposal.document or "",
        status="agreed",
        why="?",
        by="usr-1",
        at=NOW,
        activates_at=NOW,
    )
    return {each.code for each in findings(Register(), version, NOW, read_document)}


@given(st.sampled_from(PLACES), junk)
@example(("prices", ("bounds", 0, "floor_percent")), "1E+999999")
@example(("prices", ("bounds", 0, "floor_percent")), "1E-9999999")
@example(("eligibility", ("rules", 0, "when")), "role")
@example(("eligibility", ("rules", 0, "when")), "int(sku) > 5")
@example(("checks", ("rules", 0, "when")), "refunds_today / 0 == 1")
@settings(max_examples=times(600), deadline=None)
def test_anything_anywhere_in_a_document_is_judged_with_codes_that_are_listed(
    place: tuple[PolicyName, Path], value: Any
) -> None:
    name, path = place
    assert judged(name, changed(as_shipped(name), path, value)) <= set(PROBLEMS)
