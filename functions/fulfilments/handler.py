"""Takes reports of events outside: units that moved, payments that were made."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import order_now, told
from shared.http.door.call import late
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.fulfilment.request import FulfilmentBody
from shared.http.resources.payment.request import PaymentBody
from shared.usecases.fulfilling.record_fulfilment import record_fulfilment
from shared.usecases.intake.record_payment import record_payment

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/fulfilments")
def report_fulfilment(order_id: str) -> Response[str]:
    call = current(app)
    reported = call.body(FulfilmentBody).to_domain(order_id)
    return told(record_fulfilment(bootstrap.services(), call.request(order_now), reported))


@app.post("/orders/<order_id>/payments")
def report_payment(order_id: str) -> Response[str]:
    call = current(app)
    with late():
        reported = call.body(PaymentBody).to_domain()
    return told(record_payment(bootstrap.services(), call.request(order_now), order_id, reported))


handler = serve(app)
