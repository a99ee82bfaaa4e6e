"""Every step × who asked for the change × everybody, through the handlers: who takes it, how the others are refused.

The control is written by hand from DESIGN.md ("Who may take which step is a table too"), and compared with the table of
`step_rights`; then each cell of that table is asked for over HTTP.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import pytest

from shared.domain.change.step_rights import STEP_RIGHTS, AskedBy, StepName, Who
from shared.http.door.problem_types import PROBLEMS
from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2, FINANCE, MANAGER, OPERATOR, SERVICE
from tests.unit.http.matrix.places import copied
from tests.unit.http.matrix.step_stories import ASKERS, STEPS, TAKEN_OVER

LEAD = replace(MANAGER, id="usr-lead", roles=frozenset({"lead"}))
PEOPLE: Mapping[Who, Principal] = {
    "owner": CUSTOMER,
    "author": AGENT,
    "other_customer": CUSTOMER_2,
    "agent": AGENT_2,
    "lead": LEAD,
    "manager": MANAGER,
    "finance": FINANCE,
    "operator": OPERATOR,
    "service": SERVICE,
    "asked": MANAGER,
}

SERVING = {"author", "agent", "lead", "manager"}
SENIOR = {"author", "lead", "manager"}
BY_HAND: Mapping[StepName, tuple[set[Who], set[Who], set[Who]]] = {
    # asked by a customer | by staff | for a reason of fraud or law
    "start": ({"owner"}, SERVING, SERVING),
    "edit": ({"owner"} | SERVING, SERVING, SENIOR),
    "submit": ({"owner"} | SERVING, SERVING, SERVING),
    "accept": ({"owner"} | SERVING, SERVING, SERVING),
    "withdraw": ({"owner"} | SERVING, SERVING, SENIOR),
    "undo": ({"owner"} | SERVING, SERVING, SENIOR),
    "take_back": ({"owner"} | SERVING, SERVING, SENIOR),
    "decide": ({"asked"}, {"asked"}, {"asked"}),
    "confirm": ({"owner"}, {"owner"}, set()),
    "collect": ({"service"}, {"service"}, {"service"}),
    "acknowledge": ({"service", "operator"}, {"service", "operator"}, {"service", "operator"}),
    "settle": ({"finance", "operator"}, {"finance", "operator"}, {"finance", "operator"}),
    "resolve": ({"operator"}, {"operator"}, {"operator"}),
}
THEIRS_STILL: Mapping[StepName, set[Who]] = {"edit": {"owner"}, "withdraw": {"owner"}, "undo": {"owner"}}
"""Of a customer's change that staff has given other edits, this stays the customer's; else it is as staff's own."""


def test_the_table_is_what_is_written_by_hand() -> None:
    table = {step: (set(row.customer), set(row.staff), set(row.guarded)) for step, row in STEP_RIGHTS.items()}
    assert table == BY_HAND
    taken_over = {step: set(row.taken_over) for step, row in STEP_RIGHTS.items()}
    assert taken_over == {step: whom | THEIRS_STILL.get(step, set()) for step, (_, whom, _) in BY_HAND.items()}
    assert set(STEP_RIGHTS) == set(get_args(StepName)) == set(STEPS)
    assert set(PEOPLE) == set(get_args(Who))


def reachable(step: StepName, asked_by: AskedBy, who: Who) -> bool:
    """Only what can be edited is taken over. A customer's change has no author of the staff yet, and theirs to start is
    no staff's; the manager is whom the changes here wait for, and nobody waits for a role in other steps."""
    if asked_by == "taken_over" and step not in TAKEN_OVER:
        return False
    if who == "author":
        return asked_by != "customer" and step != "start"
    if step == "start" and asked_by != "guarded" and (asked_by == "customer") != (who in ("owner", "other_customer")):
        return False
    return who != ("manager" if step == "decide" else "asked")


CELLS = [
    (step, asked_by, who)
    for step in get_args(StepName)
    for asked_by in get_args(AskedBy)
    for who in get_args(Who)
    if reachable(step, asked_by, who)
]


@pytest.mark.parametrize(("step", "asked_by", "who"), CELLS)
def test_who_takes_a_step_and_who_does_not(world: World, step: StepName, asked_by: AskedBy, who: Who) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})
    world.stock("MUG-RED", 100)
    four_eyes = step == "decide" and who == "author"
    told = STEPS[step].story(world, asked_by, MANAGER if four_eyes else ASKERS[asked_by])
    before = copied(world.memory)
    reply = STEPS[step].by(MANAGER if four_eyes else PEOPLE[who], told)
    refused = STEP_RIGHTS[step].answer(asked_by, who)
    if refused is None:
        assert reply.status < 300, reply.body
        return
    assert copied(world.memory) == before
    expected = {refused.code, *(["order-not-found"] if refused.code == "change-not-found" else [])}
    assert (reply.code in expected, reply.status) == (True, PROBLEMS[refused.code].status)


def test_every_cell_but_those_that_nothing_leads_to_is_walked() -> None:
    assert len(CELLS) == len(set(CELLS)) > 300
