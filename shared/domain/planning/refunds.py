"""Works out the refund when an order's total falls, and the payments it goes back on (DESIGN.md, "Money")."""

from collections.abc import Iterable, Sequence

from shared.domain.order.order import Totals
from shared.domain.order.payment import Payment
from shared.domain.planning.plan import PlannedRefund, ReducedAuthorisation


def refundable(before: Totals, total_after: int, payments: Iterable[Payment]) -> int:
    """Returns max(0, min(old total − new total, captured − refunded − under way − new total)), in minor units.

    So what was never paid is never refunded, and what the customer still owes is settled first.
    """
    kept = sum(payment.refundable for payment in payments)
    return max(0, min(before.total - total_after, kept - total_after))


def spread(amount: int, payments: Iterable[Payment]) -> tuple[PlannedRefund, ...]:
    """Spreads `amount` over the payments in the order they are listed, each up to what it can still give back."""
    refunds = []
    for payment in payments:
        part = min(amount, payment.refundable)
        if part > 0:
            refunds.append(PlannedRefund(payment_id=payment.payment_id, method=payment.method, amount=part))
            amount -= part
    return tuple(refunds)


def in_refund_order(payments: Iterable[Payment], methods_first: Sequence[str]) -> tuple[Payment, ...]:
    """Returns the payments in the order that refunds spill over them: policy's methods first, then as they are
    listed."""
    rank = {method: place for place, method in enumerate(methods_first)}
    return tuple(sorted(payments, key=lambda payment: rank.get(payment.method, len(rank))))


def reduced(payments: Sequence[Payment], balance: int) -> tuple[ReducedAuthorisation, ...]:
    """Cuts authorisations down to what is still to be captured, the last first; `balance` is what remains due."""
    spare = sum(payment.reserved for payment in payments) - max(0, balance)
    cuts = []
    for payment in reversed(payments):
        cut = min(spare, payment.reserved)
        if cut > 0:
            cuts.append(
                ReducedAuthorisation(
                    payment_id=payment.payment_id, before=payment.authorised, after=payment.authorised - cut
                )
            )
            spare -= cut
    return tuple(reversed(cuts))


def amount_due(before: Totals, balance_after: int) -> int:
    """Returns the minor units that the change adds to the customer's debt: the difference, never the whole."""
    return max(0, balance_after - max(0, before.balance_due))
