"""Works out what a settlement gives back: never more than is overpaid, refunds under way counted.

DESIGN.md, "Money", gives the rule.
"""

from shared.domain.order.order import Order, display
from shared.domain.order.payment import Payment
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.plan import PlannedRefund
from shared.domain.planning.refunds import spread


def settled(order: Order, draft: EditDraft) -> tuple[PlannedRefund, ...] | None:
    """Returns the refunds of a settlement, on the payment that it names or on the last ones first; None for any other
    change. It keeps the refusal `settlement-over-balance` of more than is overpaid, or than the payment can give
    back."""
    wish = draft.settlement
    if wish is None:
        return None
    payments = _payments(order, wish.payment_id)
    if not payments and wish.payment_id is not None:
        draft.refuse("unknown-payment", f"The order has no payment '{wish.payment_id}'.", "/payment_id")
        return ()
    most = min(overpaid(order), sum(max(0, payment.refundable) for payment in payments))
    wanted = most if wish.amount is None else wish.amount
    if wanted > most or not most:
        pointer = "/amount" if wish.amount is not None else "/payment_id" if wish.payment_id is not None else ""
        draft.refuse("settlement-over-balance", _words(order, most), pointer)
        return ()
    return spread(wanted, payments)


def overpaid(order: Order) -> int:
    """Returns the minor units that were paid beyond what the order costs, less what is going back already."""
    return max(0, -order.totals.balance_due)


def _payments(order: Order, payment_id: str | None) -> tuple[Payment, ...]:
    if payment_id is None:
        return tuple(reversed(order.payments))
    return tuple(payment for payment in order.payments if payment.payment_id == payment_id)


def _words(order: Order, most: int) -> str:
    if not most:
        return "Nothing is overpaid that a settlement could give back here."
    return f"Only {display(most, order.currency)} can be given back by a settlement here."
