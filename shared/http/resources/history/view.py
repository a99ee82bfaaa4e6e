"""Shows an order's past in replies: its versions, and its log in whole entries, so that hashes can be checked."""

from dataclasses import asdict

from shared.domain.audit.log import LogEntry, Verification
from shared.domain.order.states import order_status
from shared.http.parts.view import Json, present, time
from shared.http.resources.order.view import order_view_in_list, with_lines
from shared.usecases.reading.read_history import Version, VersionStatus


def verification_view(verification: Verification | None) -> Json:
    """Shows if the whole chain holds, and where it breaks; nothing where it was not asked."""
    return present(asdict(verification)) if verification else {}


def entry_view(entry: LogEntry) -> Json:
    """Shows an entry; `fields` keep their nulls, because a value that was not there before is part of the
    difference."""
    view = present(asdict(entry)) | {"at": time(entry.at), "approvals": list(entry.approvals)}
    view |= {"refunds": list(entry.refunds)}
    return view | {"fields": [asdict(field) for field in entry.fields]}


def version_view_in_list(version: tuple[int, VersionStatus]) -> Json:
    """Shows a version by its number and status."""
    number, status = version
    return {"version": number, "status": status}


def version_view(version: Version) -> Json:
    """Shows one version; its `status` is the version's own. A former version has no `order_status` any more."""
    order, drafts, superseded = version.order, version.drafts, version.status == "superseded"
    view = with_lines(order, order_view_in_list(order), drafts, superseded=superseded)
    status = None if superseded else order_status(order, draft=bool(drafts)).value
    return present(view | {"status": version.status, "order_status": status})
