"""Reads the query parameters of every list: the size of a page, its cursor, and the filters of whoever asks."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.domain.refusal import Refusal
from shared.http.parts.fields import Given, within
from shared.ports.paging import Filter
from shared.usecases.core.access import STAFF, Principal

MAX_PAGE = 100
MAX_ENTRIES = 1000
"""Entries of a page of what is small and many: lines of a plan, entries of a log."""
PERIOD = ("created_from", "created_to")

PageSize = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_PAGE,
        description="Items at most. A page may be shorter, even empty, while `next_cursor` is not null.",
    ),
    within(1, MAX_PAGE),
]
Cursor = Annotated[
    str,
    Field(
        max_length=2000, description="`next_cursor` of the page before, with the same filters: go on until it is null."
    ),
]


class EntriesQuery(Given):
    """A page of what is small and many: `limit` entries at most, from `cursor` on."""

    limit: Annotated[
        int, Field(ge=1, le=MAX_ENTRIES, description="Entries at most; a page may be shorter."), within(1, MAX_ENTRIES)
    ] = MAX_ENTRIES
    cursor: Cursor | None = None


class Listing(Given):
    """A page of a list: `limit` items at most, from `cursor` on."""

    limit: PageSize = 50
    cursor: Cursor | None = None

    def to_filter(self, principal: Principal) -> Filter | None:
        """Returns the filter for this principal: a customer lists their own. It is None if they ask for another's:
        nothing is listed.

        Raises:
            Refusal: `forbidden`, for a customer whose token names no customer id.
        """
        values = self.model_dump(exclude={"limit", "cursor", *PERIOD}, exclude_none=True)
        if not principal.roles & STAFF:
            if principal.customer_id is None:
                raise Refusal("forbidden", "Your token names no customer whose orders these could be.")
            if values.get("customer_id", principal.customer_id) != principal.customer_id:
                return None
            values["customer_id"] = principal.customer_id
        since, until = self.period
        return Filter(
            values={name: str(value) for name, value in values.items()},
            since=since,
            until=until,
            limit=self.limit,
            cursor=self.cursor,
        )

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """Returns the period in which the listed things were created: from, and until (exclusive)."""
        return None, None
