"""Erases a customer who asks to be forgotten, at an operator's word."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import shown
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.erasure.request import ErasureBody
from shared.http.resources.erasure.view import erasure_view
from shared.usecases.erasing.erase_customer import erase_customer

app = resolver()


@app.post("/customers/<customer_id>/erasures")
def erase(customer_id: str) -> Response[str]:
    """Erases whatever is left of the customer. Asking again tells the same, so it needs no record of keys."""
    call = current(app)
    call.known_key()
    asked = call.body(ErasureBody).to_domain(call.path["customer_id"])
    return shown(erasure_view(erase_customer(bootstrap.services(), bootstrap.histories(), call.principal, asked)))


handler = serve(app)
