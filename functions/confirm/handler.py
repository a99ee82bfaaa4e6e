"""The terms behind a confirmation link, and the answer of whoever holds it. Its token is never logged."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.change.step import Step
from shared.http.door.answers import respond, shown, terms_now
from shared.http.door.call import Call, Late
from shared.http.door.measured import Measured
from shared.http.door.resolver import open_call, resolver, serve
from shared.http.resources.confirmation.view import confirmation_view
from shared.http.resources.decision.request import ConfirmationBody
from shared.ports.requests import Answer
from shared.usecases.confirming.confirm_change import (
    Confirmation,
    decide_by_link,
    known_link,
    read_terms,
    whoever_holds,
)

app = resolver(lambda: bootstrap.services())


@app.get("/confirmations/<token>")
def show(token: str) -> Response[str]:
    """Changes nothing, however often a mail program or its scanner looks."""
    open_call(app, whoever_holds(token))
    services = bootstrap.services()
    change, order = read_terms(services, bootstrap.links(), token)
    return shown(confirmation_view(order, change, services.policies.current(), services.clock.now()))


@app.post("/confirmations/<token>")
def decide(token: str) -> Response[str]:
    services = bootstrap.services()
    call = open_call(app, whoever_holds(token))

    def render(step: Step) -> Answer:
        return terms_now(step, services.policies.current(), services.clock.now())

    seen = Measured(render)
    return respond(seen.counted(decide_by_link(services, bootstrap.links(), call.request(seen), _said(call, token))))


def _said(call: Call, token: str) -> Confirmation:
    """An unknown link is told before what is wrong with the body."""
    try:
        return call.body(ConfirmationBody).to_domain(token)
    except Late:
        known_link(bootstrap.links(), token)
        raise


handler = serve(app)
