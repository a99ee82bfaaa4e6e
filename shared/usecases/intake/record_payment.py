"""Record a payment, a capture or a void that happened outside."""

from dataclasses import dataclass, replace

from shared.domain.change import collecting
from shared.domain.change.change import Actor, Change
from shared.domain.change.step import Step
from shared.domain.change.surplus import with_surplus
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment, PaymentStatus, identity_of, same_money
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import read_order
from shared.usecases.core.change_of_link import change_of_link
from shared.usecases.core.commit_paid import commit_collected
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step


def record_payment(
    services: Services, request: Request[Step], order_id: str, reported: "ReportedPayment"
) -> Outcome[Step]:
    """Record the payment on the order: a new one, or one that has since been captured or voided. It makes a new
    revision. If a change waits for this payment, and it is enough, the change is committed next.

    Raises:
        Refusal: `order-not-found`, `other-currency`, `captured-falls` (captured amounts only rise),
            `payment-mismatch` (another gateway or reference under a known payment id), `link-of-another-order` (it
            names a payment link that no change of this order was given).
    """

    awaited = False

    def work() -> Step:
        nonlocal awaited
        order = read_order(services.orders, order_id, request.principal)
        step = payment_step(services, order, reported, request.principal.acting())
        if step.change is not None:
            check_step("collect", step.change, request.principal)
        awaited = step.change is not None
        return step

    outcome = transact_step(services, request, work)
    if awaited:
        commit_collected(services, order_id)
    return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPayment:
    """Says what is reported of a payment; `by_gateway` if the gateway itself says so. It alone knows by which link
    money came that is on the books already. `change_id` is the change that it names besides the link."""

    payment: Payment
    currency: str
    by_gateway: bool = False
    change_id: str | None = None


def payment_step(
    services: Services, order: Order, reported: ReportedPayment, by: Actor, *, in_time: bool = False
) -> Step:
    """Return the step that books the payment on the order. Where it came by the link of a change that waits for it, and
    before its time was over, the change counts it too; a change that has no use for it any more falls out. `in_time` is
    set where the gateway itself took it in time.

    Raises:
        Refusal: as `record_payment`, but for `order-not-found`.
    """
    if reported.currency != order.currency:
        raise Refusal("other-currency", f"The order is in {order.currency}.", pointer="/captured/currency")
    now, after = services.clock.now(), _with_payment(order, reported)
    change = _paid(services, order, after, reported)
    counts = change is not None and collecting.awaits_payment(change, None if in_time else now)
    step = with_surplus(
        Step(
            action=f"payment_{reported.payment.status}",
            by=by,
            at=now,
            before=order,
            after=after,
            change_before=change,
            change=collecting.with_payment(after, change, by, now) if change and counts else change,
        )
    )
    return step if step.change is not change else replace(step, change_before=None, change=None)


def _paid(services: Services, before: Order, after: Order, reported: ReportedPayment) -> Change | None:
    """Return the change whose link the payment that differs came by.

    Raises:
        Refusal: `link-of-another-order`, unless the order knows a payment by this link already.
    """
    link = next((each.link_id for each in after.payments if each.link_id and each not in before.payments), None)
    if link is None:
        return None
    change = change_of_link(services, before, link, reported.change_id)
    if change is None and link not in {each.link_id for each in before.payments}:
        words = f"No change of this order was given the payment link {link}."
        raise Refusal("link-of-another-order", words, pointer="/link_id")
    return change


def _with_payment(order: Order, said: ReportedPayment) -> Order:
    reported = said.payment
    known = next((payment for payment in order.payments if payment.payment_id == reported.payment_id), None)
    known = known or same_money(order.payments, reported)
    if known is None:
        payments = (*order.payments, reported)
    else:
        named = _named(known, said)
        _check(named, reported)
        merged = replace(
            named,
            status=reported.status,
            reference=named.reference or reported.reference,
            authorised=reported.authorised,
            captured=reported.captured,
            expires_at=reported.expires_at or known.expires_at,
            told_as=known.told_as or _another_id(known, reported),
        )
        payments = tuple(merged if payment is known else payment for payment in order.payments)
    return replace(order, payments=payments, revision=order.revision + 1)


def _another_id(known: Payment, reported: Payment) -> str | None:
    """Return the id of the report if it is not the payment's own: the two are matched with each other from now on."""
    return reported.payment_id if reported.payment_id != known.payment_id else None


def _named(known: Payment, reported: ReportedPayment) -> Payment:
    """Return a payment by a link with the reference that is told of it later, or a payment with a reference with the
    link that its gateway tells of."""
    told = reported.payment
    if known.link_id is not None and known.link_id == told.link_id and known.reference is None:
        return replace(known, reference=told.reference)
    if reported.by_gateway and known.link_id is None and known.identity == told.identity:
        return replace(known, link_id=told.link_id)
    return known


def _check(known: Payment, reported: Payment) -> None:
    told = identity_of(reported.gateway, reported.reference or known.reference or "")
    if told != identity_of(known.gateway, known.reference or ""):
        raise Refusal("payment-mismatch", f"Payment {known.payment_id} is another one.", pointer="/payment_id")
    if known.link_id != (reported.link_id or known.link_id):
        raise Refusal("payment-mismatch", f"Payment {known.payment_id} came by another link.", pointer="/link_id")
    if reported.captured < known.captured or (reported.status is PaymentStatus.VOIDED and reported.captured):
        raise Refusal("captured-falls", "What was captured cannot become less; refund it.", pointer="/captured")
