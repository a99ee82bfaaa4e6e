"""Documents reports in replies."""

from typing import Annotated

from pydantic import Field

from shared.domain.order.order import ChangeKind
from shared.domain.policy.subjects import Approver
from shared.http.parts.reply import Reply, Stamp

Rate = Annotated[float, Field(ge=0, le=1, examples=[0.8125])]


class ReplyPeriod(Reply):
    """From `from` on and before `to`."""

    since: Annotated[Stamp, Field(alias="from")]
    until: Annotated[Stamp, Field(alias="to")]


class ReplyWaits(Reply):
    """Seconds from when an approval was first asked for until `role` gave it."""

    role: Approver
    count: int
    p50_seconds: int
    p90_seconds: int
    max_seconds: int


class ReplyApprovals(Reply):
    """`auto_approval_rate`: of those committed, the part that needed no approval; missing where none was committed.
    `escalated`: a level did not answer in time. `expired`: none did."""

    changes: int
    committed: int
    auto_approved: int
    auto_approval_rate: Rate | None = None
    escalated: int
    expired: int
    waits: list[ReplyWaits]


class ReplyApprovalsOf(ReplyApprovals):
    channel: str
    kind: ChangeKind


class ApprovalsReportReply(Reply):
    """Of changes created in the period. `truncated`: there were more than one report reads, and only those created
    since `counted_from` are counted; ask for a shorter period."""

    period: ReplyPeriod
    truncated: bool
    counted_from: Stamp
    all: ReplyApprovals
    groups: list[ReplyApprovalsOf]


class ReplyRejects(Reply):
    """`forced`: committed within 7 days by a higher role. `resubmitted`: by the same role with other edits, or with the
    same ones once policy was another. `rate`: the part of what was refused that is either; none where nothing was."""

    refused: int
    forced: int
    resubmitted: int
    rate: Rate | None = None


class ReplyRejectsOfChannel(ReplyRejects):
    channel: str


class ReplyRejectsOfAccount(ReplyRejects):
    account: Annotated[str, Field(description="The customer's id.")]


class ReplyRejectsOfRule(ReplyRejects):
    rule: Annotated[str, Field(description="The rule of policy that denied it.")]


class ReplyRejectsOfCode(ReplyRejects):
    code: Annotated[str, Field(description="The violation, of a rule of policy or of ours.")]


class FalseRejectsReply(Reply):
    """Of starts of changes that were refused in the period, most wrongly refused first; accounts: the first 50.
    `truncated`: there were more than one report looks at, and only those before `counted_until` are counted. What was
    refused in the last 7 days may still be made after all."""

    period: ReplyPeriod
    truncated: bool
    counted_until: Stamp
    all: ReplyRejects
    by_channel: list[ReplyRejectsOfChannel]
    by_account: list[ReplyRejectsOfAccount]
    by_rule: list[ReplyRejectsOfRule]
    by_code: list[ReplyRejectsOfCode]
