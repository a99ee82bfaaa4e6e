"""Documents a problem, the form of every refusal (RFC 9457)."""

from typing import Annotated

from pydantic import Field

from shared.http.parts.reply import ProblemDetail, Reply
from shared.http.resources.plan.reply import PlanReply


class OrderInFlight(Reply):
    """An order that still needs its customer's address, and what it waits for."""

    order_id: str
    because: str


class ProblemReply(Reply):
    """RFC 9457. `type` is `https://inflight.example/problems/<code>`, stable; `errors` name each thing wrong."""

    type: str
    title: str
    status: int
    detail: str
    instance: Annotated[str | None, Field(description="This very request, as our log knows it.")] = None
    errors: list[ProblemDetail]
    plan: Annotated[PlanReply | None, Field(description="With `plan-changed`: the fresh plan.")] = None
    open_change: Annotated[str | None, Field(description="With `change-open`: the change that is open.")] = None
    etag: Annotated[str | None, Field(description="With `stale-version`: the order's ETag now.")] = None
    max_age: Annotated[
        int | None,
        Field(description="With `step-up-required`: how many seconds ago the sign-in may be, at most."),
    ] = None
    challenge: Annotated[
        str | None,
        Field(description="With 401: what the header `WWW-Authenticate` says, which API Gateway renames on its way."),
    ] = None
    orders: Annotated[
        list[OrderInFlight] | None, Field(description="With `order-in-flight`: the orders, and what each waits for.")
    ] = None
