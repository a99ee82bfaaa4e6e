"""Every guard: the conditions that are found in the code, and those that the tables here name."""

from tests.sabotage.conditions import condition_guards
from tests.sabotage.guard import Guard
from tests.sabotage.guards import (
    access,
    approvals,
    changes,
    channels,
    collecting,
    deductions,
    delegations,
    doors,
    exchanging,
    finding,
    idempotency,
    identity,
    outcomes,
    policies,
    pricing,
    refunds,
    steps,
    stock,
    stored,
    undoing,
    ways_round,
    workflows,
)

TABLES = (
    *(changes, access, approvals, delegations, identity, idempotency, policies, refunds, undoing, workflows, stock),
    channels,
    deductions,
    collecting,
    outcomes,
    stored,
    steps,
    pricing,
    exchanging,
    doors,
    ways_round,
    finding,
)


def all_guards() -> list[Guard]:
    return [*condition_guards(), *(each for table in TABLES for each in table.GUARDS)]
