"""A change moves along its table, and nowhere else; an order takes what its own table says."""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest

from shared.domain.change.open_change import runs_of
from shared.domain.change.states import CHANGE_TRANSITIONS, ChangeStatus, check_transition
from shared.domain.order.order import ChangeKind, OpenChange
from shared.domain.order.progress import Progress
from shared.domain.order.states import ORDER_TAKES, Asked, OrderStatus, being_cancelled, order_status, refused_by_status
from shared.domain.planning.asked_of_order import asked_of_order
from shared.domain.planning.edits import (
    AddLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    Money,
    Restore,
    SetQuantity,
    Settle,
    TakeBack,
)
from shared.domain.planning.plan import CancelledUnits
from shared.domain.refusal import Refusal
from tests.fakes import an_order


@pytest.mark.parametrize(("current", "target"), list(product(ChangeStatus, ChangeStatus)))
def test_a_change_becomes_what_the_table_lets_it_become(current: ChangeStatus, target: ChangeStatus) -> None:
    if target in CHANGE_TRANSITIONS[current]:
        check_transition(current, target)
    else:
        with pytest.raises(Refusal, match="illegal-transition"):
            check_transition(current, target)


# ------------------------------------------------------------------------------------------------------------ the order

UNDER_WAY = {"amendment", "cancellation", "stop", "exception", "exchange", "goodwill", "undo", "settlement"}
TAKES = {
    OrderStatus.DRAFT: set(),
    OrderStatus.PENDING: UNDER_WAY,
    OrderStatus.IN_FULFILLMENT: UNDER_WAY,
    OrderStatus.PARTIALLY_FULFILLED: UNDER_WAY,
    OrderStatus.FULFILLED: {"stop", "exception", "exchange", "goodwill", "undo", "settlement"},
    OrderStatus.CANCELLED: {"goodwill", "undo", "settlement"},
}
TWO = an_order().with_line("MUG", 2, 1000).with_line("CUP", 1, 500).build()
ONE_LEFT = {"l1": Progress(picked=2, packed=2, shipped=2)}
ORDERS = {
    OrderStatus.PENDING: TWO,
    OrderStatus.IN_FULFILLMENT: replace(TWO, progress={"l1": Progress(picked=1)}),
    OrderStatus.PARTIALLY_FULFILLED: replace(TWO, progress=ONE_LEFT),
    OrderStatus.FULFILLED: replace(TWO, progress=ONE_LEFT | {"l2": Progress(picked=1, packed=1, shipped=1)}),
    OrderStatus.CANCELLED: replace(TWO, lines=tuple(replace(line, quantity=0) for line in TWO.lines)),
}


@pytest.mark.parametrize(("status", "asked"), list(product(ORDERS, get_args(Asked))))
def test_an_order_takes_what_its_table_says_and_refuses_the_rest_in_the_tables_words(
    status: OrderStatus, asked: Asked
) -> None:
    assert order_status(ORDERS[status]) is status
    refused = refused_by_status(ORDERS[status], asked)
    assert (refused is None) is (asked in TAKES[status])
    assert refused is None or (refused.code == "order-status" and f"The order is {status}" in refused.detail)


def test_the_table_has_a_row_for_every_status_of_an_order() -> None:
    assert {status: set(takes) for status, takes in ORDER_TAKES.items()} == TAKES
    assert set(ORDER_TAKES) == set(OrderStatus)


CREDIT = Credit(amount=Money(amount=100, currency="USD"))
RUNNING = CancelledUnits(line_id="l1", sku="MUG", stage="running", quantity=1, amount=100)
ORDERED = replace(RUNNING, stage="ordered")


@pytest.mark.parametrize(
    ("kind", "edits", "cancelled", "asked"),
    [
        ("amendment", (SetQuantity(line_id="l1", quantity=1),), (), "amendment"),
        ("amendment", (Restore(change_id="chg_1", lines=()),), (), "undo"),
        ("exchange", (TakeBack(line_id="l1"), AddLine(sku="MUG", quantity=1)), (ORDERED,), "exchange"),
        ("cancellation", (CREDIT,), (), "goodwill"),
        ("settlement", (Settle(),), (), "settlement"),
        ("cancellation", (CancelUnits(line_id="l1", exception="return"),), (ORDERED,), "exception"),
        ("cancellation", (CancelOrder(exception="intercept"),), (ORDERED,), "exception"),
        ("cancellation", (CancelOrder(),), (RUNNING,), "stop"),
        ("cancellation", (CancelOrder(),), (RUNNING, ORDERED), "cancellation"),
        ("cancellation", (CancelUnits(line_id="l1"),), (), "cancellation"),
    ],
)
def test_what_a_change_asks_of_its_order_has_a_word_in_the_table(
    kind: ChangeKind, edits: tuple[Edit, ...], cancelled: tuple[CancelledUnits, ...], asked: Asked
) -> None:
    assert asked_of_order(kind, edits, cancelled) == asked


@pytest.mark.parametrize(
    ("runs", "lines"),
    [((), ""), (((0, 0),), "1"), (((0, 2),), "123"), (((0, 0), (2, 3)), "134"), (((3, 3),), "4")],
)
def test_the_head_of_an_order_tells_which_lines_its_open_cancellation_takes_from(
    runs: tuple[tuple[int, int], ...], lines: str
) -> None:
    order = an_order().with_lines(4).build()
    open_change = OpenChange(change_id="chg_1", kind="cancellation", status="pending_approval", cancels=runs)
    assert being_cancelled(order) == frozenset()
    assert being_cancelled(replace(order, open_change=open_change)) == {f"l{number}" for number in lines}
    assert runs_of(int(number) - 1 for number in lines) == runs
