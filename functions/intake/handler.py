"""Answers POST of orders: in our own shape, or in a channel's."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.adapters import channels
from shared.domain.intake.new_order import NewOrder
from shared.http.door.answers import order_known, order_taken, told
from shared.http.door.call import Call, late
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.order.request import NewOrderBody
from shared.ports.requests import Answer
from shared.usecases.intake.take_order import TakenOrder, check_direct, take_order

app = resolver(lambda: bootstrap.services())


@app.post("/orders")
def take() -> Response[str]:
    call = current(app)
    with late():
        return _taken(call, call.body(NewOrderBody).to_domain())


@app.post("/channels/<channel>/orders")
def take_from_channel(channel: str) -> Response[str]:
    call = current(app)
    with late():
        return _taken(call, _direct(call) if channel == "direct" else channels.read(channel, call.document()))


def _direct(call: Call) -> NewOrder:
    new = call.body(NewOrderBody).to_domain()
    check_direct(new)
    return new


def _taken(call: Call, new: NewOrder) -> Response[str]:
    return told(take_order(bootstrap.services(), call.request(_answer), new))


def _answer(taken: TakenOrder) -> Answer:
    return order_taken(taken.order) if taken.new else order_known(taken.order)


handler = serve(app)
