"""Reads the filters of a list of changes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.policy.subjects import Role
from shared.domain.refusal import Refusal
from shared.http.parts.fields import Given, Id, Time, Word, refuse, within
from shared.http.parts.listing import MAX_ENTRIES, Cursor, Listing
from shared.ports.paging import Filter
from shared.usecases.core.access import STAFF, Principal


class PlanPartQuery(Given):
    """A page of one list of a plan: `limit` entries at most, from `cursor` on."""

    limit: Annotated[
        int, Field(ge=1, le=MAX_ENTRIES, description="Entries at most; a page may be shorter."), within(1, MAX_ENTRIES)
    ] = 500
    cursor: Cursor | None = None


class ChangesQuery(Listing):
    """Each value given narrows the list; `waiting_for` is the inbox of a role, or of logistics, which asks the carrier.

    A period takes in its start, not its end, so that periods can follow each other.
    """

    status: ChangeStatus | None = None
    kind: ChangeKind | None = None
    reason_code: Word | None = None
    order_id: Id | None = None
    customer_id: Id | None = None
    waiting_for: Literal[Role, "logistics"] | None = None
    created_from: Time | None = None
    created_to: Time | None = None

    @field_validator("created_to")
    @classmethod
    def _after_start(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("created_from")
        if value is not None and start is not None and value < start:
            refuse("end-before-start", "The period ends before it starts.")
        return value

    def to_filter(self, principal: Principal) -> Filter | None:
        """Returns the filter, as every list's. Why staff asks is not told to customers, so they cannot list by it.

        Raises:
            Refusal: `forbidden`.
        """
        if self.reason_code is not None and not principal.roles & STAFF:
            raise Refusal("forbidden", "Only our staff lists changes by their reason.")
        return super().to_filter(principal)

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        return self.created_from, self.created_to
