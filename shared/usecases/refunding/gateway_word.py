"""Hear what a gateway says of the refunds that a person is to end: from itself, or where it cannot be asked, from the
person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NoReturn

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.order.order import Order
from shared.domain.order.payment import BY_PEOPLE
from shared.domain.refusal import Refusal
from shared.ports.gateways import Gateways
from shared.usecases.refunding.ask_gateway import GatewayAnswer, ask_gateway

Words = Mapping[str, str]
"""The refunds that their gateway has made, by id, with its reference."""
Said = Literal["paid", "not_paid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWord:
    """Holds what a person has read at a gateway of one refund; `reference` is the gateway's, if it was paid."""

    refund_id: str
    outcome: Said
    reference: str | None = None


def heard(gateways: Gateways, order: Order, change: Change, said: Iterable[GatewayWord]) -> Words:
    """Return the unsettled refunds of the change that their gateways have made. All others were not paid.

    Raises:
        Refusal: `unknown-refund` for a word on a refund that the change has not, `refund-under-way` while a gateway
            may still pay, and where it cannot be asked and nobody says what it says.
    """
    words = {word.refund_id: word for word in said}
    if words.keys() - {refund.refund_id for refund in change.refunds}:
        raise Refusal("unknown-refund", "The change has no such refund.", pointer="/gateway_says")
    left = [refund for refund in change.refunds if refund.status != "settled"]
    found = {refund.refund_id: paid_as(gateways, order, change, refund, words.get(refund.refund_id)) for refund in left}
    return {refund_id: reference for refund_id, reference in found.items() if reference}


def paid_as(gateways: Gateways, order: Order, change: Change, refund: Refund, word: GatewayWord | None) -> str | None:
    """Return the reference under which the gateway has made the refund; None if it has not, and will not.

    The gateway's own answer counts before a person's `word`; what it has declined needs none.

    Raises:
        Refusal: `refund-under-way`.
    """
    gateway = next(payment.gateway for payment in order.payments if payment.payment_id == refund.payment_id)
    if gateway in BY_PEOPLE:
        return None
    answer = ask_gateway(gateways, order, change, refund)
    if answer.outcome == "done":
        return answer.reference or refund.refund_id
    if answer.outcome == "declined":
        return None
    if word is not None and not answer.under_way:
        return word.reference if word.outcome == "paid" else None
    if refund.status != "failed" or answer.under_way:
        _refuse(gateway, refund, answer)
    return None


def _refuse(gateway: str, refund: Refund, answer: GatewayAnswer) -> NoReturn:
    if answer.under_way:
        words = f"The gateway {gateway} is still working on {refund.kind} {refund.refund_id}; wait for how it ends."
        raise Refusal("refund-under-way", words)
    words = f"The gateway {gateway} may have made {refund.kind} {refund.refund_id}, or may still make it"
    words += f" ({answer.words}). Look there first, then say in gateway_says what it says: paid, with its reference,"
    raise Refusal("refund-under-way", f"{words} or not_paid.", pointer="/gateway_says")
