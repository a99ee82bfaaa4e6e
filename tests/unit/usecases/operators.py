"""What operators do with policy documents, as the use cases hear it; answers read `<name>-<version> <status>`."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.policy import Policy
from shared.domain.policy_making.trial import policy_at
from shared.domain.refusal import Refusal
from shared.ports.requests import RequestKey
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Request
from shared.usecases.policies.decide_policy import PolicyDecision, decide_policy
from shared.usecases.policies.propose_policy import Proposal, propose_policy
from shared.usecases.policies.withdraw_policy import Withdrawal, withdraw_policy
from tests.fakes import World
from tests.fakes.edge import rendered, told


def proposed(world: World, name: PolicyName, document: dict[str, Any] | None, **more: Any) -> str:
    """Propose it as operator usr-1, unless `by` is another; the answer."""
    key, if_match, by = more.pop("key", None), more.pop("if_match", None), more.pop("by", "usr-1")
    text = None if document is None else json.dumps(document)
    proposal = Proposal(name=name, why=more.pop("why", "a trial"), by=by, document=text, **more)
    return told(propose_policy(world.services, world.policy_history, _request(by, key, if_match), proposal)).body


def decided(world: World, name: PolicyName, version: int, by: str = "usr-2", **more: Any) -> str:
    key, decision = more.pop("key", None), more.pop("decision", "approve")
    wanted = PolicyDecision(name=name, version=version, decision=decision, by=by, note=more.pop("note", None))
    return told(decide_policy(world.services, world.policy_history, _request(by, key), wanted)).body


def refusal(work: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        work()
    return caught.value


def in_force(world: World, at: datetime | None = None) -> Policy:
    history = world.policy_history
    return policy_at(history.register(), at or world.clock.now(), history.read)


def withdrawn(world: World, name: PolicyName, version: int, by: str = "usr-1", key: str | None = None) -> str:
    wanted = Withdrawal(name=name, version=version, by=by, note="Not after all.")
    return told(withdraw_policy(world.services, world.policy_history, _request(by, key), wanted)).body


def _request(by: str, key: str | None, if_match: str | None = None) -> Request[Any]:
    known = RequestKey(key=key, body_hash="body") if key else None
    principal = Principal(id=by, roles=frozenset({"operator"}))
    return Request(principal=principal, key=known, if_match=if_match, render=rendered)
