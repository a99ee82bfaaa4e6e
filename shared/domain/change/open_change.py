"""Copies the open change's id, kind, status and SKUs onto its order, so that readers need no second read."""

from dataclasses import replace

from shared.domain.change.change import Change
from shared.domain.order.order import OpenChange, Order
from shared.domain.planning.affected_skus import touched_skus

MAX_SKUS_ON_HEAD = 60
"""The order carries at most so many SKUs of its open change; more are read from the change instead."""


def with_open(order: Order, change: Change) -> Order:
    skus = touched_skus(order, change.edits)
    return replace(
        order,
        open_change=OpenChange(
            change_id=change.change_id,
            kind=change.kind,
            status=change.status,
            skus=skus if len(skus) <= MAX_SKUS_ON_HEAD else (),
        ),
    )
