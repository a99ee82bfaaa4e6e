"""Whether approval routes leave no change unseen, and no two of them disagree."""

from collections.abc import Iterator, Sequence

from shared.domain.policy.documents.approvals import Route
from shared.domain.refusal import Refusal, Violation


def unseen(routes: Sequence[Route]) -> Iterator[Violation]:
    """A finding where large changes would go through without anybody's approval: some route with approvers must be for
    every change, and of those that are, none without approvers may have the highest limit."""
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
    """Whether both are for the same changes, with the same limit in some currency."""
    kinds = not first.kinds or not second.kinds or bool(set(first.kinds) & set(second.kinds))
    if not kinds or (first.when, first.order_above) != (second.when, second.order_above):
        return False
    shared = set(first.above) & set(second.above)
    return any((limit := _limit(first, each)) is not None and limit == _limit(second, each) for each in shared)


def _for_every_change(route: Route) -> bool:
    return route.only.rank == 0 and not route.when and not route.kinds and not route.order_above


def _below(route: Route, other: Route, currency: str) -> bool:
    """Whether its limit is lower; one that doesn't know the currency has none."""
    mine, theirs = _limit(route, currency), _limit(other, currency)
    return theirs is not None and (mine or 0) < theirs


def _limit(route: Route, currency: str) -> int | None:
    """None for an amount that is none, which is a finding of its own."""
    try:
        return route.limit(currency)
    except Refusal:
        return None
