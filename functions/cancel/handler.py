"""Takes a cancellation or a settlement from its terms to its commit, or withdraws it."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.http.door.answers import change_made, change_now, shown, told
from shared.http.door.measured import counted
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.cancellation.request import CancellationBody, CancellationQuery, WithdrawalBody
from shared.http.resources.overpayment.request import OverpaymentBody, OverpaymentQuery, OverpaymentWithdrawalBody
from shared.http.resources.plan.view import plan_view
from shared.usecases.cancelling.start_cancellation import preview_cancellation, start_cancellation
from shared.usecases.cancelling.withdraw_cancellation import withdraw_cancellation
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.settling.start_settlement import preview_settlement, start_settlement
from shared.usecases.settling.withdraw_settlement import withdraw_settlement

app = resolver(lambda: bootstrap.services())


@app.post("/orders/<order_id>/cancellations")
def start(order_id: str) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(CancellationQuery).dry_run
    asked = call.body(CancellationBody).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_cancellation(bootstrap.services(), call.principal, asked)))
    return told(counted(start_cancellation(bootstrap.services(), call.request(change_made), asked)))


@app.post("/orders/<order_id>/cancellations/<change_id>/withdraw")
def withdraw(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    call.body(WithdrawalBody, optional=True)
    return told(withdraw_cancellation(bootstrap.services(), call.request(change_now), address))


@app.post("/orders/<order_id>/settlements")
def settle(order_id: str) -> Response[str]:
    call = current(app)
    dry_run = call.parameters(OverpaymentQuery).dry_run
    asked = call.body(OverpaymentBody).to_domain(order_id)
    if dry_run:
        return shown(plan_view(preview_settlement(bootstrap.services(), call.principal, asked)))
    return told(counted(start_settlement(bootstrap.services(), call.request(change_made), asked)))


@app.post("/orders/<order_id>/settlements/<change_id>/withdraw")
def withdraw_settled(order_id: str, change_id: str) -> Response[str]:
    call, address = current(app), ChangeAddress(order_id=order_id, change_id=change_id)
    call.body(OverpaymentWithdrawalBody, optional=True)
    return told(withdraw_settlement(bootstrap.services(), call.request(change_now), address))


handler = serve(app)
