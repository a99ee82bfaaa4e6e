"""Turn a step into a write: its log entry is chained, its events are numbered. Every write of an order goes through
here."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.audit.differences import differences
from shared.domain.audit.log import GENESIS, FieldChange, LogEntry, sealed
from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Change
from shared.domain.change.events import Event, event_id
from shared.domain.change.shipping_hold import hold_facts
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Ledger, Order, display
from shared.ports.requests import RequestRecord
from shared.ports.stores import Write
from shared.ports.system import Ids


def assemble_write(step: Step, ids: Ids, record: RequestRecord | None = None) -> Write:
    """Return the one atomic write that a step needs, with the order's ledger moved on."""
    ledger = step.before.ledger if step.before else Ledger()
    events = _events(step, ledger.event_seq)
    entry = _entry(step, ledger, ids.new("w"))
    after = replace(
        step.after,
        ledger=Ledger(log_seq=entry.seq, log_hash=entry.hash, event_seq=ledger.event_seq + len(events)),
    )
    return Write(step=step, after=after, entry=entry, events=events, record=record)


def _entry(step: Step, ledger: Ledger, write_id: str) -> LogEntry:
    change, plan = step.change, step.change.plan if step.change else None
    return sealed(
        LogEntry(
            order_id=step.after.order_id,
            seq=ledger.log_seq + 1,
            at=step.at,
            action=step.action,
            by=step.by.id,
            role=step.by.role,
            version=step.after.version,
            change_id=change.change_id if change else None,
            status=change.status if change else None,
            reason_code=change.reason_code if change else None,
            policy_version=plan.policy_version if plan else None,
            digest=plan.digest if plan else None,
            consent=_consent(change) if change else None,
            refunds=_refunds(change, step.after.currency) if change else (),
            approvals=(*_approvals(change), *_refused(step)) if change else (),
            fields=_fields(step),
            write_id=write_id,
            previous_hash=ledger.log_hash or GENESIS,
        )
    )


def _consent(change: Change) -> str | None:
    given = change.consent
    return f"{given.by} by {given.means} on {given.digest}" if given else None


def _approvals(change: Change) -> tuple[str, ...]:
    """Word the approvals that the plan needs, each with its reason; then those given: the role, the person, the one
    they stood in for, the time."""
    needed = (f"{needed.role}: {needed.because}" for needed in change.plan.approvals)
    return (*needed, *map(_given, change.approvals))


def _refused(step: Step) -> Iterator[str]:
    """Word a refusal by a stand-in; any other refuser is the one who wrote the entry."""
    if step.delegation and step.change and step.change.status is ChangeStatus.REJECTED:
        yield f"{step.by.role}: refused by {step.by.id} in the place of {step.delegation.of}"


def _given(approval: Approval) -> str:
    absent = f" in the place of {approval.on_behalf_of}" if approval.on_behalf_of else ""
    judged = f"of {approval.digest} under policy {approval.policy_version}"
    return f"{approval.role}: given by {approval.by}{absent} at {approval.at.isoformat()}, {judged}"


def _refunds(change: Change, currency: str) -> tuple[str, ...]:
    """Word each refund, so that an auditor finds its change, unit and consent from the log alone."""
    return tuple(
        f"{refund.refund_id}: {refund.kind} of {display(refund.amount, currency)} on {refund.payment_id}, "
        f"{refund.status}, {refund.credit_memo or 'no credit memo'}"
        for refund in change.refunds
    )


def _fields(step: Step) -> tuple[FieldChange, ...]:
    if step.before is None or step.before.version == step.after.version:
        return _progress_fields(step.before, step.after)
    return differences(step.before, step.after)


def _progress_fields(before: Order | None, after: Order) -> tuple[FieldChange, ...]:
    if before is None or before.progress is after.progress:
        return ()
    return tuple(
        FieldChange(path=f"/progress/{line_id}", before=str(before.progress.get(line_id)), after=str(progress))
        for line_id, progress in after.progress.items()
        if before.progress.get(line_id) != progress
    )


def _events(step: Step, last: int) -> tuple[Event, ...]:
    order_id, change_id = step.after.order_id, step.change.change_id if step.change else None
    return tuple(
        Event(
            id=event_id(order_id, sequence),
            type=fact.type,
            version=fact.version,
            occurred_at=step.at,
            sequence=sequence,
            correlation_id=change_id or order_id,
            change_id=change_id,
            order_id=order_id,
            order_version=step.after.version,
            data=fact.data,
        )
        for sequence, fact in enumerate((*step.facts, *hold_facts(step)), start=last + 1)
    )
