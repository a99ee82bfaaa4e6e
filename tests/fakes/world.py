"""A whole world in memory: stores that keep their promises, a clock that moves when told, ids that count."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.audit.log import LogEntry
from shared.domain.audit.reconciliation import Books, Told
from shared.domain.audit.stock_count import Shelf
from shared.domain.change.change import Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.events import Event
from shared.domain.change.found_by import found_by, found_by_all
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.change.summary import ChangeSummary, summary_of
from shared.domain.change.tally import units_key
from shared.domain.order.counted import Counted
from shared.domain.order.order import Order
from shared.domain.order.order_summary import OrderSummary, order_summary
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.search_words import Kind, words_of
from shared.domain.order.states import order_status
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.policy import Policy
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.refusal import Refusal
from shared.domain.replay.false_rejects import Refused
from shared.ports.gateways import (
    GatewayDeclined,
    GatewayRefund,
    GatewayUnavailable,
    LinkOrder,
    LinkPayment,
    PaymentLink,
    RefundOrder,
)
from shared.ports.mail import Letter, Link
from shared.ports.paging import Filter, Page
from shared.ports.requests import RequestKey, RequestKnown, RequestRecord
from shared.ports.services import Services
from shared.ports.stores import ChangeReference, Conflict, Write
from shared.ports.walks import UnfinishedWrite, Unreadable, Walk
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Request
from tests.fakes.edge import rendered
from tests.fakes.policy_history import PolicyHistory

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_WAITING = (ChangeStatus.PENDING_APPROVAL, ChangeStatus.PENDING_CONFIRMATION, ChangeStatus.PENDING_PAYMENT)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def pause(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def passes(self, **spans: float) -> None:
        self.time += timedelta(**spans)


class Ids:
    def __init__(self) -> None:
        self.count = 0
        self.secrets = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:04}"

    def secret(self) -> str:
        """The first is what tests know of an order; those after it only differ."""
        self.secrets += 1
        return "a-secret-of-the-order" if self.secrets == 1 else f"secret-{self.secrets}"

    def jitter(self) -> float:
        return 0.5


@dataclass
class Policies:
    policy: Policy

    def current(self) -> Policy:
        return self.policy

    def fresh(self) -> Policy:
        return self.policy


@dataclass
class Memory:
    """All tables in one: a write checks what the adapters' conditions check, then changes everything together."""

    orders: dict[str, Order] = field(default_factory=dict)
    versions: dict[tuple[str, int], Order] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    tokens: dict[tuple[str, int], str] = field(default_factory=dict)
    refund_tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    mailed: set[tuple[str, str]] = field(default_factory=set)
    links: dict[str, Link] = field(default_factory=dict)
    entries: dict[str, list[LogEntry]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    stock: dict[str, StockLevel] = field(default_factory=dict)
    requests: dict[str, RequestRecord] = field(default_factory=dict)
    tallies: dict[str, int] = field(default_factory=dict)
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    """Minor units by currency, under the keys of the tallies."""
    events: list[Event] = field(default_factory=list)
    outbox: list[Sequence[Event]] = field(default_factory=list)
    told: list[Sequence[Event]] = field(default_factory=list)
    """The events of each write, published or not."""
    words: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By order, the words that it is found by, and whether each says who somebody is."""
    delegations: dict[tuple[str, str], Delegation] = field(default_factory=dict)
    walks: dict[str, Walk] = field(default_factory=dict)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    """The order of each gateway's payment reference."""
    unfinished: list[UnfinishedWrite] = field(default_factory=list)
    policies: dict[tuple[PolicyName, int], PolicyVersion] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    damaged: set[str] = field(default_factory=set)
    """Ids of orders and changes whose rows cannot be read."""
    before_write: Callable[[], None] | None = None
    """Runs once, before the next write: how a test lets somebody else be faster."""

    def write(self, write: Write) -> None:
        if self.before_write:
            meanwhile, self.before_write = self.before_write, None
            meanwhile()
        step = write.step
        if write.record and write.record.request.key in self.requests:
            raise RequestKnown
        self._check(step)
        moved = self._moved(step)
        self.claims |= self._claimed(step.before, write.after)
        if step.before and step.before.version != write.after.version:
            self.versions[step.before.order_id, step.before.version] = step.before
        self.orders[write.after.order_id] = write.after
        self.words.setdefault(write.after.order_id, {}).update(found_by(step).words)
        if step.change:
            self.changes[step.change.change_id] = step.change
        self.entries.setdefault(write.after.order_id, []).append(write.entry)
        self.stock |= moved
        if step.change and step.units_counted:
            key = units_key(step.change.customer_id)
            self.tallies[key] = self.tallies.get(key, 0) + step.units_counted
        for tally in step.tallies:
            self.tallies[tally.key] = tally.seen + 1
            sums = self.sums.setdefault(tally.key, {})
            sums[tally.currency] = sums.get(tally.currency, 0) + tally.amount
        if write.record:
            self.requests[write.record.request.key] = write.record
        if write.events:
            self.events += write.events
            self.outbox.append(write.events)
            self.told.append(write.events)

    def keep(self, record: RequestRecord | None) -> None:
        """A request that is no write of an order."""
        if record:
            if record.request.key in self.requests:
                raise RequestKnown
            self.requests[record.request.key] = record

    def _check(self, step: Step) -> None:
        stored = self.orders.get(step.after.order_id)
        if (stored is None) != (step.before is None):
            raise Conflict("head", lost=True)
        if stored and step.before and stored.ledger != step.before.ledger:
            raise Conflict("head", lost=True)
        if step.change:
            known = self.changes.get(step.change.change_id)
            if (known.rev if known else None) != (step.change_before.rev if step.change_before else None):
                raise Conflict("change", lost=True)
            self._check_decider(step.change_before, step.change)
        if step.delegation and not self._still_holds(step.delegation, step.at):
            raise Conflict("delegation", lost=True)
        if any(self.tallies.get(tally.key, 0) != tally.seen for tally in step.tallies):
            raise Conflict("tally", lost=True)
        held = self.tallies.get(units_key(step.change.customer_id), 0) if step.change else 0
        if step.units_counted > 0 and step.units_seen is not None and held > step.units_seen:
            raise Conflict("units", lost=True)

    def _still_holds(self, delegation: Delegation, at: datetime) -> bool:
        kept = self.delegations.get((delegation.of, delegation.role))
        return kept is not None and kept.to == delegation.to and kept.holds(delegation.role, at)

    def _check_decider(self, before: Change | None, after: Change) -> None:
        """Who asked decides nothing, and nobody decides twice, nor does anybody in the place of one who may not."""
        if before is None or (before.decided_by, before.deciders) == (after.decided_by, after.deciders):
            return
        fresh = [name for name in after.deciders[len(before.deciders) :] if name]
        if {after.decided_by, *fresh} & {*before.askers, *before.deciders}:
            raise Conflict("change", lost=True)

    def _claimed(self, before: Order | None, after: Order) -> dict[tuple[str, str], str]:
        """The references that this write tells first: a payment that a gateway knows belongs to one order only."""
        known = {each.identity for each in before.payments} if before else set()
        told = [each.identity for each in after.payments if each.identity]
        fresh = {
            (gateway, reference): after.order_id for gateway, reference in told if (gateway, reference) not in known
        }
        if fresh.keys() & self.claims.keys():
            raise Refusal("payment-claimed", "This payment belongs to another order.", pointer="/payments")
        return fresh

    def _moved(self, step: Step) -> dict[str, StockLevel]:
        moved = {}
        for move in step.stock:
            level = self.stock.get(move.sku)
            if level is None or move.available not in (None, level.available):
                raise Conflict("stock", lost=True)
            after = replace(
                level,
                on_hand=level.on_hand + move.on_hand,
                held=level.held + move.held,
                allocated=level.allocated + move.allocated,
            )
            if min(after.on_hand, after.held, after.allocated, after.available) < 0:
                raise Conflict("stock", lost=True)
            moved[move.sku] = after
        return moved


class Orders:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.write = memory.write

    def load(self, order_id: str) -> Order | None:
        return self._memory.orders.get(order_id)

    def load_version(self, order_id: str, version: int) -> Order | None:
        live = self.load(order_id)
        return live if live and version == live.version else self._memory.versions.get((order_id, version))

    def list(self, wanted: Filter) -> Page[Order]:
        return _page([order for order in self._memory.orders.values() if _order_fits(order, wanted)], wanted)

    def listed(self, wanted: Filter, shown: Callable[[Order], T]) -> Page[T]:
        page = self.list(wanted)
        return Page(items=tuple(map(shown, page.items)), cursor=page.cursor)

    def find(self, wanted: Filter) -> Page[OrderSummary]:
        terms = {*wanted.values["q"].split(), *words_of(Kind.SKU, wanted.values.get("sku", ""))}
        beside = replace(wanted, values={name: wanted.values[name] for name in wanted.values.keys() - {"q", "sku"}})
        found = [order for order in self._memory.orders.values() if terms <= self._words(order)]
        found = sorted(found, key=lambda order: (order.placed_at, order.order_id), reverse=True)
        return _page([order_summary(order) for order in found if _order_fits(order, beside)], wanted)

    def _words(self, order: Order) -> set[str]:
        changes = (each.change_id for each in self._memory.changes.values() if each.order_id == order.order_id)
        return {order.order_id, *changes, *self._memory.words.get(order.order_id, {})}

    def unpublished(self, older_than: datetime, limit: int) -> Sequence[Sequence[Event]]:
        return [events for events in self._memory.outbox if events[0].occurred_at <= older_than][:limit]

    def finish_staged(self, older_than: datetime, limit: int) -> int:
        left = [write for write in self._memory.unfinished if write.since <= older_than][:limit]
        self._memory.unfinished = [write for write in self._memory.unfinished if write not in left]
        return len(left)

    def mark_published(self, events: Sequence[Event]) -> None:
        self._memory.outbox = [batch for batch in self._memory.outbox if batch[0].id != events[0].id]


class Changes:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, change_id: str) -> Change | None:
        return self._memory.changes.get(change_id)

    def get_with(
        self, change_id: str, skus: Iterable[str], tallies: Sequence[str] = ()
    ) -> tuple[Change | None, Catalogue]:
        return self.get(change_id), Skus(self._memory).load(skus, tallies)

    def list(self, wanted: Filter) -> Page[Change]:
        found = [
            change
            for change in self._memory.changes.values()
            if all(str(getattr(change, name)) == value for name, value in wanted.values.items())
            and (wanted.since is None or change.created_at >= wanted.since)
            and (wanted.until is None or change.created_at < wanted.until)
        ]
        if "waiting_for" in wanted.values:
            found.sort(key=_urgency)
        return _page(found, wanted)

    def summaries(self, wanted: Filter) -> Page[ChangeSummary]:
        page = self.list(wanted)
        return Page(items=tuple(map(summary_of, page.items)), cursor=page.cursor)

    def due(self, now: datetime) -> Iterator[ChangeReference]:
        for each in tuple(self._memory.changes.values()):
            if each.is_open and each.due_at and each.due_at <= now:
                yield _reference(each)

    def lingering(self, status: ChangeStatus, since: datetime) -> Iterator[ChangeReference]:
        for each in tuple(self._memory.changes.values()):
            if each.status is status and each.created_at <= since:
                yield _reference(each)

    def keep_token(self, change_id: str, round_: int, token: str) -> bool:
        change = self._memory.changes.get(change_id)
        waits = change is not None and change.status in _WAITING and change.round == round_
        if waits:
            self._memory.tokens[change_id, round_] = token
        return waits

    def token(self, change_id: str, round_: int) -> str | None:
        return self._memory.tokens.get((change_id, round_))

    def keep_refund_token(self, change_id: str, refund_id: str, token: str) -> None:
        self._memory.refund_tokens[change_id, refund_id] = token

    def refund_token(self, change_id: str, refund_id: str) -> str | None:
        return self._memory.refund_tokens.get((change_id, refund_id))

    def mailed(self, change_id: str, occasion: str) -> bool:
        return (change_id, occasion) in self._memory.mailed

    def keep_mailed(self, change_id: str, occasion: str) -> None:
        self._memory.mailed.add((change_id, occasion))


class Links:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, link: Link) -> None:
        self._memory.links[link.token_hash] = link

    def get(self, token_hash: str) -> Link | None:
        return self._memory.links.get(token_hash)


class Log:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def entries(self, order_id: str) -> Sequence[LogEntry]:
        return list(self._memory.entries.get(order_id, []))


class Ledgers:
    """`lags` are changes that the index does not show yet; `before_look` runs before each look at an order."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.lags: set[str] = set()
        self.before_look: Callable[[str], None] | None = None
        self.looks = 0

    def order_ids(self, cursor: str | None, limit: int) -> Page[str]:
        left = [order_id for order_id in sorted(self._memory.orders) if cursor is None or order_id > cursor]
        return Page(items=tuple(left[:limit]), cursor=left[limit - 1] if len(left) > limit else None)

    def books(self, order_id: str) -> Books | None:
        self.looks += 1
        if self.before_look:
            self.before_look(order_id)
        memory, order = self._memory, self._memory.orders.get(order_id)
        if order is None or order_id in memory.damaged:
            raise Unreadable("ValueError")
        versions = {number: past for (of, number), past in memory.versions.items() if of == order_id}
        own = [change for change in memory.changes.values() if change.order_id == order_id]
        waiting = {batch[0].id for batch in memory.outbox}
        return Books(
            order=order,
            original=order if order.version == 1 else versions.get(1),
            readable=frozenset(versions),
            changes=tuple(each for each in own if each.change_id not in memory.damaged | self.lags),
            unreadable=tuple(each.change_id for each in own if each.change_id in memory.damaged),
            entries=tuple(memory.entries.get(order_id, ())),
            outbox=tuple(
                Told(events=tuple(events), unpublished=events[0].id in waiting)
                for events in memory.told
                if events[0].order_id == order_id
            ),
        )

    def make_findable(self, books: Books) -> int:
        known = self._memory.words.setdefault(books.order.order_id, {})
        words = found_by_all(books.order, books.changes).words
        missing = words.keys() - known.keys()
        known.update({word: words[word] for word in missing})
        return len(missing)

    def shelves(self, cursor: str | None, limit: int) -> Page[Shelf]:
        left = [level for sku, level in sorted(self._memory.stock.items()) if cursor is None or sku > cursor]
        shelves = [
            Shelf(
                sku=level.sku,
                on_hand=level.on_hand,
                held=level.held,
                allocated=level.allocated,
                available=level.available,
            )
            for level in left[:limit]
        ]
        return Page(items=tuple(shelves), cursor=shelves[-1].sku if len(left) > limit else None)

    def unfinished(self) -> Sequence[UnfinishedWrite]:
        return list(self._memory.unfinished)

    def walk(self, walk_id: str) -> Walk | None:
        walk = self._memory.walks.get(walk_id)
        return replace(walk, counted=dict(walk.counted)) if walk else None

    def keep_walk(self, walk: Walk, until: datetime) -> Walk:
        known = self._memory.walks.get(walk.walk_id)
        if (known.rev if known else 0) != walk.rev:
            raise Conflict("walk", lost=True)
        kept = replace(walk, rev=walk.rev + 1)
        self._memory.walks[walk.walk_id] = replace(kept, counted=dict(walk.counted))
        return kept

    def end_walk(self, walk: Walk) -> None:
        self._memory.walks.pop(walk.walk_id, None)


class Skus:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, skus: Iterable[str], tallies: Sequence[str] = ()) -> Catalogue:
        wanted = set(skus)
        return Catalogue(
            products={sku: each for sku, each in self._memory.products.items() if sku in wanted},
            stock={sku: each for sku, each in self._memory.stock.items() if sku in wanted},
            asked=frozenset(wanted),
            counted={key: self._counted(key) for key in tallies},
        )

    def _counted(self, key: str) -> Counted:
        return Counted(count=self._memory.tallies.get(key, 0), amounts=self._memory.sums.get(key, {}))

    def put_product(self, product: Product, record: RequestRecord | None) -> None:
        self._memory.keep(record)
        self._memory.products[product.sku] = product

    def put_stock(self, sku: str, on_hand: int, current: StockLevel | None, record: RequestRecord | None) -> None:
        if self._memory.stock.get(sku) != current:
            raise Conflict("stock", lost=True)
        self._memory.keep(record)
        self._memory.stock[sku] = replace(current, on_hand=on_hand) if current else StockLevel(sku=sku, on_hand=on_hand)


class Delegations:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def to(self, user: str) -> Sequence[Delegation]:
        return [each for each in self._memory.delegations.values() if each.to == user]

    def of(self, user: str) -> Sequence[Delegation]:
        return [each for each in self._memory.delegations.values() if each.of == user]

    def put(self, delegation: Delegation, record: RequestRecord | None = None) -> None:
        self._memory.keep(record)
        self._memory.delegations[delegation.of, delegation.role] = delegation

    def remove(self, user: str, role: str, record: RequestRecord | None = None) -> None:
        self._memory.keep(record)
        self._memory.delegations.pop((user, role), None)


@dataclass
class Refusals:
    """`broken` is raised when something is to be kept."""

    kept: list[Refused] = field(default_factory=list)
    broken: Exception | None = None

    def keep(self, refused: Refused) -> None:
        if self.broken:
            raise self.broken
        self.kept.append(refused)

    def within(self, since: datetime, until: datetime, limit: int) -> Sequence[Refused]:
        found = sorted(self.kept, key=lambda each: each.at)
        return [each for each in found if since <= each.at < until][:limit]


class Requests:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def find(self, request: RequestKey) -> RequestRecord | None:
        return self._memory.requests.get(request.key)

    def keep(self, record: RequestRecord) -> None:
        self._memory.keep(record)


@dataclass
class Bus:
    published: list[Event] = field(default_factory=list)
    broken: Exception | None = None

    def publish(self, events: Sequence[Event]) -> None:
        if self.broken:
            raise self.broken
        self.published += events


def _further(attempt: int) -> str:
    return f"-again-{attempt}" if attempt else ""


@dataclass
class Workflows:
    """Executions by name, and what their tokens were answered."""

    started: dict[str, dict[str, object]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)

    def start_approval(self, change_id: str, order_id: str, round_: int) -> None:
        self.started.setdefault(f"{change_id}-{round_}", {"change_id": change_id, "order_id": order_id})

    def start_confirmation(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        given = {"change_id": change_id, "order_id": order_id, "machine": "confirmation"}
        self.started.setdefault(f"{change_id}-{round_}{_further(attempt)}", given)

    def start_collection(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        given = {"change_id": change_id, "order_id": order_id, "machine": "collection"}
        self.started.setdefault(f"{change_id}-{round_}{_further(attempt)}", given)

    def start_refund(self, refund_id: str, change_id: str, order_id: str, payment_id: str) -> None:
        self.started.setdefault(refund_id, {"change_id": change_id, "order_id": order_id, "payment_id": payment_id})

    def start_question(self, refund_id: str, change_id: str, order_id: str, payment_id: str, number: int) -> None:
        given = {"change_id": change_id, "order_id": order_id, "payment_id": payment_id}
        self.started.setdefault(f"{refund_id}-ask-{number}", given)

    def start_letter(self, change_id: str, order_id: str, attempt: int = 0) -> None:
        given = {"change_id": change_id, "order_id": order_id}
        self.started.setdefault(f"{change_id}-letter{_further(attempt)}", given)

    def answer(self, token: str, decision: str) -> None:
        self.answered.setdefault(token, decision)


@dataclass
class Mail:
    """What was sent; `troubles` are raised first, before anything is sent."""

    sent: list[Letter] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(letter)


@dataclass
class Gateway:
    """A gateway that pays what it is asked, once per key; `troubles` are raised first, before or after paying.

    With `pending` it takes what it is asked, and only says later, by `settle`, that it paid. `meanwhile` runs once,
    between its taking an order and its reply. While it is `away` it answers no question.
    """

    paid: dict[str, RefundOrder] = field(default_factory=dict)
    payments: list[RefundOrder] = field(default_factory=list)
    releases: list[RefundOrder] = field(default_factory=list)
    troubles: list[tuple[str, Exception]] = field(default_factory=list)
    pending: bool = False
    settled: set[str] = field(default_factory=set)
    meanwhile: Callable[[RefundOrder], None] | None = None
    away: bool = False
    links: dict[str, PaymentLink] = field(default_factory=dict)
    link_orders: list[LinkOrder] = field(default_factory=list)

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        if self.away:
            raise GatewayUnavailable("away")
        return self._said(order) if order.key in self.paid else None

    def refund(self, order: RefundOrder) -> GatewayRefund:
        return self._take(order, self.payments)

    def release(self, order: RefundOrder) -> GatewayRefund:
        return self._take(order, self.releases)

    def make_link(self, order: LinkOrder) -> PaymentLink:
        when, trouble = self.troubles.pop(0) if self.troubles else ("", None)
        if trouble and when == "before":
            raise trouble
        self.link_orders.append(order)
        address = f"https://pay.example/{order.key}"
        made = self.links.setdefault(order.key, PaymentLink(reference=f"cs-{order.key}", url=address))
        if trouble:
            raise trouble
        return made

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        self._raise_trouble()
        return self.links.get(order.key)

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        self._raise_trouble()
        if order.key in self.links:
            self.links[order.key] = replace(self.links[order.key], open=False)
        return self.links.get(order.key)

    def pays(self, key: str, amount: int, reference: str = "pi_1") -> None:
        """The customer pays by the link, and nobody has been told yet."""
        link = self.links[key]
        payments = (*link.payments, LinkPayment(reference=reference, amount=amount, currency="USD"))
        self.links[key] = replace(link, payments=payments, open=False)

    def _raise_trouble(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)[1]

    def _take(self, order: RefundOrder, ledger: list[RefundOrder]) -> GatewayRefund:
        when, trouble = self.troubles.pop(0) if self.troubles else ("", None)
        if trouble and when == "before":
            raise trouble
        self.paid[order.key] = order
        ledger.append(order)
        if not self.pending:
            self.settled.add(order.key)
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile(order)
        if trouble:
            raise trouble
        return self._said(order)

    def _said(self, order: RefundOrder) -> GatewayRefund:
        status: Literal["settled", "pending"] = "settled" if order.key in self.settled else "pending"
        return GatewayRefund(reference=f"gw-{order.key}", status=status)


@dataclass
class Gateways:
    gateways: dict[str, Gateway] = field(default_factory=dict)

    def by_name(self, gateway: str) -> Gateway:
        if gateway not in self.gateways:
            raise GatewayDeclined(gateway)
        return self.gateways[gateway]


@dataclass
class World:
    memory: Memory
    clock: Clock
    ids: Ids
    policies: Policies
    services: Services
    bus: Bus
    workflows: Workflows
    mail: Mail
    links: Links
    ledgers: Ledgers
    policy_history: PolicyHistory
    refusals: Refusals
    gateway: Gateway
    gateways: Gateways

    def stock(self, sku: str, on_hand: int, *, held: int = 0, allocated: int = 0) -> None:
        self.memory.stock[sku] = StockLevel(sku=sku, on_hand=on_hand, held=held, allocated=allocated)

    def product(self, sku: str, **values: object) -> None:
        self.memory.products[sku] = Product(sku=sku, **values)

    def events(self, *types: str) -> list[Event]:
        return [event for event in self.memory.events if not types or event.type in types]

    def request(
        self,
        principal: Principal,
        *,
        if_match: str | None = None,
        key: str | None = None,
        body: str = "body",
    ) -> Request[Any]:
        request_key = RequestKey(key=f"{principal.id}/{key}", body_hash=body) if key else None
        return Request(principal=principal, render=rendered, key=request_key, if_match=if_match)


def a_world() -> World:
    memory, clock, ids = Memory(), Clock(), Ids()
    policies = Policies(ShippedPolicies().current())
    gateway, refusals = Gateway(), Refusals()
    return World(
        memory=memory,
        clock=clock,
        ids=ids,
        policies=policies,
        services=Services(
            orders=Orders(memory),
            changes=Changes(memory),
            log=Log(memory),
            skus=Skus(memory),
            requests=Requests(memory),
            policies=policies,
            delegations=Delegations(memory),
            refusals=refusals,
            clock=clock,
            ids=ids,
        ),
        bus=Bus(),
        workflows=Workflows(),
        mail=Mail(),
        links=Links(memory),
        ledgers=Ledgers(memory),
        policy_history=PolicyHistory(memory),
        refusals=refusals,
        gateway=gateway,
        gateways=Gateways({"sandbox": gateway}),
    )


def _page(found: Sequence[T], wanted: Filter) -> Page[T]:
    start = int(wanted.cursor or 0)
    end = start + wanted.limit
    return Page(items=tuple(found[start:end]), cursor=str(end) if end < len(found) else None)


def _reference(change: Change) -> ChangeReference:
    return ChangeReference(
        change_id=change.change_id,
        order_id=change.order_id,
        status=change.status,
        round=change.round,
        waiting_for=change.waiting_for,
        expires_at=change.expires_at,
    )


def _urgency(change: Change) -> tuple[datetime, int]:
    """The soonest deadline first, to the minute; then what moves most money."""
    deadline = change.asked.deadline if change.asked else change.expires_at or datetime.max.replace(tzinfo=UTC)
    return deadline.replace(second=0, microsecond=0), -change.plan.magnitude


def _order_fits(order: Order, wanted: Filter) -> bool:
    has = {
        "customer_id": {order.customer.customer_id},
        "status": {str(order_status(order))},
        "channel": {order.channel},
        "sku": {line.sku for line in order.lines},
    }
    return all(value in has[name] for name, value in wanted.values.items())
