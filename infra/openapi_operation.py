"""What the OpenAPI document says of one route beyond the route table."""

from dataclasses import dataclass

from pydantic import BaseModel

Model = type[BaseModel]
Replies = dict[int, tuple[tuple[Model, ...], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`replies`: status → model and what it means. `refuses`: codes that do not follow from the route itself.

    `examples` of the body are files of infra/examples. What keeps nothing takes no Idempotency-Key.
    """

    id: str
    summary: str
    replies: Replies
    body: Model | None = None
    any_body: bool = False
    optional_body: bool = False
    query: Model | None = None
    refuses: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    keeps: bool = True


def ok(model: Model, words: str) -> Replies:
    return {200: ((model,), words)}
