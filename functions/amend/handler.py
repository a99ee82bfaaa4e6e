"""An amendment from its preview to its commit, or its undoing."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_made, change_now, respond, shown
from shared.http.door.measured import Measured
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.amendment.request import Accept, AmendmentBody, AmendmentQuery, UndoBody
from shared.http.resources.plan.view import plan_view
from shared.usecases.amending.continue_change import Named, accept_change, replace_edits, submit_change, undo_change
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.undo_committed import is_committed, preview_undo, undo_committed

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/amendments")
def start(order_id: str) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(AmendmentQuery).dry_run
    wanted = call.body(AmendmentBody).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_amendment(bootstrap.services(), call.principal, wanted)))
    seen = Measured(change_made)
    return respond(seen.counted(start_amendment(bootstrap.services(), call.request(seen), wanted)))


@app.put("/orders/<order_id>/amendments/<change_id>")
def replace(order_id: str, change_id: str) -> Response[str]:
    call, named = current(app), Named(order_id=order_id, change_id=change_id)
    wanted = call.body(AmendmentBody).to_domain(order_id)
    return respond(replace_edits(bootstrap.services(), call.request(change_now), named, wanted))


@app.post("/orders/<order_id>/amendments/<change_id>/submit")
def submit(order_id: str, change_id: str) -> Response[str]:
    call, named = current(app), Named(order_id=order_id, change_id=change_id)
    seen = call.body(Accept)
    return respond(submit_change(bootstrap.services(), call.request(change_now), named, seen.digest))


@app.post("/orders/<order_id>/amendments/<change_id>/accept")
def accept(order_id: str, change_id: str) -> Response[str]:
    call, named = current(app), Named(order_id=order_id, change_id=change_id)
    digest, seen = call.body(Accept).digest, Measured(change_now)
    return respond(seen.counted(accept_change(bootstrap.services(), call.request(seen), named, digest)))


@app.post("/orders/<order_id>/amendments/<change_id>/undo")
def undo(order_id: str, change_id: str) -> Response[str]:
    call, named = current(app), Named(order_id=order_id, change_id=change_id)
    dry_run = call.parameters(AmendmentQuery).dry_run
    digest = call.body(UndoBody, optional=True).digest
    if dry_run:
        return shown(plan_view(preview_undo(bootstrap.services(), call.principal, named)))
    if digest and is_committed(bootstrap.services(), call.principal, named):
        seen = Measured(change_made)
        return respond(seen.counted(undo_committed(bootstrap.services(), call.request(seen), named, digest)))
    return respond(undo_change(bootstrap.services(), call.request(change_now), named))


handler = serve(app)
