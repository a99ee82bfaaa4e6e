"""Works out the money that a change moves: refunds, reduced authorisations, what is due, and how much moves in all."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from shared.domain.order.order import Order
from shared.domain.order.payment import Payment
from shared.domain.planning.fees import lapsed_fees
from shared.domain.planning.moved_money import moved_on_lines
from shared.domain.planning.plan import PlannedRefund, ReducedAuthorisation
from shared.domain.planning.plan_parts import MoneyPart, Outcome
from shared.domain.planning.refunds import amount_due, in_refund_order, reduced, refundable, spread
from shared.domain.policy.policy import Policy


class PlannedMoney(NamedTuple):
    """Holds the plan's money, and the order after it with its payments as they become."""

    part: MoneyPart
    after: Order


def planned_money(outcome: Outcome, policy: Policy) -> PlannedMoney:
    """Spreads refunds over the payments in policy's order."""
    order, after = outcome.before, outcome.after
    before_totals, totals = order.totals, after.totals
    refunds = outcome.settled
    if refunds is None:
        payments = in_refund_order(order.payments, policy.cancellation.refund_methods_first)
        refunds = spread(refundable(before_totals, totals.total, order.payments), payments)
    totals = replace(totals, balance_due=totals.balance_due + sum(refund.amount for refund in refunds))
    refunding = _refunding(order.payments, refunds)
    authorisations = reduced(refunding, totals.balance_due) if outcome.changed and outcome.settled is None else ()
    part = MoneyPart(
        totals_before=before_totals,
        totals_after=totals,
        delta=totals.total - before_totals.total,
        refunds=refunds,
        authorisations=authorisations,
        amount_due=amount_due(before_totals, totals.balance_due),
        magnitude=_magnitude(outcome),
    )
    return PlannedMoney(part, replace(after, payments=_reauthorised(refunding, authorisations)))


def _magnitude(outcome: Outcome) -> int:
    """Returns the minor units that move, up or down; approvals are asked for by this sum. Goodwill counts on the lines
    and the shipping that it is given on, or as what stands beside them; a settlement as what it gives back."""
    order, after = outcome.before, outcome.after
    back = sum(refund.amount for refund in outcome.settled or ())
    lines = moved_on_lines(outcome.lines, outcome.one_step)
    return lines + abs(after.shipping.total - order.shipping.total) + outcome.beside + lapsed_fees(order, after) + back


def _refunding(payments: Iterable[Payment], refunds: Iterable[PlannedRefund]) -> tuple[Payment, ...]:
    amounts = {refund.payment_id: refund.amount for refund in refunds}
    return tuple(
        replace(payment, refunding=payment.refunding + amounts.get(payment.payment_id, 0)) for payment in payments
    )


def _reauthorised(payments: Iterable[Payment], cuts: Iterable[ReducedAuthorisation]) -> tuple[Payment, ...]:
    amounts = {cut.payment_id: cut.after for cut in cuts}
    return tuple(
        replace(payment, authorised=amounts.get(payment.payment_id, payment.authorised)) for payment in payments
    )
