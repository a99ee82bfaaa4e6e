"""Over several payments money goes back in the order that docs/money.md tells; its example is worked out here."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.order import Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.planning.edits import CancelUnits, Settle
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.planning.refunds import reduced
from tests.fakes.builders import an_order

DOCUMENT = Path(__file__).parents[3] / "docs/money.md"
POLICY = ShippedPolicies().current()
VOUCHERS = replace(POLICY, cancellation=replace(POLICY.cancellation, refund_methods_first=("voucher",)))
NAMES = ("card-1", "voucher", "card-2")
CAPTURED = dict(zip(NAMES, (3000, 1000, 2000), strict=True))


def paid(price: int, units: int) -> Order:
    """An order of so many units, with the three payments of the example."""
    order = an_order().with_line("MUG", units, price, taxes=()).build()
    payments = [
        replace(an_order().paid(amount, name).new.payments[0], method=name.partition("-")[0])
        for name, amount in CAPTURED.items()
    ]
    return replace(order, payments=tuple(payments))


def back(order: Order, *edits: Any, kind: Any = "cancellation", policy: Any = POLICY) -> dict[str, int]:
    reason = "overpayment" if kind == "settlement" else "stock_shortage"
    made = plan(order, edits, PlanContext(kind=kind, role="agent", policy=policy, reason_code=reason)).plan
    assert made.violations == ()
    return {refund.payment_id: refund.amount for refund in made.refunds}


SEVEN = CancelUnits(line_id="l1", quantity=7)


def test_refunds_go_to_the_first_payments_first() -> None:
    assert back(paid(500, 12), SEVEN) == {"card-1": 3000, "voucher": 500}


def test_refunds_go_to_the_methods_first_that_policy_names() -> None:
    assert back(paid(500, 12), SEVEN, policy=VOUCHERS) == {"voucher": 1000, "card-1": 2500}


@pytest.mark.parametrize("policy", [POLICY, VOUCHERS], ids=["shipped", "vouchers first"])
def test_a_settlement_goes_to_the_last_payments_first_whatever_policy_names(policy: Any) -> None:
    found = back(paid(500, 5), Settle(), kind="settlement", policy=policy)
    assert found == {"card-2": 2000, "voucher": 1000, "card-1": 500}


def test_a_settlement_goes_to_the_payment_alone_that_it_names() -> None:
    assert back(paid(500, 5), Settle(payment_id="voucher"), kind="settlement") == {"voucher": 1000}


def test_the_last_authorisations_are_reduced_first() -> None:
    held = [
        replace(each, status=PaymentStatus.AUTHORISED, authorised=each.captured, captured=0)
        for each in paid(500, 12).payments
    ]
    cuts = {cut.payment_id: cut.before - cut.after for cut in reduced(held, 2500)}
    assert cuts == {"card-1": 500, "voucher": 1000, "card-2": 2000}


def test_what_a_payment_has_given_back_or_is_giving_back_it_does_not_give_again() -> None:
    order = paid(500, 12)
    first, *rest = order.payments
    order = replace(order, payments=(replace(first, refunded=1000, refunding=500), *rest))
    assert back(order, CancelUnits(line_id="l1", quantity=9)) == {"card-1": 1500, "voucher": 1000, "card-2": 500}


@pytest.mark.parametrize(
    ("row", "amounts"),
    [
        ("a cancellation of 35.00", ("30.00", "5.00", "")),
        ('the same, with `refund_methods_first: ["voucher"]`', ("25.00", "10.00", "")),
        ("a settlement of 35.00, had the order cost 25.00", ("5.00", "10.00", "20.00")),
    ],
)
def test_the_document_tells_what_is_tested_here(row: str, amounts: tuple[str, ...]) -> None:
    (line,) = [each for each in DOCUMENT.read_text().splitlines() if each.startswith(f"| {row} |")]
    assert tuple(cell.strip() for cell in line.split("|")[2:5]) == amounts
