"""Defines the modification log: append-only, with one chain of hashes per order.

Each entry's hash covers its content and the hash before it; the order keeps the last, so a cut tail shows too.
Personal values stand in it as keyed hashes (HMAC-SHA-256 under the order's own key).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.canonical import canonical, sha256
from shared.domain.fields import Others

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """Records one field before and after, as text; `path` is a JSON Pointer into the order."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """Records one step of an order's history. `consent` says who agreed to which digest, and how; `refunds` names each
    refund with payment, amount and credit memo. A writer that lost its answer recognises its own entry by
    `write_id`."""

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
    """Returns the entry with its hash, which covers every other field of it."""
    return replace(entry, hash=_hash(entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Records which hash an entry had soon after it was written, where nobody who writes the log can change it."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Tells if a chain holds; if not, which entry breaks it first, and why. `anchored_to` is the last entry that an
    anchor holds fast, and with it all before: later ones are only as good as the table."""

    verified: bool
    broken_at: int | None = None
    because: str | None = None
    anchored_to: int | None = None


def verify(entries: Sequence[LogEntry], head_seq: int, head_hash: str, anchors: Sequence[Anchor] = ()) -> Verification:
    """Walks the chain from its beginning to the head that the order remembers, compares it with its anchors, and names
    the first broken link. A chain that was rewritten and sealed anew holds in itself; its anchors contradict it."""
    chain = _verify_chain(entries, head_seq, head_hash)
    if not chain.verified:
        return chain
    hashes = {entry.seq: entry.hash for entry in entries}
    for anchor in sorted(anchors, key=lambda each: each.seq):
        if hashes.get(anchor.seq) != anchor.hash:
            return _broken(anchor.seq, "it, or one before it, was another when it was anchored")
    return replace(chain, anchored_to=max((each.seq for each in anchors), default=None))


def _verify_chain(entries: Sequence[LogEntry], head_seq: int, head_hash: str) -> Verification:
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


_ALWAYS = (
    "order_id", "seq", "action", "by", "role", "version", "change_id", "status", "reason_code", "policy_version",
    "digest", "approvals", "consent", "refunds", "write_id", "previous_hash",
)  # fmt: skip
"""Names the fields that every hash covers as they are. A field added later is covered where it is used, so old hashes
hold for ever."""

_HASHED_AS: Mapping[str, str] = {}
"""Fields that have another name now than in the first entries: the name now, and the one that every hash covers."""

_IN_ENTRY = Others(LogEntry, (*_ALWAYS, "at", "fields", "hash"))
_IN_FIELD = Others(FieldChange, ("path", "before", "after"))


def _hash(entry: LogEntry) -> str:
    content = {_HASHED_AS.get(name, name): getattr(entry, name) for name in _ALWAYS}
    content["at"] = entry.at.isoformat()
    content["fields"] = [
        {"path": each.path, "before": each.before, "after": each.after, **_IN_FIELD.of(each, "")}
        for each in entry.fields
    ]
    return sha256(canonical({**content, **_IN_ENTRY.of(entry, "")}))
