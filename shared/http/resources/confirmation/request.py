"""Reads the answer of the holder of a confirmation link."""

from typing import Literal

from shared.http.parts.fields import Given, Id, Word
from shared.usecases.confirming.decide_by_link import Confirmation


class ConfirmationBody(Given):
    """What the holder of a link says. `digest` and `order_id` pin it to what a page has shown."""

    decision: Literal["confirm", "decline"]
    digest: Word | None = None
    order_id: Id | None = None

    def to_domain(self, token: str) -> Confirmation:
        return Confirmation(token=token, decision=self.decision, digest=self.digest, order_id=self.order_id)
