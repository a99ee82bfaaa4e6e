"""Takes a decision on a change that waits for one."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_now, told
from shared.http.door.measured import counted
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.decision.request import DecisionBody
from shared.usecases.approving.decide_change import decide_change

app = resolver(lambda: bootstrap.services())


@app.post("/changes/<change_id>/decisions")
def decide(change_id: str) -> Response[str]:
    call = current(app)
    decision = call.body(DecisionBody).to_domain(change_id)
    return told(counted(decide_change(bootstrap.services(), call.request(change_now), decision)))


handler = serve(app)
