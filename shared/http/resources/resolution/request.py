"""Reads an operator's report on how a fallout ends."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.http.parts.fields import Given
from shared.usecases.refunding.resolve_fallout import Resolution


class ResolutionBody(Given):
    """How a fallout ends: what failed was done by hand (`completed`), or is given up (`failed`). Say how.

    `gateway_checked` is asked for while a gateway may still pay by itself: look there first.
    """

    outcome: Literal["completed", "failed"]
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    gateway_checked: bool = False

    def to_domain(self, change_id: str) -> Resolution:
        return Resolution(
            change_id=change_id, outcome=self.outcome, note=self.note, gateway_checked=self.gateway_checked
        )
