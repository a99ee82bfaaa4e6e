"""Undo an amendment or an exchange: an open one ends without effect, a committed one is taken back by another."""

from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import ChangeKind
from shared.ports.services import Services
from shared.usecases.amending.undo_committed import is_committed, undo_committed
from shared.usecases.core.open_changes import ChangeAddress, end_open_change
from shared.usecases.core.requests import Outcome, Request


def undo_change(
    services: Services,
    request: Request[Step],
    address: ChangeAddress,
    digest: str | None = None,
    kind: ChangeKind = "amendment",
) -> Outcome[Step]:
    """End an open change: holds are released, the order is as it was. With the `digest` of the undo's preview, take a
    committed one back.

    Raises:
        Refusal: `illegal-transition` for a change that has ended, or is committed while no digest is sent;
            as `undo_committed`.
    """
    if digest and is_committed(services, request.principal, address):
        return undo_committed(services, request, address, digest)
    return end_open_change(services, request, address, ChangeStatus.UNDONE, kind)
