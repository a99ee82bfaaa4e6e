"""A change as replies show it: its status, its plan, and how it came here."""

from shared.domain.change import Change, Refund, TimelineEntry
from shared.http.views.basics import Json, money, present, time
from shared.http.views.edit import edit_view
from shared.http.views.plan import plan_view


def change_view(change: Change) -> Json:
    """The whole change. `waiting_for` is the role whose decision is awaited."""
    currency = change.plan.currency
    return present(
        {
            "change_id": change.change_id,
            "kind": change.kind,
            "order_id": change.order_id,
            "base_version": change.base_version,
            "committed_version": change.committed_version,
            "undoes": change.undoes,
            "status": change.status.value,
            "waiting_for": change.waiting_for,
            "reason_code": change.reason_code,
            "sub_code": change.sub_code,
            "note": change.note,
            "requested_by": change.requested_by.id,
            "requested_as": change.requested_by.role,
            "decided_by": change.decided_by,
            "edits": [edit_view(edit) for edit in change.edits],
            "plan": plan_view(change.plan),
            "refunds": [_refund(refund, currency) for refund in change.refunds],
            "timeline": [_entry(entry) for entry in change.timeline],
            "expires_at": time(change.expires_at) if change.expires_at else None,
            "created_at": time(change.created_at),
            "updated_at": time(change.updated_at),
        }
    )


def _refund(refund: Refund, currency: str) -> Json:
    return present(
        {
            "refund_id": refund.refund_id,
            "payment_id": refund.payment_id,
            "amount": money(refund.amount, currency),
            "status": refund.status,
            "reference": refund.reference,
        }
    )


def _entry(entry: TimelineEntry) -> Json:
    return present(
        {
            "at": time(entry.at),
            "status": entry.status.value,
            "by": entry.by,
            "department": entry.department,
            "note": entry.note,
        }
    )
