"""Ask for a decision on an approval: keep the task token, or return at once if the decision has been taken."""

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.refusal import Refusal
from shared.ports.stores import Changes
from shared.ports.workflows import Workflows


def ask_for_decision(changes: Changes, workflows: Workflows, change_id: str, round_: int, token: str) -> None:
    """Let the execution wait for the decision on this round. Running it again is safe: the newest token is the one
    kept.

    Raises:
        Refusal: `change-not-found`.
    """
    if changes.keep_token(change_id, round_, token):
        return
    change = changes.get(change_id)
    if change is None:
        raise Refusal("change-not-found", f"There is no change {change_id}.")
    workflows.answer(token, outcome_of(change))


def outcome_of(change: Change) -> str:
    """Return the word that an execution is told of a change that waits no more."""
    if change.status is ChangeStatus.REJECTED:
        return "rejected"
    if change.status is ChangeStatus.EXPIRED:
        return "expired"
    return "approved" if change.decided_by else "closed"
