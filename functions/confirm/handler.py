"""Shows the terms behind a confirmation link, and takes the answer of its holder. The link's token is never logged."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import shown, terms_now, told
from shared.http.door.call import checked_first
from shared.http.door.measured import counted
from shared.http.door.resolver import open_call, resolver, serve
from shared.http.resources.confirmation.request import ConfirmationBody
from shared.http.resources.confirmation.view import confirmation_view
from shared.usecases.confirming.decide_by_link import decide_by_link
from shared.usecases.confirming.follow_link import known_link, read_terms, whoever_holds

app = resolver(lambda: bootstrap.services())


@app.get("/confirmations/<token>")
def show(token: str) -> Response[str]:
    """Shows the terms and changes nothing, however often a mail program or its scanner looks."""
    open_call(app, whoever_holds(token))
    services = bootstrap.services()
    change, order = read_terms(services, bootstrap.links(), token)
    return shown(confirmation_view(order, change, services.policies.current(), services.clock.now()))


@app.post("/confirmations/<token>")
def decide(token: str) -> Response[str]:
    services, links = bootstrap.services(), bootstrap.links()
    call = open_call(app, whoever_holds(token))
    request = call.request(terms_now(services))
    with checked_first(lambda: known_link(links, token)):
        said = call.body(ConfirmationBody).to_domain(token)
    return told(counted(decide_by_link(services, links, request, said)))


handler = serve(app)
