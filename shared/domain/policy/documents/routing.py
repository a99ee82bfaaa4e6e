"""Checks that approval routes leave no large change without an approval, and that no two of them disagree."""

from collections.abc import Iterator, Sequence

from shared.domain.policy.documents.approvals import Route
from shared.domain.refusal import Refusal, Violation


def unseen(routes: Sequence[Route]) -> Iterator[Violation]:
    """Yields a finding where large changes would need nobody's approval: some route with approvers must be for every
    change, and of those that are, none without approvers may have the highest limit."""
    plain = [(index, route) for index, route in enumerate(routes) if _for_every_change(route)]
    if not any(route.approvers for _, route in plain):
        words = "Some route with approvers must be for every change, or large ones would go through unseen."
        yield Violation("contradicts-itself", words, "/routes")
        return
    for index, route in plain:
        for currency, amount in route.above.items() if not route.approvers else ():
            if all(_below(other, route, currency) for _, other in plain if other.approvers):
                words = f"Above {amount} {currency} nobody would approve anything."
                yield Violation("contradicts-itself", words, f"/routes/{index}/approvers")


def same_route(first: Route, second: Route) -> bool:
    """Tells if both routes are for the same changes, with the same limit in some currency."""
    kinds = not first.kinds or not second.kinds or bool(set(first.kinds) & set(second.kinds))
    if not kinds or (first.when, first.order_above) != (second.when, second.order_above):
        return False
    shared = set(first.above) & set(second.above)
    return any((limit := _limit(first, each)) is not None and limit == _limit(second, each) for each in shared)


def _for_every_change(route: Route) -> bool:
    return route.only.rank == 0 and not route.when and not route.kinds and not route.order_above


def _below(route: Route, other: Route, currency: str) -> bool:
    """Tells if its limit is lower; a route that doesn't name the currency has none."""
    mine, theirs = _limit(route, currency), _limit(other, currency)
    return theirs is not None and (mine or 0) < theirs


def _limit(route: Route, currency: str) -> int | None:
    """Returns the limit in minor units; None if it is malformed, which is a finding of its own."""
    try:
        return route.limit(currency)
    except Refusal:
        return None
