"""Lets somebody else decide for an approver who is away, and ends that again."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.change.delegation import Delegation
from shared.http.door.answers import shown, told
from shared.http.door.jsontext import dumps
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.delegation.request import DelegationBody, EndBody
from shared.http.resources.delegation.view import delegated_view, delegation_view
from shared.ports.requests import Answer
from shared.usecases.approving.delegate_role import (
    Delegated,
    delegate_role,
    end_delegation,
    held_role,
    read_delegations,
)

app = resolver(lambda: bootstrap.services())


@app.get("/delegations")
def show() -> Response[str]:
    return shown(delegated_view(read_delegations(bootstrap.services(), current(app).principal)))


@app.put("/delegations/<role>")
def delegate(role: str) -> Response[str]:
    call = current(app)
    held = held_role(call.principal, call.path["role"])
    stand_in = call.body(DelegationBody).to_domain()
    return told(delegate_role(bootstrap.services(), call.request(_kept), held, stand_in))


@app.post("/delegations/<role>/end")
def end(role: str) -> Response[str]:
    call = current(app)
    held = held_role(call.principal, call.path["role"])
    call.body(EndBody, optional=True)
    return told(end_delegation(bootstrap.services(), call.request(_left), held))


def _kept(delegation: Delegation) -> Answer:
    return Answer(status=200, body=dumps(delegation_view(delegation)))


def _left(delegated: Delegated) -> Answer:
    return Answer(status=200, body=dumps(delegated_view(delegated)))


handler = serve(app)
