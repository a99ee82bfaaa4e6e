"""Who must approve a change, one after the other, and why: by its magnitude, and by what other rules ask for."""

from collections.abc import Iterable, Sequence

from shared.domain.cases import Approver
from shared.domain.facts import Facts
from shared.domain.judging import Ask, Judge
from shared.domain.order import display
from shared.domain.plan import NeededApproval
from shared.domain.policies.approvals import Approvals, Route, deciding


def needed_approvals(judge: Judge, facts: Facts, magnitude: int, unapproved: int) -> tuple[NeededApproval, ...]:
    """Each role once, in the order in which they are asked, with every reason for it.

    The magnitude (minor units) counts since the last approval, so that splitting a change, or netting one line against
    another, evades nothing.
    """
    approvals = judge.policy.approvals
    asks = list(dict.fromkeys(judge.asks))
    if magnitude and (by_size := _by_magnitude(approvals, facts, unapproved + magnitude)):
        route, ask = by_size
        judge.rule("approval", route.id, "approve" if ask else "allow", ask.because if ask else "No approval is asked.")
        asks += [ask] if ask else []
    by_role = {ask: ask.approvers or approvals.asked for ask in asks}
    roles = approvals.in_order(role for roles in by_role.values() for role in roles)
    return tuple(_needed(role, (ask for ask, names in by_role.items() if role in names)) for role in roles)


def _needed(role: Approver, asks: Iterable[Ask]) -> NeededApproval:
    found = tuple(asks)
    because = " ".join(dict.fromkeys(ask.because for ask in found))
    return NeededApproval(role=role, because=because, rule=" ".join(dict.fromkeys(ask.rule for ask in found)))


def _by_magnitude(approvals: Approvals, facts: Facts, together: int) -> tuple[Route, Ask | None] | None:
    """The route that decides, and what it asks for; None where every limit is kept."""
    route = deciding(_routes(approvals, facts), together, facts.currency)
    if route is None:
        return None
    if not route.approvers:
        return route, None
    limit = route.limit(facts.currency)
    because = f"There is no approval threshold in {facts.currency}."
    if limit is not None:
        because = (
            f"Changes of {display(together, facts.currency)} since the last approval exceed "
            f"{display(limit, facts.currency)}."
        )
    return route, Ask(because=because, rule=route.id, approvers=route.approvers)


def _routes(approvals: Approvals, facts: Facts) -> Sequence[Route]:
    """The routes that may decide: the most specific of those that fit."""
    fitting = [
        route
        for route in approvals.routes
        if route.only.admits(facts.subject)
        and (not route.only.products or facts.skus & set(route.only.products))
        and route.fits(facts.kind, facts.order_value, facts.currency, facts.values)
    ]
    rank = max((route.only.rank for route in fitting), default=0)
    return [route for route in fitting if route.only.rank == rank]
