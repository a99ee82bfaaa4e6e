"""Defines what the OpenAPI document says of one route beyond its row: words, models and refusals.

Files named `document.py` and `reply.py` are for the document only: no function loads them, and none is built with them.
Groups of refusals are codes; their statuses and titles are in `shared/http/door/problem_types.py`.
"""

from dataclasses import dataclass

from pydantic import BaseModel

Model = type[BaseModel]
Replies = dict[int, tuple[tuple[Model, ...], str]]

ORDER_ETAG = "The order's ETag as it is now: send it as If-Match."
POLICY_ETAG = "The number of the document's newest version: send it as If-Match."


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Documents one route. `replies` maps a status to its model and meaning; `refuses` lists codes that do not follow
    from the route itself.

    `examples` of the body are files of infra/examples. What keeps nothing takes no Idempotency-Key. `etag` says whose
    ETag the replies carry, in words; without it they carry none. `preview` is the reply to a `dry_run`: nothing was
    kept, so it carries no ETag. `notes` is what else a caller has to know.
    """

    id: str
    summary: str
    replies: Replies
    preview: Model | None = None
    body: Model | None = None
    any_body: bool = False
    optional_body: bool = False
    query: Model | None = None
    refuses: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    keeps: bool = True
    etag: str = ""
    notes: str = ""


def ok(model: Model, words: str) -> Replies:
    return {200: ((model,), words)}


FIELDS = (
    *("missing-field", "unknown-field", "unknown-value", "wrong-type", "empty-value", "too-long", "too-many"),
    "malformed-value",
)
MONEY = ("malformed-amount", "amount-too-precise", "amount-too-large", "negative-amount", "unknown-currency")
PLACE = ("unknown-country", "unknown-region", "region-contradicts-postal-code")
UNITS = ("quantity-not-positive", "quantity-negative", "quantity-not-whole", "quantity-too-large")
