"""Start and resume what waits outside, because of what was committed: approvals, decisions taken, refunds."""

from shared.domain.events import Event
from shared.ports import Changes, Workflows


def steer_workflows(workflows: Workflows, changes: Changes, event: Event) -> None:
    """What one event means for workflows. Doing it twice is safe: executions are named, used tokens are ignored."""
    data, change_id = event.data, event.change_id
    if change_id is None:
        return
    if event.type == "ApprovalRequested":
        workflows.start_approval(change_id, event.order_id, data["round"])
    elif event.type == "RefundRequested":
        workflows.start_refund(data["refund_id"], change_id, event.order_id, data["payment_id"])
    elif event.type == "ApprovalDecided":
        _answer(workflows, changes, change_id, data["round"], data["decision"])
    elif event.type in ("AmendmentUndone", "ChangeExpired"):
        change = changes.get(change_id)
        if change is not None and change.round:
            _answer(workflows, changes, change_id, change.round, "closed")


def _answer(workflows: Workflows, changes: Changes, change_id: str, round_: int, decision: str) -> None:
    """Without a token the asking step has not run yet: it will find the decision taken and return at once."""
    token = changes.token(change_id, round_)
    if token is not None:
        workflows.answer(token, decision)
