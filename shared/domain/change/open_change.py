"""Copies the open change's id, kind, status, SKUs, cancelled lines and wait onto its order, so that readers need no
second read."""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.change.awaited import awaited
from shared.domain.change.change import Change, asker_of
from shared.domain.order.order import OpenChange, Order
from shared.domain.planning.affected_skus import touched_skus

MAX_SKUS_ON_HEAD = 60
"""The order carries at most so many SKUs of its open change; more are read from the change instead."""


def with_open(order: Order, change: Change) -> Order:
    skus, waiting = touched_skus(order, change.edits), awaited(change)
    return replace(
        order,
        open_change=OpenChange(
            change_id=change.change_id,
            kind=change.kind,
            status=change.status,
            skus=skus if len(skus) <= MAX_SKUS_ON_HEAD else (),
            cancels=_cancelled(order, change),
            asker=asker_of(change.requested_by),
            waits_for=waiting.party if waiting else None,
            waits_since=waiting.since if waiting else None,
            waits_until=waiting.until if waiting else None,
        ),
    )


def _cancelled(order: Order, change: Change) -> tuple[tuple[int, int], ...]:
    if change.kind not in ("cancellation", "exchange"):
        return ()
    touched = {each.line_id for each in change.plan.cancelled}
    return runs_of(place for place, line in enumerate(order.lines) if line.line_id in touched)


def runs_of(places: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Returns rising places as runs, first and last: 0, 1, 2, 5 are (0, 2) and (5, 5)."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return tuple(runs)
