"""Start and resume the workflows that a commit asks for: approvals, confirmations, payments, decisions, refunds.

No execution waits for a carrier's confirmation: the sweep watches its deadline.
"""

from collections.abc import Callable
from decimal import Decimal

from shared.domain.change.events import Event, EventType
from shared.ports.stores import Changes
from shared.ports.workflows import Workflows

_REFUNDS = ("RefundRequested", "AuthorisationReductionRequested")
_REPORTS: dict[EventType, str] = {
    "RefundSettled": "settled",
    "AuthorisationReduced": "settled",
    "RefundFailed": "failed",
}
_COMMITS = ("OrderCancelled", "OrderLinesCancelled", "OrderAmended")
_ENDINGS: dict[EventType, str] = {
    "AmendmentUndone": "closed",
    "CancellationWithdrawn": "closed",
    "ChangeExpired": "expired",
}


def steer_workflows(workflows: Workflows, changes: Changes, event: Event) -> None:
    """Start or resume what one event asks for. Doing it twice is safe: executions are named, used tokens are
    ignored."""
    data, change_id = event.data, event.change_id
    if change_id is None:
        return
    if (start := _wait_of(workflows, event)) is not None:
        start(change_id, event.order_id, data["round"])
    elif event.type == "PaymentCollected":
        _answer(workflows, changes, change_id, data["round"], "paid")
    elif event.type in _REFUNDS:
        workflows.start_refund(data["refund_id"], change_id, event.order_id, data["payment_id"])
    elif event.type in _COMMITS and data.get("cancelled") and not Decimal(data["refund"]["amount"]):
        workflows.start_letter(change_id, event.order_id)
    elif event.type in _REPORTS:
        token = changes.refund_token(change_id, data["refund_id"])
        if token is not None:
            workflows.answer(token, _REPORTS[event.type])
    elif event.type == "ApprovalDecided" or _by_customer(event, "ConfirmationDecided"):
        _answer(workflows, changes, change_id, data["round"], data["decision"])
    elif event.type in _ENDINGS:
        change = changes.get(change_id)
        if change is not None and change.round:
            _answer(workflows, changes, change_id, change.round, _ENDINGS[event.type])


def _wait_of(workflows: Workflows, event: Event) -> Callable[[str, str, int], None] | None:
    """Returns what starts the execution that waits because of the event; None where nothing waits."""
    if event.type == "ApprovalRequested":
        return workflows.start_approval
    if _by_customer(event, "ConfirmationRequested"):
        return workflows.start_confirmation
    return workflows.start_collection if event.type == "PaymentRequested" else None


def _by_customer(event: Event, type_: EventType) -> bool:
    return event.type == type_ and event.data["party"] == "customer"


def _answer(workflows: Workflows, changes: Changes, change_id: str, round_: int, decision: str) -> None:
    """Answer the waiting step. Without a token the asking step has not run yet: it will find the decision taken and
    return at once."""
    token = changes.token(change_id, round_)
    if token is not None:
        workflows.answer(token, decision)
