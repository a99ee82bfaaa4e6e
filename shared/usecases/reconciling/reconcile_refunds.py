"""Compare refunds of one order with the gateway's answer. Nothing is paid here: a refund that happened is only
booked."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.domain.audit.reconciliation import GRACE, Books, Difference, Kind, refunds_of
from shared.domain.change.change import SYSTEM, Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.payment import UNASKABLE
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable
from shared.usecases.core.trouble import describe_error
from shared.usecases.reconciling.reconcile_report import MOMENT_SECONDS, Reconciler, Report
from shared.usecases.refunding.pay_refund import wanted_of
from shared.usecases.refunding.settle_refund import RefundAddress, is_another, settle_refund

logger = logging.getLogger(__name__)

ASKED_ABOUT = timedelta(days=7)
"""A change that has ended is compared with the gateway for so long after its last step."""
_UNDER_WAY = (ChangeStatus.COMMITTED, ChangeStatus.FALLOUT)


def reconcile_refunds(tools: Reconciler, books: Books) -> Report:
    """Report differences between gateway and books; book the refunds that the gateway settled and we do not show."""
    report, now = Report(), tools.services.clock.now()
    report.tell(_settled_twice(books, now))
    for change, refund in _to_ask_about(books, now):
        try:
            said = _asked(tools, books, change, refund)
            if said is not None and said.status == "settled" and is_another(refund, said.reference):
                _book(tools, change, refund, said)
                report.tell([_difference("refund-settled-twice", change, refund, _twice(change, refund, said))])
            elif refund.status == "settled":
                if said is None and _booked_by_report(change, refund) and _still_nothing(tools, books, change, refund):
                    words = f"refund of {change.change_id}: settled here, its gateway knows nothing of it"
                    report.tell([_difference("refund-not-at-gateway", change, refund, words)])
            elif said is not None and said.status == "settled":
                words = f"refund of {change.change_id}: {refund.status} here, settled at its gateway"
                booked = _book(tools, change, refund, said)
                report.tell([_difference("refund-not-booked", change, refund, words)], repaired=booked)
        except GatewayUnavailable:
            continue  # the next walk asks again
        except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)
            words = f"refund of {change.change_id}: its gateway cannot be asked: {describe_error(error)}"
            report.tell([_difference("order-unreadable", change, refund, words)])
    return report


def _settled_twice(books: Books, now: datetime) -> Iterator[Difference]:
    """Yield refunds that are noted as settled twice, until somebody has seen to it."""
    for change in books.changes:
        seen_to = change.status is ChangeStatus.COMPLETED or now - change.updated_at >= ASKED_ABOUT
        for refund in change.refunds:
            if refund.also_settled_as and (change.status in _UNDER_WAY or not seen_to):
                words = f"refund of {change.change_id}: settled as {refund.reference}"
                words += f", and as {' and '.join(refund.also_settled_as)}"
                yield _difference("refund-settled-twice", change, refund, words)


def _twice(change: Change, refund: Refund, said: GatewayRefund) -> str:
    return f"refund of {change.change_id}: settled here as {refund.reference}, at its gateway as {said.reference}"


def _to_ask_about(books: Books, now: datetime) -> Iterator[tuple[Change, Refund]]:
    """Yield refunds whose last step is not of this moment: those under way, and those that ended lately."""
    for payment in books.order.payments:
        if payment.gateway in UNASKABLE:
            continue
        for change, refund in refunds_of(books, payment):
            over = not change.is_open and change.status not in _UNDER_WAY
            age = now - change.updated_at
            if age >= GRACE and (not over or age < ASKED_ABOUT):
                yield change, refund


def _asked(tools: Reconciler, books: Books, change: Change, refund: Refund) -> GatewayRefund | None:
    """Return the gateway's answer; None if it knows nothing of the refund, or knows that it failed.

    Raises:
        GatewayUnavailable: it cannot be asked now, or not from here.
    """
    wanted = wanted_of(books.order, change, refund)
    try:
        gateway = tools.gateways.by_name(wanted.gateway)
    except GatewayDeclined as error:
        raise GatewayUnavailable(str(error)) from error
    try:
        return gateway.find(wanted)
    except GatewayDeclined:
        return None


def _still_nothing(tools: Reconciler, books: Books, change: Change, refund: Refund) -> bool:
    tools.services.clock.pause(MOMENT_SECONDS)
    return _asked(tools, books, change, refund) is None


def _booked_by_report(change: Change, refund: Refund) -> bool:
    """Return True if the gateway's report settled it. No gateway knows a refund that a person paid by hand."""
    booked = f"{refund.kind} {refund.refund_id} settled"
    return any(entry.by == SYSTEM.id and (entry.note or "").startswith(booked) for entry in change.timeline)


def _book(tools: Reconciler, change: Change, refund: Refund, said: GatewayRefund) -> bool:
    booked = RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)
    try:
        return settle_refund(tools.services, booked, said.reference).status == "settled"
    except Exception as error:  # noqa: BLE001 (whatever it is, the difference is told)
        logger.warning("not booked: %s of %s: %s", refund.refund_id, change.order_id, describe_error(error))
        return False


def _difference(kind: Kind, change: Change, refund: Refund, words: str) -> Difference:
    return Difference(kind=kind, about=refund.refund_id, order_id=change.order_id, words=words)
