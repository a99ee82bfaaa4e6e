"""Query parameters of the routes that read."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import LineStatus
from shared.domain.order.order import ChangeKind
from shared.domain.policy.subjects import Role
from shared.domain.refusal import Refusal
from shared.http.parts.fields import Given, Id, QueryFlag, Time, Word, refuse, within
from shared.ports.paging import Filter
from shared.usecases.core.access import STAFF, Principal

MAX_PAGE = 100
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


class Listing(Given):
    """A page of a list: `limit` items at most, from `cursor` on."""

    limit: PageSize = 50
    cursor: Cursor | None = None

    def to_filter(self, principal: Principal) -> Filter | None:
        """What to list for this principal: a customer lists their own. None if they ask for another's: nothing.

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
        """When what is listed was created: from, and until (exclusive)."""
        return None, None


class OrdersQuery(Listing):
    """Each value given narrows the list."""

    customer_id: Id | None = None
    status: LineStatus | None = None
    sku: Id | None = None
    channel: Id | None = None


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

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        return self.created_from, self.created_to


class LogQuery(Given):
    """`verify=true` adds whether the chain of hashes holds."""

    verify: QueryFlag = False
