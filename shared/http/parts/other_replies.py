"""Problems, products and stock in replies."""

from typing import Annotated

from pydantic import Field

from shared.http.parts.reply import ProblemDetail, Reply, ReplyMoney
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
    orders: Annotated[
        list[OrderInFlight] | None, Field(description="With `order-in-flight`: the orders, and what each waits for.")
    ] = None


class ProductReply(Reply):
    sku: str
    title: str
    list_price: list[ReplyMoney]
    quantity_modifiable: bool
    in_flight_enabled: bool
    tax_category: str
    unit_cost: list[ReplyMoney] | None = None


class CallbackReply(Reply):
    """How many results of ours the request held; 0 for news of anything else."""

    taken: int


class StockReply(Reply):
    """on_hand = available + held + allocated."""

    sku: str
    on_hand: int
    available: int
    held: int
    allocated: int
