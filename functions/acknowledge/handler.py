"""Takes a department's report that it has done its part in a change."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_now, told
from shared.http.door.measured import counted
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.acknowledgement.request import AcknowledgementBody
from shared.usecases.fulfilling.acknowledge_change import acknowledge_change

app = resolver(lambda: bootstrap.services())


@app.post("/changes/<change_id>/acknowledgements")
def acknowledge(change_id: str) -> Response[str]:
    call = current(app)
    said = call.body(AcknowledgementBody).to_domain(change_id)
    return told(counted(acknowledge_change(bootstrap.services(), call.request(change_now), said)))


handler = serve(app)
