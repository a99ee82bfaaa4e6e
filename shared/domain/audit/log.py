"""The modification log: append-only, one chain of hashes per order.

Each entry's hash covers its content and the hash before it; the order keeps the last, so a cut tail shows too.
Personal values stand in it as keyed hashes (HMAC-SHA-256 under the order's own key).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from shared.domain.canonical import canonical, personal, sha256
from shared.domain.order.line import Line
from shared.domain.order.order import Order, display
from shared.domain.order.party import Address

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field before and after, as text; `path` is a JSON Pointer into the order."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One step of an order's history. `consent` says who agreed to which digest, and how; `refunds` names each refund
    with payment, amount and credit memo. `write_id` tells a writer that lost its answer whether this entry is its own.
    """

    order_id: str
    seq: int
    at: datetime
    action: str
    by: str
    role: str
    version: int
    change_id: str | None = None
    status: str | None = None
    reason_code: str | None = None
    policy_version: str | None = None
    digest: str | None = None
    approvals: tuple[str, ...] = ()
    consent: str | None = None
    refunds: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    write_id: str = ""
    previous_hash: str
    hash: str = ""


def sealed(entry: LogEntry) -> LogEntry:
    """The entry with its hash over everything else in it."""
    return replace(entry, hash=_hash(entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a chain holds; if not, the first entry that breaks it, and why."""

    verified: bool
    broken_at: int | None = None
    because: str | None = None


def verify(entries: Sequence[LogEntry], head_seq: int, head_hash: str) -> Verification:
    """Walk the chain from its beginning to the head that the order remembers; names the first broken link."""
    previous = GENESIS
    for expected, entry in enumerate(entries, start=1):
        if entry.seq != expected:
            return _broken(expected, "the entry is missing")
        if entry.previous_hash != previous:
            return _broken(entry.seq, "it does not follow the entry before it")
        if entry.hash != _hash(entry):
            return _broken(entry.seq, "its content was altered")
        previous = entry.hash
    if len(entries) < head_seq:
        return _broken(len(entries) + 1, "the entry is missing")
    if len(entries) > head_seq or previous != head_hash:
        return _broken(len(entries), "the order remembers another last entry")
    return Verification(verified=True)


def _broken(seq: int, because: str) -> Verification:
    return Verification(verified=False, broken_at=seq, because=because)


_LATER = frozenset[str]()
"""Fields that the first entries did not have. A hash covers them only where they hold something, so that the hash of an
entry from before them stays what it was. Golden rows fail for one that is missing here."""

_HASHED_AS: Mapping[str, str] = {}
"""Fields that had another name in the first entries, which their hashes go on to cover: the name now, and that one."""


def _hash(entry: LogEntry) -> str:
    content = _content(entry)
    del content["hash"]
    content["at"] = entry.at.isoformat()
    content["fields"] = [_content(each) for each in entry.fields]
    return sha256(canonical(content))


def _content(part: LogEntry | FieldChange) -> dict[str, object]:
    named = {_HASHED_AS.get(field.name, field.name): getattr(part, field.name) for field in fields(part)}
    return {name: value for name, value in named.items() if value or name not in _LATER}


def differences(before: Order, after: Order) -> tuple[FieldChange, ...]:
    """What differs in commercial content, field by field, personal values as keyed hashes."""
    return (
        *_line_differences(before, after),
        *_address_differences(before.shipping_address, after.shipping_address, after.log_key),
        *_simple("/shipping", _shipping(before), _shipping(after)),
        *_simple("/fees", _fees(before), _fees(after)),
        *_simple(
            "/totals",
            {"total": display(before.totals.total, before.currency)},
            {"total": display(after.totals.total, after.currency)},
        ),
    )


_LINE_FIELDS = ("sku", "quantity", "cancelled_quantity", "start_date", "end_date")
_LINE_AMOUNTS = ("unit_price", "discount", "tax", "total")


def _line_differences(before: Order, after: Order) -> Iterable[FieldChange]:
    known = {line.line_id: line for line in before.lines}
    for line in after.lines:
        old = known.get(line.line_id)
        if old is not line:
            fields_before, fields_after = _line_fields(old, before.currency), _line_fields(line, after.currency)
            yield from _simple(f"/lines/{line.line_id}", fields_before, fields_after)


def _line_fields(line: Line | None, currency: str) -> dict[str, object]:
    if line is None:
        return {}
    amounts = {name: display(getattr(line, name), currency) for name in _LINE_AMOUNTS}
    return {name: getattr(line, name) for name in _LINE_FIELDS} | amounts


def _shipping(order: Order) -> dict[str, object]:
    return {"method": order.shipping.method, "total": display(order.shipping.total, order.currency)}


def _fees(order: Order) -> dict[str, object]:
    """What the order's fees of each code come to."""
    sums: dict[str, int] = {}
    for fee in order.fees:
        sums[fee.code] = sums.get(fee.code, 0) + fee.total
    return {code: display(amount, order.currency) for code, amount in sums.items()}


def _address_differences(before: Address | None, after: Address | None, key: str) -> Iterable[FieldChange]:
    return _simple("/shipping_address", _hashed(before, key), _hashed(after, key))


def _hashed(address: Address | None, key: str) -> dict[str, object]:
    if address is None:
        return {}
    values = {field.name: getattr(address, field.name) for field in fields(address)}
    return {name: personal(str(value), key) for name, value in values.items() if value}


def _simple(path: str, before: dict[str, object], after: dict[str, object]) -> tuple[FieldChange, ...]:
    names = list(dict.fromkeys([*before, *after]))
    return tuple(
        FieldChange(path=f"{path}/{name}", before=_text(before.get(name)), after=_text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
