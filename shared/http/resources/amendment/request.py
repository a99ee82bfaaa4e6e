"""Reads an amendment as it is asked for: a reason, and edits."""

from typing import Annotated

from pydantic import Field

from shared.http.parts.fields import Given, Note, QueryFlag, Word
from shared.http.resources.edit.request import Edit
from shared.usecases.core.new_change import Wanted

MAX_EDITS = 2_000


class Accept(Given):
    """The plan that the caller has seen and accepts."""

    digest: Word


class AmendmentBody(Given):
    """With `accept` the amendment goes as far as it can in the first call."""

    reason_code: Word
    note: Note | None = None
    edits: Annotated[tuple[Edit, ...], Field(max_length=MAX_EDITS)]
    accept: Accept | None = None

    def to_domain(self, order_id: str) -> Wanted:
        return Wanted(
            order_id=order_id,
            reason_code=self.reason_code,
            note=self.note,
            edits=tuple(edit.to_domain() for edit in self.edits),
            accept_digest=self.accept.digest if self.accept else None,
        )


class UndoBody(Given):
    """Undoing what is committed names the plan of its compensation; undoing what is not needs no digest."""

    digest: Word | None = None


class AmendmentQuery(Given):
    """`dry_run=true` answers with the plan and keeps nothing."""

    dry_run: QueryFlag = False
