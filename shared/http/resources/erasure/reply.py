"""Documents the result of an erasure."""

from typing import Annotated

from pydantic import Field

from shared.http.parts.reply import Reply, Stamp


class ErasureReply(Reply):
    """How many of the customer's orders and changes hold no personal value any more; the same, however often asked."""

    customer_id: str
    orders: int
    changes: int
    erased_at: Annotated[Stamp | None, Field(description="Of the last order; null for a customer without any.")]
    left: Annotated[list[str], Field(description="What is not erased, and until when.")]
