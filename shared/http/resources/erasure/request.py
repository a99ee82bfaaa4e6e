"""Reads an operator's request that a customer is to be erased."""

from typing import Annotated

from pydantic import StringConstraints

from shared.http.parts.fields import Given, Note
from shared.usecases.erasing.erase_customer import Erasure


class ErasureBody(Given):
    """Why. Both are kept as they are, so name nobody in them."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S")]
    note: Note | None = None

    def to_domain(self, customer_id: str) -> Erasure:
        return Erasure(customer_id=customer_id, reason=self.reason, note=self.note)
