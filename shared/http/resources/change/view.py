"""Shows a change in replies: its status, its plan, and its timeline."""

from shared.domain.change.answers import Consent
from shared.domain.change.approval_request import Approval, Asked
from shared.domain.change.change import Change, TimelineEntry
from shared.domain.change.collection import Collection
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.change.summary import ChangeSummary
from shared.http.parts.view import Json, money, present, time
from shared.http.resources.edit.view import edit_view
from shared.http.resources.plan.view import plan_view
from shared.wording.waits import DepartmentStep, Wait, department_steps, waits_of


def change_view(change: Change) -> Json:
    """Shows the whole change. `waiting_for` is the role, the customer or the department whose answer is awaited;
    `releases` are authorisations that it reduces: they give no money back, so they are no refunds."""
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
            "waits": [_wait(wait) for wait in waits_of(change)],
            "reason_code": change.reason_code,
            "sub_code": change.sub_code,
            "note": change.note,
            "requested_by": change.requested_by.id,
            "requested_as": change.requested_by.role,
            "begun_by_customer": change.begun_by_customer or None,
            "decided_by": change.decided_by,
            "asked": _asked(change.asked) if change.asked else None,
            "approvals": [_approval(given) for given in change.approvals],
            "channel": change.channel or None,
            "stage": change.stage,
            "confirmed": list(change.confirmed),
            "consent": _consent(change.consent) if change.consent else None,
            "collection": _collection(change, change.collection) if change.collection else None,
            "edits": [edit_view(edit) for edit in change.edits],
            "plan": plan_view(change.plan),
            "refunds": [_refund(refund, currency) for refund in change.refunds if refund.kind == "refund"],
            "releases": [_release(refund, currency) for refund in change.refunds if refund.kind == "release"],
            "departments": [_department(step) for step in department_steps(change)],
            "timeline": [_entry(entry) for entry in change.timeline],
            "expires_at": time(change.expires_at) if change.expires_at else None,
            "created_at": time(change.created_at),
            "updated_at": time(change.updated_at),
        }
    )


_NOT_IN_LIST = ("edits", "plan")
_OF_A_PLAN_IN_LIST = (
    *("digest", "kind", "order_id", "base_version", "violations", "warnings", "totals_before", "totals_after", "delta"),
    *("refunds", "authorisations", "amount_due", "collection", "settlement", "fees", "approvals", "confirmations"),
    *("effects", "changed", "departments", "timeline_estimate", "policy_version"),
)
"""Lists show this of a plan: all but what there is one of for a line, a SKU or an asset."""


def change_view_in_list(summary: ChangeSummary) -> Json:
    """Shows a change in a list, without its edits and the lines of its plan, which may be thousands; `edit_count` and
    `plan.line_count` say how many there are."""
    whole = change_view(summary.head)
    plan = {name: whole["plan"][name] for name in _OF_A_PLAN_IN_LIST if name in whole["plan"]}
    shown = {name: value for name, value in whole.items() if name not in _NOT_IN_LIST}
    return shown | {"edit_count": summary.edits, "plan": plan | {"line_count": summary.lines}}


def _collection(change: Change, collection: Collection) -> Json:
    """Shows the payment that the change waits for, or waited for; while it does, with the address where the customer
    pays."""
    currency = change.plan.currency
    return present(
        {
            "link_id": collection.link_id,
            "gateway": collection.gateway,
            "amount": money(collection.amount, currency),
            "collected": money(collection.collected, currency),
            "surplus": money(collection.surplus, currency) if collection.surplus else None,
            "url": collection.url if change.status is ChangeStatus.PENDING_PAYMENT else None,
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
            "credit_memo": refund.credit_memo,
        }
    )


def _release(release: Refund, currency: str) -> Json:
    """Shows a release; `keep` is what stays reserved of the authorisation."""
    return _refund(release, currency) | {"keep": money(release.keep, currency)}


def _wait(wait: Wait) -> Json:
    deadline = time(wait.deadline) if wait.deadline else None
    return present({"party": wait.party, "words": wait.words, "since": time(wait.since), "deadline": deadline})


def _asked(asked: Asked) -> Json:
    return present(
        {
            "role": asked.role,
            "since": time(asked.since),
            "deadline": time(asked.deadline),
            "remind_at": time(asked.remind_at) if asked.remind_at else None,
            "passed_over": list(asked.passed_over),
        }
    )


def _approval(given: Approval) -> Json:
    """Shows an approval without ids: customers read this too, and who stood in for whom is none of their business."""
    return {
        "role": given.role,
        "at": time(given.at),
        "stood_in": given.on_behalf_of is not None,
        "waited_seconds": given.waited_seconds,
    }


def _consent(consent: Consent) -> Json:
    return {"at": time(consent.at), "by": consent.by, "digest": consent.digest, "means": consent.means}


def _department(step: DepartmentStep) -> Json:
    return present(
        {
            "department": step.department,
            "status": step.status,
            "at": time(step.at) if step.at else None,
            "note": step.note,
            "tracking": step.tracking,
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
