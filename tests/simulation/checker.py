"""Every invariant of the service, checked from the tables, the queues and the gateway's ledger alone.

Each check yields what is wrong, in words; a world without a word is sound. The letters are those of the list of faults:
R refunds, L what was acknowledged, S stock, T totals, V versions, E events, H log, F transitions, A approvals, K keys,
N nothing left over, P nothing personal.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared import bootstrap
from shared.adapters.dynamodb.items import values
from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.domain.audit.log import verify
from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import CHANGE_TRANSITIONS, OPEN, ChangeStatus
from shared.domain.change.tally import units_key
from shared.domain.order.order import Order
from shared.domain.planning.departments import DEPARTMENTS
from tests.simulation.clients import MARKED
from tests.simulation.controls import forgeries, open_changes, trespasses
from tests.simulation.forgers import FORGER
from tests.simulation.limits import prices, unapproved_moves, unapproved_refunds
from tests.simulation.simulation import Simulation
from tests.support.clients import REGION
from tests.support.template import resources

Json = dict[str, Any]
Words = Iterator[str]


class Evidence:
    """What the tables hold when everything is quiet."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        services = bootstrap.services()
        self.rows = {
            name: list(_rows(name)) for name in ("OrdersTable", "ChangesTable", "SkusTable", "DeliveriesTable")
        }
        heads = [row for row in self.rows["OrdersTable"] if row["sk"] == "LIVE#HEAD"]
        self.heads = {row["order_id"]: row for row in heads}
        found = {order_id: services.orders.load(order_id) for order_id in sorted(self.heads)}
        self.orders: dict[str, Order] = {order_id: order for order_id, order in found.items() if order}
        records = [row for row in self.rows["ChangesTable"] if row["part"] == "RECORD"]
        changes: list[Change] = [CHANGE.unpack(row["body"]) for row in records]
        self.changes = sorted(changes, key=lambda change: change.change_id)
        self.log = {order_id: services.log.entries(order_id) for order_id in self.orders}
        self.services = services

    def of(self, order: Order) -> list[Change]:
        return [change for change in self.changes if change.order_id == order.order_id]


def violations(simulation: Simulation) -> list[str]:
    """Everything that is wrong, in words."""
    evidence = Evidence(simulation)
    return [f"{check.__name__}: {words}" for check in CHECKS for words in check(evidence)]


def refunds(seen: Evidence) -> Words:
    """R: what the gateway gave back is what was committed, once, and never more than was captured."""
    ledger = seen.simulation.gateway.refunds()
    wanted = {
        refund.refund_id: (change, refund)
        for change in seen.changes
        for refund in change.refunds
        if refund.kind == "refund"
    }
    for key, count in Counter(paid.order.key for paid in ledger).items():
        if count > 1:
            yield f"{key} was paid {count} times"
    for paid in ledger:
        if paid.order.key not in wanted:
            yield f"{paid.order.key} was paid and nobody committed it"
        elif wanted[paid.order.key][1].amount != paid.order.amount:
            yield f"{paid.order.key}: paid {paid.order.amount}, committed {wanted[paid.order.key][1].amount}"
    given: Counter[tuple[str, str]] = Counter()
    for paid in ledger:
        given[paid.order.order_id, paid.order.payment_id] += paid.order.amount
    for order in seen.orders.values():
        for payment in order.payments:
            if given[order.order_id, payment.payment_id] > payment.captured:
                yield f"{payment.payment_id} of {order.order_id}: more came back than was captured"
            if payment.refunded + payment.refunding > payment.captured or min(payment.refunded, payment.refunding) < 0:
                yield f"{payment.payment_id} of {order.order_id}: {payment}"
            yield from _booked(seen, order, payment.payment_id, payment.refunded, payment.refunding)


def _booked(seen: Evidence, order: Order, payment_id: str, refunded: int, refunding: int) -> Words:
    own = [
        refund
        for change in seen.of(order)
        for refund in change.refunds
        if refund.payment_id == payment_id and refund.kind == "refund" and change.status is not ChangeStatus.FAILED
    ]
    settled = sum(refund.amount for refund in own if refund.status == "settled")
    if refunded != settled:
        yield f"{payment_id} of {order.order_id}: {refunded} booked as refunded, {settled} settled"
    if refunding != sum(refund.amount for refund in own) - settled:
        yield f"{payment_id} of {order.order_id}: {refunding} under way does not fit its refunds"


def acknowledged(seen: Evidence) -> Words:
    """L: what a client was told stays true, and what nobody asked for is not there."""
    known = {change.change_id: change for change in seen.changes}
    told: set[str] = set()
    for call in seen.simulation.calls:
        body = call.reply.body if call.reply is not None and call.reply.status in (200, 201) else None
        if call.method == "GET" or not isinstance(body, dict) or "change_id" not in body:
            continue
        change = known.get(body["change_id"])
        told.add(body["change_id"])
        if change is None:
            yield f"{body['change_id']} was acknowledged and is not there"
        elif body.get("status") in ("committed", "completed") and change.committed_version is None:
            yield f"{change.change_id} was acknowledged as {body['status']} and is {change.status}"
    unanswered = sum(call.reply is None or call.reply.status >= 500 for call in seen.simulation.calls)
    unknown = sorted(set(known) - told)
    if len(unknown) > unanswered:
        yield f"{unknown} are there, and only {unanswered} calls went unanswered"


def stock(seen: Evidence) -> Words:
    """S: on_hand = available + held + allocated, none negative, and the counters are what orders and changes say."""
    for row in seen.rows["SkusTable"]:
        sku = row["sku"]
        level = seen.services.skus.load([sku]).stock.get(sku)
        if level is None:
            continue
        if min(level.on_hand, level.held, level.allocated, level.available) < 0:
            yield f"{level}"
        held = sum(change.holds.get(sku, 0) for change in seen.changes if change.status in OPEN)
        allocated = sum(
            line.allocated - min(line.allocated, order.progress_of(line).shipped)
            for order in seen.orders.values()
            for line in order.lines
            if line.sku == sku
        )
        if (level.held, level.allocated) != (held, allocated):
            yield f"{level}: changes hold {held}, orders have {allocated}"
    yield from _waiting(seen)


def _waiting(seen: Evidence) -> Words:
    """The count of a customer is what their open changes hold."""
    for customer_id in sorted({change.customer_id for change in seen.changes}):
        key = units_key(customer_id)
        counted = seen.services.skus.load([], [key]).counted[key].count
        own = (change for change in seen.changes if change.customer_id == customer_id and change.status in OPEN)
        held = sum(change.units_counted for change in own)
        if counted != held:
            yield f"{counted} units are counted as held for {customer_id}, changes hold {held}"


def totals(seen: Evidence) -> Words:
    """T: a total is what its last plan said, line by line, and what is due is what is not paid."""
    for order in seen.orders.values():
        last = max((change for change in seen.of(order) if change.committed_version), key=_version, default=None)
        if last is not None and last.plan.totals_after.total != order.totals.total:
            yield f"{order.order_id} costs {order.totals.total}, its last plan said {last.plan.totals_after.total}"
        parts = sum(line.total for line in order.lines) + order.shipping.total + sum(fee.total for fee in order.fees)
        if parts != order.totals.total or order.totals.total < 0:
            yield f"{order.order_id}: {parts} in parts, {order.totals.total} in all"


def versions(seen: Evidence) -> Words:
    """V: versions are dense, each made by one committed change, and each can be read."""
    for order in seen.orders.values():
        made = sorted(change.committed_version for change in seen.of(order) if change.committed_version)
        if made != list(range(2, order.version + 1)):
            yield f"{order.order_id} is at version {order.version}, committed changes made {made}"
        for version in range(1, order.version + 1):
            if seen.services.orders.load_version(order.order_id, version) is None:
                yield f"version {version} of {order.order_id} cannot be read"


def events(seen: Evidence) -> Words:
    """E: each event is on the bus, dense per order, and each department has dealt once with each that concerns it."""
    taken = {detail["metadata"]["id"]: detail for detail in seen.simulation.bus.taken}
    for order in seen.orders.values():
        own = [each["metadata"] for each in taken.values() if each["metadata"]["order_id"] == order.order_id]
        sequences = sorted(each["sequence"] for each in own)
        if sequences != list(range(1, order.ledger.event_seq + 1)):
            yield f"{order.order_id} told {order.ledger.event_seq} events, the bus has {sequences}"
    for department in DEPARTMENTS:
        pattern = resources("AWS::Events::Rule")[f"{department.title()}Rule"]["EventPattern"]["detail"]["data"]
        due = {name for name, each in taken.items() if set(pattern["changed"]) & set(each["data"]["changed"])}
        dealt = {row["event_id"] for row in seen.rows["DeliveriesTable"] if row["department"] == department}
        if due != dealt:
            yield f"{department}: {len(due - dealt)} events missing, {len(dealt - due)} that do not concern it"


def log(seen: Evidence) -> Words:
    """H: every chain verifies to the head that the order remembers. How forged ones end, `forgeries` says."""
    for order in seen.orders.values():
        if any(entry.by == FORGER for entry in seen.log[order.order_id]):
            continue
        result = verify(seen.log[order.order_id], order.ledger.log_seq, order.ledger.log_hash)
        if not result.verified:
            yield f"{order.order_id}: entry {result.broken_at}, {result.because}"


def transitions(seen: Evidence) -> Words:
    """F: every change came here along the table."""
    for change in seen.changes:
        statuses = [entry.status for entry in change.timeline]
        for before, after in pairwise(statuses):
            if after is not before and after not in CHANGE_TRANSITIONS[before]:
                yield f"{change.change_id} went from {before} to {after}"


def approvals(seen: Evidence) -> Words:
    """A: nobody decides on what they asked for, and what was agreed to is what was applied."""
    for change in seen.changes:
        if change.decided_by is not None and change.decided_by == change.requested_by.id:
            yield f"{change.change_id} was decided by who asked for it"
        if change.committed_version is None:
            continue
        if change.accept_digest not in (None, change.plan.digest):
            yield f"{change.change_id}: accepted {change.accept_digest}, applied {change.plan.digest}"
        if change.plan.approvals and change.decided_by is None:
            yield f"{change.change_id} was committed without its approval"
        missing = set(change.parties) - set(change.confirmed)
        if missing or (change.consent is not None and change.consent.digest != change.plan.digest):
            yield f"{change.change_id} was committed without {missing or 'consent to what was applied'}"


def keys(seen: Evidence) -> Words:
    """K: the same key and body are answered the same."""
    answers: dict[tuple[str, str, str], set[str]] = {}
    for call in seen.simulation.calls:
        if call.key and call.reply is not None and call.reply.status < 300:
            scope = (call.key, call.path, json.dumps(call.body, sort_keys=True))
            answers.setdefault(scope, set()).add(json.dumps([call.reply.status, call.reply.body], sort_keys=True))
    yield from (f"{key} was answered {len(given)} ways" for (key, *_), given in answers.items() if len(given) > 1)


def leftovers(seen: Evidence) -> Words:
    """N: when faults stop, every change ends, no hold is orphaned, nothing is unpublished or still running."""
    for change in seen.changes:
        failed = any(_needs_a_person(seen, refund) for refund in change.refunds) or any(
            word.outcome == "failed" for word in change.acknowledgements.values()
        )
        ended = change.status not in (*OPEN, ChangeStatus.COMMITTED, ChangeStatus.FALLOUT)
        if not ended and not (change.status is ChangeStatus.FALLOUT and (failed or change.surplus)):
            yield f"{change.change_id} is still {change.status}"
    for order in seen.orders.values():
        if order.open_change:
            yield f"{order.order_id} still names {order.open_change.change_id} as open"
    for row in seen.rows["OrdersTable"]:
        if "unpublished" in row:
            yield f"{row['pk']} {row['sk']} is unpublished or unfinished"
    for execution in seen.simulation.states.executions.values():
        if execution.status == "RUNNING":
            yield f"execution {execution.name} still runs in {execution.state}"


def _needs_a_person(seen: Evidence, refund: Refund) -> bool:
    """Yields what failed, was settled twice or came back, and what may have been paid while the gateway works on it."""
    taken = any(
        paid.order.key == refund.refund_id and paid.status == "pending" for paid in seen.simulation.gateway.ledger
    )
    looked_at = refund.status == "failed" or (refund.status == "settled" and not refund.is_over)
    return looked_at or (refund.status == "unknown" and taken)


def personal(seen: Evidence) -> Words:
    """P: no event shows anything personal, and no error does."""
    for detail in seen.simulation.bus.taken:
        if any(value in json.dumps(detail) for value in MARKED):
            yield f"event {detail['metadata']['type']} shows personal data"
    for call in seen.simulation.calls:
        refused = call.reply is not None and call.reply.status >= 400
        if call.reply is not None and refused and any(value in json.dumps(call.reply.body) for value in MARKED):
            yield f"{call.method} {call.path} answered {call.reply.status} with personal data"


CHECKS = (
    refunds,
    acknowledged,
    stock,
    totals,
    versions,
    events,
    log,
    transitions,
    approvals,
    keys,
    leftovers,
    personal,
    trespasses,
    open_changes,
    forgeries,
    unapproved_moves,
    unapproved_refunds,
    prices,
)


def _version(change: Change) -> int:
    return change.committed_version or 0


def _rows(table: str) -> Iterator[Json]:
    """Every row, past the wire: the checker changes nothing and waits for nobody."""
    found = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table]
    for item in found.all_items():
        yield values(item.to_json()["Attributes"])
