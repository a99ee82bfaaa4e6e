"""Words a preview's warning of another change that is open: who asked for it, and what becomes of the one previewed."""

from shared.domain.change.change import Change
from shared.domain.change.step_rights import AskedBy

_ASKED_BY: dict[AskedBy, str] = {
    "customer": "asked for by the customer",
    "taken_over": "of the customer, with edits of staff",
    "staff": "asked for by staff",
    "guarded": "asked for by staff for a reason of fraud or law",
}


def open_to_staff(change: Change, asked_by: AskedBy, *, makes_way: bool) -> str:
    """Returns the warning for staff. `makes_way`: starting the previewed change ends the open one."""
    what = f"{change.kind.title()} {change.change_id}, {_ASKED_BY[asked_by]}, is open on this order ({change.status})"
    if makes_way:
        return f"{what}: it is ended to make way for this."
    return f"{what}: until it has ended, this cannot start."


def open_to_customer(change: Change, asked_by: AskedBy) -> str:
    """Returns the warning for the order's customer, who reads no more of what staff asked for than that there is
    something, and if it waits for their answer."""
    if asked_by == "customer":
        return f"Your {change.kind} {change.change_id} is still open ({change.status}): finish or end it first."
    if asked_by == "taken_over":
        words = f"Your {change.kind} {change.change_id} is still open, as customer service has changed it"
        return f"{words}: agree when you are asked, send your own edits, or end it first."
    if change.waiting_for == "customer":
        return "Customer service has proposed a change of this order, which waits for your answer: give it first."
    return "Customer service is changing this order: until they are done, this cannot start."
