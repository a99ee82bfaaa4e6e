"""Takes a person's report on a step that failed outside, or that only people do: a fallout ended, a refund made by
hand."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_now, told
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.resolution.request import ResolutionBody
from shared.http.resources.settlement.request import SettlementBody
from shared.usecases.refunding.resolve_fallout import resolve_fallout
from shared.usecases.refunding.settle_by_hand import settle_by_hand

app = resolver(lambda: bootstrap.services())


@app.post("/changes/<change_id>/resolutions")
def resolve(change_id: str) -> Response[str]:
    call = current(app)
    resolution = call.body(ResolutionBody).to_domain(change_id)
    return told(resolve_fallout(bootstrap.services(), bootstrap.gateways(), call.request(change_now), resolution))


@app.post("/changes/<change_id>/refunds/<refund_id>/settlements")
def settle(change_id: str, refund_id: str) -> Response[str]:
    call = current(app)
    paid = call.body(SettlementBody).to_domain(change_id, refund_id)
    return told(settle_by_hand(bootstrap.services(), bootstrap.gateways(), call.request(change_now), paid))


handler = serve(app)
