"""Takes an amendment or an exchange from its preview to its commit, or undoes it."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.order.order import ChangeKind
from shared.http.door.answers import change_made, change_now, change_told, shown, told
from shared.http.door.measured import counted
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.amendment.request import Accept, AmendmentBody, AmendmentQuery, UndoBody
from shared.http.resources.exchange.request import ExchangeBody
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
    return _started(order_id, AmendmentBody)


@app.post("/orders/<order_id>/exchanges")
def start_exchange(order_id: str) -> Response[str]:
    return _started(order_id, ExchangeBody)


@app.put("/orders/<order_id>/amendments/<change_id>")
def replace(order_id: str, change_id: str) -> Response[str]:
    return _replaced(ChangeAddress(order_id=order_id, change_id=change_id), AmendmentBody)


@app.put("/orders/<order_id>/exchanges/<change_id>")
def replace_exchange(order_id: str, change_id: str) -> Response[str]:
    return _replaced(ChangeAddress(order_id=order_id, change_id=change_id), ExchangeBody)


@app.post("/orders/<order_id>/amendments/<change_id>/submit")
def submit(order_id: str, change_id: str) -> Response[str]:
    return _submitted(ChangeAddress(order_id=order_id, change_id=change_id), "amendment")


@app.post("/orders/<order_id>/exchanges/<change_id>/submit")
def submit_exchange(order_id: str, change_id: str) -> Response[str]:
    return _submitted(ChangeAddress(order_id=order_id, change_id=change_id), "exchange")


@app.post("/orders/<order_id>/amendments/<change_id>/accept")
def accept(order_id: str, change_id: str) -> Response[str]:
    return _accepted(ChangeAddress(order_id=order_id, change_id=change_id), "amendment")


@app.post("/orders/<order_id>/exchanges/<change_id>/accept")
def accept_exchange(order_id: str, change_id: str) -> Response[str]:
    return _accepted(ChangeAddress(order_id=order_id, change_id=change_id), "exchange")


@app.post("/orders/<order_id>/amendments/<change_id>/undo")
def undo(order_id: str, change_id: str) -> Response[str]:
    return _undone(ChangeAddress(order_id=order_id, change_id=change_id), "amendment")


@app.post("/orders/<order_id>/exchanges/<change_id>/undo")
def undo_exchange(order_id: str, change_id: str) -> Response[str]:
    return _undone(ChangeAddress(order_id=order_id, change_id=change_id), "exchange")


def _started(order_id: str, body: type[AmendmentBody | ExchangeBody]) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(AmendmentQuery).dry_run
    wanted = call.body(body).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_amendment(bootstrap.services(), call.principal, wanted)))
    return told(counted(start_amendment(bootstrap.services(), call.request(change_made), wanted)))


def _replaced(address: ChangeAddress, body: type[AmendmentBody | ExchangeBody]) -> Response[str]:
    call = current(app)
    wanted = call.body(body).to_domain(address.order_id)
    return told(replace_edits(bootstrap.services(), call.request(change_now), address, wanted))


def _submitted(address: ChangeAddress, kind: ChangeKind) -> Response[str]:
    call = current(app)
    digest = call.body(Accept).digest
    return told(submit_change(bootstrap.services(), call.request(change_now), address, digest, kind))


def _accepted(address: ChangeAddress, kind: ChangeKind) -> Response[str]:
    call = current(app)
    digest = call.body(Accept).digest
    return told(counted(accept_change(bootstrap.services(), call.request(change_now), address, digest, kind)))


def _undone(address: ChangeAddress, kind: ChangeKind) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(AmendmentQuery).dry_run
    digest = call.body(UndoBody, optional=True).digest
    if dry_run:
        return shown(plan_view(preview_undo(bootstrap.services(), call.principal, address)))
    return told(counted(undo_change(bootstrap.services(), call.request(change_told), address, digest, kind)))


handler = serve(app)
