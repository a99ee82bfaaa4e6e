"""Reads an operator's report on how a fallout ends."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shared.http.parts.fields import Given, Word, refuse
from shared.usecases.refunding.gateway_word import GatewayWord
from shared.usecases.refunding.resolve_fallout import Resolution


class GatewayWordBody(Given):
    """The gateway says this of a refund that it cannot be asked about from here; `reference` is the gateway's own, and
    belongs to `paid` alone."""

    refund_id: Word
    outcome: Literal["paid", "not_paid"]
    reference: Word | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.outcome == "paid") != (self.reference is not None):
            refuse("gateway-reference", "Give the gateway's reference of what it has paid, and of nothing else.")
        return self

    def to_domain(self) -> GatewayWord:
        return GatewayWord(refund_id=self.refund_id, outcome=self.outcome, reference=self.reference)


class ResolutionBody(Given):
    """How a fallout ends: what failed was done by hand (`completed`), or is given up (`failed`). Say how.

    Gateways are asked first, and what one has paid is settled whatever the outcome. `gateway_says` is asked for where a
    gateway may have paid and cannot be reached: look there, and say what it says, once a refund.
    """

    outcome: Literal["completed", "failed"]
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    gateway_says: Annotated[tuple[GatewayWordBody, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({word.refund_id for word in self.gateway_says}) < len(self.gateway_says):
            refuse("gateway-says-twice", "Say once of each refund what the gateway says.")
        return self

    def to_domain(self, change_id: str) -> Resolution:
        return Resolution(
            change_id=change_id,
            outcome=self.outcome,
            note=self.note,
            gateway_says=tuple(word.to_domain() for word in self.gateway_says),
        )
