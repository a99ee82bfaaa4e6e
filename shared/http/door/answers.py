"""Makes replies: one function for each kind of result, and the way out through the gateway."""

from typing import TypeVar

from aws_lambda_powertools.event_handler import Response

from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.product import Product, StockLevel
from shared.http.door.jsontext import dumps
from shared.http.parts.view import Json
from shared.http.resources.asset.view import asset_view
from shared.http.resources.change.view import change_view
from shared.http.resources.confirmation.view import confirmation_view
from shared.http.resources.order.view import order_view
from shared.http.resources.product.view import product_view
from shared.http.resources.stock.view import stock_view
from shared.ports.requests import Answer, Render
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome

T = TypeVar("T")

JSON = "application/json"


def respond(answer: Answer) -> Response[str]:
    """Returns the answer as the gateway takes it."""
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.location:
        headers["Location"] = answer.location
    return Response(status_code=answer.status, content_type=JSON, body=answer.body, headers=headers)


def told(outcome: Outcome[T]) -> Response[str]:
    """Returns the answer to what was done just now, or the first answer to a request that was done before."""
    if outcome.answer is None:
        raise TypeError("a request over HTTP is asked with a render")
    return respond(outcome.answer)


def shown(view: Json, etag: str | None = None) -> Response[str]:
    """Returns 200 with a view."""
    return respond(Answer(status=200, body=dumps(view), etag=etag))


def order_taken(order: Order) -> Answer:
    """Returns 201: the order is new."""
    return Answer(status=201, body=dumps(order_view(order)), etag=order.etag, location=f"/orders/{order.order_id}")


def order_known(order: Order) -> Answer:
    """Returns 200: the order came before."""
    return Answer(status=200, body=dumps(order_view(order)), etag=order.etag, location=f"/orders/{order.order_id}")


def order_now(step: Step) -> Answer:
    """Returns 200 with the order as it is after this."""
    return Answer(status=200, body=dumps(order_view(step.after)), etag=step.after.etag)


def assets_now(step: Step) -> Answer:
    """Returns 200 with the order's assets as they are after this, and the order's ETag."""
    items = [asset_view(asset) for asset in step.after.assets]
    return Answer(status=200, body=dumps({"items": items, "next_cursor": None}), etag=step.after.etag)


def change_made(step: Step) -> Answer:
    """Returns 201: the change is new."""
    now = change_now(step)
    return Answer(status=201, body=now.body, etag=now.etag, location=f"/changes/{_change_id(step)}")


def change_told(step: Step) -> Answer:
    """Returns 201 if the change is new, else 200."""
    return change_made(step) if step.change_before is None else change_now(step)


def change_now(step: Step) -> Answer:
    """Returns 200 with the change as it is after this, and the order's ETag."""
    if step.change is None:
        raise TypeError("a step without a change cannot be answered with one")
    return Answer(status=200, body=dumps(change_view(step.change)), etag=step.after.etag)


def terms_now(services: Services) -> Render[Step]:
    """Returns a renderer of 200 with the terms as the holder of a link sees them after this."""

    def render(step: Step) -> Answer:
        if step.change is None:
            raise TypeError("a step without a change has no terms")
        view = confirmation_view(step.after, step.change, services.policies.current(), services.clock.now())
        return Answer(status=200, body=dumps(view))

    return render


def product_kept(product: Product) -> Answer:
    return Answer(status=200, body=dumps(product_view(product)))


def stock_kept(level: StockLevel) -> Answer:
    return Answer(status=200, body=dumps(stock_view(level)))


def _change_id(step: Step) -> str:
    return step.change.change_id if step.change else ""
