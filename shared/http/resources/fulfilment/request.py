"""Reads the reports of the warehouse and carriers."""

from typing import Literal

from shared.domain.order.progress import FulfilmentEvent
from shared.http.parts.fields import Given, Id, Text, Units
from shared.usecases.fulfilling.record_fulfilment import Fulfilment


class FulfilmentBody(Given):
    """So many more units of a line have come as far as `event`."""

    line_id: Id
    quantity: Units
    event: Literal["picked", "packed", "shipped", "delivered", "returned"]
    tracking: Text | None = None

    def to_domain(self, order_id: str) -> Fulfilment:
        return Fulfilment(
            order_id=order_id,
            line_id=self.line_id,
            quantity=self.quantity,
            event=FulfilmentEvent(self.event),
            tracking=self.tracking,
        )
