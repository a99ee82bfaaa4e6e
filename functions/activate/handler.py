"""Activates an order: its subscription lines become assets."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import assets_now, told
from shared.http.door.resolver import current, resolver, serve
from shared.usecases.fulfilling.activate_order import activate_order

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/activate")
def activate(order_id: str) -> Response[str]:
    return told(activate_order(bootstrap.services(), current(app).request(assets_now), order_id))


handler = serve(app)
