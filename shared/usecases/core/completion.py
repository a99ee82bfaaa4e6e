"""Complete a change that waits for nothing any more."""

from datetime import datetime

from shared.domain.change.change import Change, moved
from shared.domain.change.states import ChangeStatus


def completed(change: Change, by: str, at: datetime) -> Change:
    """Return the change, completed if nothing is waited for any more; a change that fell out completes too, once what
    failed is done."""
    if change.status is not ChangeStatus.COMPLETED and change.has_taken_effect and change.settled:
        return moved(change, ChangeStatus.COMPLETED, by=by, at=at)
    return change
