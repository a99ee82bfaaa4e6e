"""Ask again about a refund of which nobody knows whether it was paid, until its gateway answers. Nothing is paid."""

from shared.domain.change.refund import Refund
from shared.ports.gateways import Gateways
from shared.ports.services import Services
from shared.usecases.refunding.ask_gateway import ask_gateway
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, read_refund, settle_refund


def ask_again(services: Services, gateways: Gateways, address: RefundAddress) -> Refund:
    """Book the gateway's answer, and return the refund as it is then: `settled`, `failed`, or still `unknown`. A refund
    that is known by now is left alone.

    Raises:
        Refusal: `refund-not-found`.
    """
    order, change, refund = read_refund(services, address)
    if refund.status != "unknown":
        return refund
    said = ask_gateway(gateways, order, change, refund)
    if said.outcome == "done":
        return settle_refund(services, address, said.reference)
    if said.outcome == "declined":
        return fail_refund(services, address, said.words)
    return refund
