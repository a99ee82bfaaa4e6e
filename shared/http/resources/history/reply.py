"""Documents an order's versions and its log in replies."""

from typing import Annotated

from pydantic import Field

from shared.domain.order.line import LineStatus
from shared.http.parts.reply import PageOf, Reply, Stamp
from shared.http.resources.line.reply import ReplyLine
from shared.http.resources.order.reply import OrderBase
from shared.usecases.reading.read_history import VersionStatus


class VersionReply(OrderBase):
    """`status` is the version's."""

    status: VersionStatus
    order_status: Annotated[
        LineStatus | None,
        Field(
            description="The status of the order in this version: `draft` while it holds a draft line. A superseded "
            "version has none."
        ),
    ] = None
    lines: list[ReplyLine]


class VersionInList(Reply):
    version: int
    status: VersionStatus


class ReplyFieldChange(Reply):
    """One field before and after; personal values as keyed hashes."""

    path: str
    before: str | None
    after: str | None


class LogEntryReply(Reply):
    """`hash` covers everything else in the entry, `previous_hash` included."""

    order_id: str
    seq: int
    at: Stamp
    action: str
    by: str
    role: str
    version: int
    change_id: str | None = None
    status: str | None = None
    reason_code: str | None = None
    policy_version: str | None = None
    digest: str | None = None
    approvals: list[str]
    consent: str | None = None
    refunds: list[str]
    fields: list[ReplyFieldChange]
    write_id: str
    previous_hash: str
    hash: str


class LogReply(PageOf[LogEntryReply]):
    """With `verify=true`: whether the chain holds, and else its first broken link."""

    verified: bool | None = None
    broken_at: Annotated[int | None, Field(description="`seq` of the first broken link.")] = None
    because: str | None = None
    anchored_to: Annotated[
        int | None, Field(description="`seq` of the last entry that is held fast outside the tables.")
    ] = None
