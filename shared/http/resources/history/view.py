"""An order's log as replies show it: whole entries, so that a reader can check the hashes."""

from collections.abc import Sequence
from dataclasses import asdict

from shared.domain.audit.log import LogEntry, Verification
from shared.http.parts.view import Json, present, time


def log_view(entries: Sequence[LogEntry], verification: Verification | None) -> Json:
    """All entries, oldest first; with a verification, whether the chain holds and where it breaks."""
    view: Json = {"items": [entry_view(entry) for entry in entries], "next_cursor": None}
    return view | (present(asdict(verification)) if verification else {})


def entry_view(entry: LogEntry) -> Json:
    """`fields` keep their nulls: a value that was not there before is part of the difference."""
    view = present(asdict(entry)) | {"at": time(entry.at), "approvals": list(entry.approvals)}
    view |= {"refunds": list(entry.refunds)}
    return view | {"fields": [asdict(field) for field in entry.fields]}
