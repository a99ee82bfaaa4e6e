"""A cancellation from its terms to its commit, or its withdrawal."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_made, change_now, respond, shown
from shared.http.door.measured import Measured
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.cancellation.request import CancellationBody, CancellationQuery, WithdrawalBody
from shared.http.resources.plan.view import plan_view
from shared.usecases.amending.continue_change import Named, withdraw_cancellation
from shared.usecases.cancelling.start_cancellation import preview_cancellation, start_cancellation

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/cancellations")
def start(order_id: str) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(CancellationQuery).dry_run
    asked = call.body(CancellationBody).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_cancellation(bootstrap.services(), call.principal, asked)))
    seen = Measured(change_made)
    return respond(seen.counted(start_cancellation(bootstrap.services(), call.request(seen), asked)))


@app.post("/orders/<order_id>/cancellations/<change_id>/withdraw")
def withdraw(order_id: str, change_id: str) -> Response[str]:
    call, named = current(app), Named(order_id=order_id, change_id=change_id)
    call.body(WithdrawalBody, optional=True)
    return respond(withdraw_cancellation(bootstrap.services(), call.request(change_now), named))


handler = serve(app)
