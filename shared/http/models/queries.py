"""Query parameters of the routes that read."""

from typing import Annotated

from pydantic import Field

from shared.domain.line import LineStatus
from shared.domain.policy import Role
from shared.domain.refusal import Refusal
from shared.domain.states import ChangeStatus
from shared.http.models.fields import Given, Id, QueryFlag
from shared.ports import Filter
from shared.usecases.access import STAFF, Principal

MAX_PAGE = 100


class Listing(Given):
    """A page of a list: `limit` items at most, from `cursor` on."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    cursor: Annotated[str, Field(max_length=2000)] | None = None

    def to_filter(self, principal: Principal) -> Filter:
        """What to list for this principal: a customer lists their own, whatever else they ask for.

        Raises:
            Refusal: `forbidden`, for a customer whose token names no customer id.
        """
        values = self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
        if not principal.roles & STAFF:
            if principal.customer_id is None:
                raise Refusal("forbidden", "Your token names no customer whose orders these could be.")
            values["customer_id"] = principal.customer_id
        return Filter(values={name: str(value) for name, value in values.items()}, limit=self.limit, cursor=self.cursor)


class OrdersQuery(Listing):
    """Each value given narrows the list."""

    customer_id: Id | None = None
    status: LineStatus | None = None
    sku: Id | None = None
    channel: Id | None = None


class ChangesQuery(Listing):
    """Each value given narrows the list; `waiting_for` is a role's inbox."""

    status: ChangeStatus | None = None
    order_id: Id | None = None
    customer_id: Id | None = None
    waiting_for: Role | None = None


class LogQuery(Given):
    """`verify=true` adds whether the chain of hashes holds."""

    verify: QueryFlag = False
