"""Reads a request to replay past changes under a draft of a policy document."""

from datetime import datetime
from typing import Annotated, Any, get_args

from pydantic import Field, ValidationInfo, field_validator

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.registry import PolicyName
from shared.http.parts.fields import Flag, Given, Time, refuse, within
from shared.http.resources.policy.request import Number, document_text
from shared.usecases.policies.drafting import Draft
from shared.usecases.policies.replay_policy import Replay

MOST = 2000


class ReplayBody(Given):
    """Exactly one of `document`, as `GET /policies/{name}` shows it, and `version`, the number of one that is kept.

    Changes created from `from` on and before `to`, newest first, `limit` of them; `cursor` goes on from an earlier
    reply. Only those whose decision differs are listed, unless `only_differing` is false.
    """

    document: dict[str, Any] | None = None
    version: Number | None = Field(default=None, validate_default=True)
    since: Time | None = Field(default=None, alias="from")
    until: Time | None = Field(default=None, alias="to")
    kinds: Annotated[tuple[ChangeKind, ...], Field(min_length=1, max_length=len(get_args(ChangeKind)))] | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=MOST), within(1, MOST)] = 500
    only_differing: Flag = True
    cursor: Annotated[str, Field(max_length=2000)] | None = None

    @field_validator("version")
    @classmethod
    def _one_of_both(cls, version: int | None, info: ValidationInfo) -> int | None:
        if "document" in info.data and (info.data["document"] is None) == (version is None):
            refuse("document-or-version", "Send either a document, or the number of a version.")
        return version

    @field_validator("until")
    @classmethod
    def _after_start(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if until is not None and since is not None and until < since:
            refuse("end-before-start", "The period ends before it starts.")
        return until

    def to_domain(self, name: PolicyName, by: str) -> Replay:
        """Returns the replay, asked for by operator `by`.

        Raises:
            Refusal: whatever in the document is none of its fields, or has another type.
        """
        text = None if self.document is None else document_text(name, self.document)
        return Replay(
            draft=Draft(name=name, by=by, document=text, version=self.version),
            since=self.since,
            until=self.until,
            kinds=self.kinds or (),
            limit=self.limit,
            cursor=self.cursor,
        )
