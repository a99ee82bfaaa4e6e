"""Finds the approvers of a change, one after the other, with the reasons: its magnitude, and what other rules ask
for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from shared.domain.order.order import display
from shared.domain.planning.condition_inputs import Facts
from shared.domain.planning.plan import NeededApproval
from shared.domain.policy.documents.approvals import Approvals, Route, deciding
from shared.domain.policy.evaluation import Ask, Judge
from shared.domain.policy.subjects import Approver

Unapproved = Mapping[str, int]
"""Sums what an order's changes have moved since each role last approved such a sum, in minor units by role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Lists the approvals of a change, and the sums that stay unapproved once it is committed."""

    approvals: tuple[NeededApproval, ...]
    unapproved: dict[str, int]


def needed_approvals(judge: Judge, facts: Facts, magnitude: int, unapproved: Unapproved) -> Needs:
    """Returns each role once, in the order in which they are asked, with every reason for it.

    The magnitude (minor units) counts since those whom a route asks last approved one, so that splitting a change, or
    netting one line against another, evades nothing; an approval of something else leaves the count as it is.
    """
    approvals = judge.policy.approvals
    routes = _by_magnitude(approvals, facts, magnitude, unapproved) if magnitude else ()
    asks = list(dict.fromkeys(judge.asks))
    for route in routes:
        ask = _ask(route, facts, magnitude + _since(route, unapproved))
        judge.rule("approval", route.id, "approve" if ask else "allow", ask.because if ask else "No approval is asked.")
        asks += [ask] if ask else []
    by_role = {ask: ask.approvers or approvals.asked for ask in asks}
    roles = approvals.in_order(role for roles in by_role.values() for role in roles)
    told = {role for route in routes for role in route.approvers}
    return Needs(
        approvals=tuple(_needed(role, (ask for ask, names in by_role.items() if role in names)) for role in roles),
        unapproved=_counted(approvals, unapproved, magnitude, told),
    )


def _needed(role: Approver, asks: Iterable[Ask]) -> NeededApproval:
    found = tuple(asks)
    because = " ".join(dict.fromkeys(ask.because for ask in found))
    return NeededApproval(role=role, because=because, rule=" ".join(dict.fromkeys(ask.rule for ask in found)))


def _ask(route: Route, facts: Facts, together: int) -> Ask | None:
    """Returns the approval that the route asks for; None if it asks nobody."""
    if not route.approvers:
        return None
    limit = route.limit(facts.currency)
    because = f"There is no approval threshold in {facts.currency}."
    if limit is not None:
        because = (
            f"Changes of {display(together, facts.currency)} since the last approval exceed "
            f"{display(limit, facts.currency)}."
        )
    return Ask(because=because, rule=route.id, approvers=route.approvers)


def _since(route: Route, unapproved: Unapproved) -> int:
    """Returns the sum that has gone past every approver of the route unapproved (minor units)."""
    return max((unapproved.get(role, 0) for role in route.approvers), default=0)


def _counted(approvals: Approvals, unapproved: Unapproved, magnitude: int, told: set[Approver]) -> dict[str, int]:
    """Counts the new sum of each role: an approver who is told the sum approves all of it, also for the levels
    below."""
    levels = [level.role for level in approvals.levels]
    highest = max((levels.index(role) for role in told if role in levels), default=-1)
    settled = set(levels[: highest + 1])
    sums = {role: unapproved.get(role, 0) + magnitude for role in get_args(Approver) if role not in settled}
    return {role: amount for role, amount in sums.items() if amount}


def _by_magnitude(approvals: Approvals, facts: Facts, magnitude: int, unapproved: Unapproved) -> Sequence[Route]:
    """Picks the routes that decide: one of those that are for the whole change, and one of those for some of its
    products, which may only ask for more. It picks none where every limit is kept."""

    def of(together: Callable[[Route], bool]) -> Route | None:
        routes = _most_specific(route for route in fitting if together(route))
        return deciding(routes, lambda route: magnitude + _since(route, unapproved), facts.currency)

    fitting = list(_fitting(approvals, facts))
    found = (of(lambda route: _covers(route, facts)), of(lambda route: not _covers(route, facts)))
    return [route for route in found if route is not None]


def _fitting(approvals: Approvals, facts: Facts) -> Iterator[Route]:
    for route in approvals.routes:
        touched = not route.only.products or facts.skus & set(route.only.products)
        if not route.only.admits(facts.subject) or not touched:
            continue
        if route.fits(facts.kind, facts.order_value, facts.currency, facts.values):
            yield route


def _covers(route: Route, facts: Facts) -> bool:
    return not route.only.products or facts.skus <= set(route.only.products)


def _most_specific(routes: Iterable[Route]) -> Sequence[Route]:
    found = list(routes)
    rank = max((route.only.rank for route in found), default=0)
    return [route for route in found if route.only.rank == rank]
