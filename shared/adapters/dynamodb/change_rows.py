"""A change as a row: its record, under which condition it is written, and how it is read back."""

from datetime import datetime
from typing import Any

from shared.adapters.dynamodb.codec import packed_whole, stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.summary import ChangeSummary, summary_of
from shared.ports.stores import ChangeReference

RECORD = "RECORD"
OPEN = "open"
OF_A_REFERENCE = ("change_id", "part", "order_id", "status", "round", "waiting_for", "expires_at")
"""Attributes that say how a change stands, beside its body, which says all and may be large."""


OF_A_SUMMARY = ("change_id", "part", "head", "edits", "lines")
"""Attributes that hold what lists show."""
HEAD_LIMIT = 40_000
"""Bytes of a head: an item may hold 400 KB, of which the body has 350 (`codec.ITEM_LIMIT`)."""


def put_change(transaction: Transaction, table: str, before: Change | None, change: Change) -> None:
    """The record, provided it is as it was read; whoever decides must not be who asked."""
    if before is None:
        transaction.put("change", table, change_row(change), "attribute_not_exists(change_id)")
        return
    condition, given = "rev = :rev", dict[str, Any](rev=before.rev)
    if change.decided_by is None or (change.decided_by, change.deciders) == (before.decided_by, before.deciders):
        transaction.put("change", table, change_row(change), condition, **given)
        return
    condition += " AND NOT contains(askers, :decider) AND NOT contains(deciders, :decider)"
    given |= {"decider": change.decided_by}
    if absent := _absent(before, change):
        condition += " AND NOT contains(askers, :absent) AND NOT contains(deciders, :absent)"
        given |= {"absent": absent}
    transaction.put("change", table, change_row(change), condition, **given)


def _absent(before: Change, change: Change) -> str | None:
    """In whose place the approval was given that this write brings."""
    fresh = change.approvals[len(before.approvals) :]
    return next((each.on_behalf_of for each in fresh if each.on_behalf_of), None)


def change_row(change: Change) -> Item:
    """The record with what its indexes and the conditions of writes need."""
    return key_of(change.change_id, RECORD) | item(
        {
            "order_id": change.order_id,
            "customer_id": change.customer_id,
            "status": change.status,
            "reason_code": change.reason_code,
            "requested_by": change.requested_by.id,
            "askers": list(change.askers),
            "waiting_for": change.waiting_for,
            "urgency": _urgency(change) if change.waiting_for else None,
            "deciders": list(change.deciders) or None,
            "open": OPEN if change.is_open else None,
            "due_at": stamp(change.due_at) if change.is_open and change.due_at else None,
            "expires_at": stamp(change.expires_at) if change.expires_at else None,
            "created_at": stamp(change.created_at),
            "rev": change.rev,
            "round": change.round,
            "body": packed_whole(CHANGE, change),
            **_summarised(change),
        }
    )


def _summarised(change: Change) -> dict[str, Any]:
    """Attributes with all that lists show of the change, beside the body, which they need not read then. A head that
    would be too large for the item is left out: it is made of the body."""
    summary = summary_of(change)
    head = CHANGE.pack(summary.head)
    return {"head": head, "edits": summary.edits, "lines": summary.lines} if len(head) <= HEAD_LIMIT else {}


def _urgency(change: Change) -> str:
    """The sooner its deadline (to the minute) the more urgent; of equals, the one that moves more money."""
    deadline = change.asked.deadline if change.asked else change.expires_at
    due = stamp(deadline)[:16] if deadline else "9999"
    return f"{due}#{10**18 - change.plan.magnitude:019}"


def key_of(change_id: str, part: str) -> Item:
    return item({"change_id": change_id, "part": part})


def change_of(row: Item) -> Change:
    """Raises:
    Unreadable, zlib.error
    """
    return CHANGE.unpack(values(row)["body"])


def summary_in(row: Item) -> ChangeSummary | None:
    """The summary in a row; None in one that has none, whose body says all.

    Raises:
    Unreadable, KeyError, zlib.error
    """
    read = values(row)
    if "head" not in read:
        return None
    return ChangeSummary(head=CHANGE.unpack(read["head"]), edits=read["edits"], lines=read["lines"])


def reference_of(row: Item) -> ChangeReference:
    """Raises:
    KeyError, ValueError: the row is no change's.
    """
    read = values(row)
    return ChangeReference(
        change_id=read["change_id"],
        order_id=read["order_id"],
        status=ChangeStatus(read["status"]),
        round=read.get("round", 0),
        waiting_for=read.get("waiting_for"),
        expires_at=datetime.fromisoformat(read["expires_at"]) if "expires_at" in read else None,
    )
