"""Takes an amendment from its preview to its commit, or undoes it."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_made, change_now, change_told, shown, told
from shared.http.door.measured import counted
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.amendment.request import Accept, AmendmentBody, AmendmentQuery, UndoBody
from shared.http.resources.plan.view import plan_view
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.amending.undo_committed import preview_undo
from shared.usecases.core.open_changes import ChangeAddress

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/amendments")
def start(order_id: str) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(AmendmentQuery).dry_run
    wanted = call.body(AmendmentBody).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_amendment(bootstrap.services(), call.principal, wanted)))
    return told(counted(start_amendment(bootstrap.services(), call.request(change_made), wanted)))


@app.put("/orders/<order_id>/amendments/<change_id>")
def replace(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    wanted = call.body(AmendmentBody).to_domain(order_id)
    return told(replace_edits(bootstrap.services(), call.request(change_now), address, wanted))


@app.post("/orders/<order_id>/amendments/<change_id>/submit")
def submit(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    digest = call.body(Accept).digest
    return told(submit_change(bootstrap.services(), call.request(change_now), address, digest))


@app.post("/orders/<order_id>/amendments/<change_id>/accept")
def accept(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    digest = call.body(Accept).digest
    return told(counted(accept_change(bootstrap.services(), call.request(change_now), address, digest)))


@app.post("/orders/<order_id>/amendments/<change_id>/undo")
def undo(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    dry_run = call.parameters(AmendmentQuery).dry_run
    digest = call.body(UndoBody, optional=True).digest
    if dry_run:
        return shown(plan_view(preview_undo(bootstrap.services(), call.principal, address)))
    return told(counted(undo_change(bootstrap.services(), call.request(change_told), address, digest)))


handler = serve(app)
