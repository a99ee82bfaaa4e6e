"""Withdraw a settlement that waits for its approval; no money has moved."""

from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.ports.services import Services
from shared.usecases.core.open_changes import ChangeAddress, end_open_change
from shared.usecases.core.requests import Outcome, Request


def withdraw_settlement(services: Services, request: Request[Step], address: ChangeAddress) -> Outcome[Step]:
    """End a settlement that waits.

    Raises:
        Refusal: `illegal-transition` for one that waits no more.
    """
    return end_open_change(services, request, address, ChangeStatus.WITHDRAWN, "settlement")
