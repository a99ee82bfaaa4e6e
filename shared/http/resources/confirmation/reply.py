"""Documents the view that the holder of a confirmation link gets."""

from typing import Annotated

from pydantic import Field

from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.http.parts.reply import Reply, Stamp
from shared.http.resources.terms.reply import ReplyCancelledUnits, ReplyTerms


class ReplyCancelledTitle(ReplyCancelledUnits):
    title: str


class ConfirmationReply(Reply):
    """The terms behind a link. `waiting`: whether an answer still counts. Name `digest` to answer exactly this."""

    order_id: str
    change_id: str
    kind: ChangeKind
    status: ChangeStatus
    waiting: bool
    expires_at: Stamp | None = None
    reason: Annotated[str | None, Field(description="Why it was asked for, in words.")] = None
    changes: Annotated[list[str], Field(description="What it changes, in words.")]
    cancelled: list[ReplyCancelledTitle]
    terms: ReplyTerms
    digest: str
