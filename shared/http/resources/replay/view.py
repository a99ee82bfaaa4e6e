"""Shows a replay in replies."""

from collections.abc import Iterable
from typing import get_args

from shared.domain.replay.compare_outcomes import Compared, Cost, Difference, costs, counted
from shared.domain.replay.policy_outcome import Decision, Rule
from shared.http.parts.view import Json, money, present, time
from shared.usecases.policies.replay_policy import Replayed


def replay_view(replayed: Replayed, *, only_differing: bool) -> Json:
    compared = replayed.compared
    differing = [each for each in compared if each.differences]
    differences = counted(compared)
    return present(
        {
            "name": replayed.name,
            "judged": len(compared),
            "differing": len(differing),
            "drifted": sum(each.drifted for each in compared),
            "skipped": [{"why": why, "count": count} for why, count in sorted(replayed.skipped.items())],
            "from": time(replayed.since),
            "to": time(replayed.until),
            "by_decision": {name: differences.get(name, 0) for name in get_args(Difference)},
            "cost": [_cost(each) for each in costs(compared)],
            "approvals": {
                "before": sum(bool(each.before.approvals) for each in compared),
                "after": sum(bool(each.after.approvals) for each in compared),
            },
            "items": [_compared(each) for each in (differing if only_differing else compared)],
            "next_cursor": replayed.cursor,
        }
    )


def _cost(cost: Cost) -> Json:
    amounts = {"refunds": cost.refunds, "fees": cost.fees, "totals": cost.totals}
    return {"currency": cost.currency} | {name: money(minor, cost.currency) for name, minor in amounts.items()}


def _compared(each: Compared) -> Json:
    return {
        "change_id": each.change_id,
        "order_id": each.order_id,
        "kind": each.kind,
        "status": each.status,
        "created_at": time(each.created_at),
        "drifted": each.drifted,
        "before": _decision(each.before, each.currency),
        "after": _decision(each.after, each.currency),
        "rules": _rules(each.rules),
    }


def _decision(decision: Decision, currency: str) -> Json:
    return {
        "denied": list(decision.denied),
        "approvals": list(decision.approvals),
        "confirmations": list(decision.confirmations),
        "fees": [{"code": code, "amount": money(amount, currency)} for code, amount in decision.fees],
        "refunds": [
            {"payment_id": payment_id, "amount": money(amount, currency)} for payment_id, amount in decision.refunds
        ],
        "total": money(decision.total, currency),
        "paid_first": money(decision.paid_first, currency),
        "rules": _rules(decision.rules),
    }


def _rules(rules: Iterable[Rule]) -> list[Json]:
    return [rule._asdict() for rule in rules]
