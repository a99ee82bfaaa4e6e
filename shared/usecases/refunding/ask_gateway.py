"""Ask a gateway what became of a refund that a person is to end, or that nobody has an answer on. Nothing is paid."""

from dataclasses import dataclass

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.order.order import Order
from shared.domain.order.payment import UNASKABLE
from shared.ports.gateways import GatewayDeclined, Gateways
from shared.ports.outcomes import Outcome
from shared.usecases.core.trouble import describe_error
from shared.usecases.refunding.pay_refund import wanted_of

_UNASKED = ("requested", "pending")
"""Statuses in which an execution is at work: that the gateway knows nothing yet says nothing of the next moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAnswer:
    """Holds what a gateway says of a refund: `done` under its `reference`, `declined`, or `unknown`. `under_way` says
    that the gateway has it, and does not know its end yet."""

    outcome: Outcome
    reference: str = ""
    under_way: bool = False
    words: str = ""


def ask_gateway(gateways: Gateways, order: Order, change: Change, refund: Refund) -> GatewayAnswer:
    """Return the gateway's answer; `unknown` also where it cannot be asked, or not now.

    What the gateway knows nothing of was declined, once nobody here tries any more.
    """
    wanted = wanted_of(order, change, refund)
    if wanted.gateway in UNASKABLE:
        return GatewayAnswer(outcome="unknown", words=f"the gateway {wanted.gateway} cannot be asked")
    try:
        gateway = gateways.by_name(wanted.gateway)
    except GatewayDeclined as error:
        return GatewayAnswer(outcome="unknown", words=str(error))
    try:
        said = gateway.find(wanted)
    except GatewayDeclined as error:
        return GatewayAnswer(outcome="declined", words=str(error))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is no answer)
        return GatewayAnswer(outcome="unknown", words=describe_error(error))
    if said is None:
        return _never_asked(refund)
    done = said.status == "settled"
    return GatewayAnswer(outcome="done" if done else "unknown", reference=said.reference, under_way=not done)


def _never_asked(refund: Refund) -> GatewayAnswer:
    if refund.status in _UNASKED:
        return GatewayAnswer(outcome="unknown", words="it may still be asked for")
    return GatewayAnswer(outcome="declined", words="the gateway knows nothing of it")
