"""One write of an order as one transaction: the head under its conditions, then everything that goes with it."""

import logging
from dataclasses import dataclass, field

from shared.adapters.dynamodb import outbox, rows
from shared.adapters.dynamodb.change_rows import put_change
from shared.adapters.dynamodb.delegations import check_holds
from shared.adapters.dynamodb.find_rows import FOUND, WRITTEN_AT_ONCE, Key, own_key, rows_of
from shared.adapters.dynamodb.items import item
from shared.adapters.dynamodb.log import put_entry
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.skus import move_stock
from shared.adapters.dynamodb.tallies import count, count_units
from shared.adapters.dynamodb.transaction import MAX_ITEMS, Transaction
from shared.domain.change.found_by import FoundBy, found_by
from shared.domain.order.order import Order
from shared.ports.gateways import GatewayUnavailable
from shared.ports.stores import Write

logger = logging.getLogger(__name__)

RESERVED = 20
"""Items that single lines leave in a transaction for the words that an order is found by: as many as say who somebody
is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of the tables; `rules` keeps the delegations too. `find_key` hashes the words that orders are found
    by."""

    orders: str
    changes: str
    log: str
    skus: str
    requests: str
    rules: str
    find_key: Key = field(default=own_key, repr=False)


def transaction_of(tables: Tables, write: Write) -> Transaction:
    """Everything of one write, each part under its condition."""
    transaction, step = Transaction(), write.step
    _put_head(transaction, tables.orders, write)
    if step.change:
        put_change(transaction, tables.changes, step.change_before, step.change)
    put_entry(transaction, tables.log, write.entry)
    if write.events:
        outbox.put(transaction, tables.orders, write.events)
    if write.record:
        put_record(transaction, tables.requests, write.record)
    if step.delegation:
        check_holds(transaction, tables.rules, step.delegation, step.at)
    if step.change and step.units_counted:
        count_units(transaction, tables.requests, step.change.customer_id, step.units_counted, step.units_seen)
    for tally in step.tallies:
        count(transaction, tables.requests, tally)
    for move in step.stock:
        move_stock(transaction, tables.skus, move)
    found = found_by(step)
    _put_content(transaction, tables.orders, write, reserved=min(len(found.words), RESERVED))
    _put_found(transaction, tables, write, found)
    return transaction


def _put_head(transaction: Transaction, orders: str, write: Write) -> None:
    before, after = write.step.before, write.after
    row = rows.head_row(after)
    _claim_payments(transaction, orders, before, after)
    if before is None:
        transaction.put("head", orders, row, "attribute_not_exists(pk)")
        return
    condition = "version = :version AND revision = :revision AND log_seq = :seq"
    given = {"version": before.version, "revision": before.revision, "seq": before.ledger.log_seq}
    refunds = _refunds(before, after)
    for index, amount in enumerate(refunds.values()):
        condition += f" AND refundable.#p{index} >= :p{index}"
        given[f"p{index}"] = amount
    transaction.put("head", orders, row, condition, **given)
    for index, payment_id in enumerate(refunds):
        transaction.name(f"#p{index}", payment_id)


def _claim_payments(transaction: Transaction, orders: str, before: Order | None, after: Order) -> None:
    """A payment that a gateway knows belongs to one order only, whenever its reference is told."""
    known = {payment.identity for payment in before.payments} if before else set()
    for payment in after.payments:
        if payment.identity and payment.identity not in known:
            claim = item({"pk": f"PAYMENT#{'#'.join(payment.identity)}", "sk": "CLAIM"})
            claim |= item({"order_id": after.order_id})
            transaction.put("payment", orders, claim, "attribute_not_exists(pk)")


def _put_content(transaction: Transaction, orders: str, write: Write, *, reserved: int) -> None:
    before, after = write.step.before, write.after
    if before is None or before.progress is not after.progress:
        transaction.put("progress", orders, rows.progress_row(after))
    if before and before.assets != after.assets:
        transaction.put("assets", orders, rows.assets_row(after))
    if before is None:
        for row in rows.pack_rows(after):
            transaction.put("lines", orders, row)
        return
    changed = rows.changed_lines(before, after)
    if before.version == after.version:
        return
    for row in rows.past_rows(before, changed):
        transaction.put("past", orders, row, "attribute_not_exists(pk)")
    few = len(transaction) + len(changed) + reserved <= MAX_ITEMS
    for row in rows.line_rows(after, changed) if few else rows.pack_rows(after):
        transaction.put("lines", orders, row)


def _put_found(transaction: Transaction, tables: Tables, write: Write, found: FoundBy) -> None:
    """Rows for the words that the write brings, as far as there is room. No order waits for the key of a search: what
    lacks it, or room, is left to reconciliation."""
    room = min(MAX_ITEMS - len(transaction) - 1, WRITTEN_AT_ONCE)
    try:
        rows_found = rows_of(write.after, found, tables.find_key, f"{FOUND}{write.entry.seq:08}", room)
    except GatewayUnavailable:
        logger.error("not made findable: %s: its key cannot be read", write.after.order_id)
        return
    for row in rows_found:
        transaction.put("found", tables.orders, row)


def _refunds(before: Order, after: Order) -> dict[str, int]:
    """Returns the amounts that this write newly promises to give back, by payment, in minor units."""
    was = {payment.payment_id: payment.refundable for payment in before.payments}
    falls = {
        payment.payment_id: was[payment.payment_id] - payment.refundable
        for payment in after.payments
        if payment.payment_id in was
    }
    return {payment_id: amount for payment_id, amount in falls.items() if amount > 0}
