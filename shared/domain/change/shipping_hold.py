"""Tells the warehouse to ship nothing of an order while a change for a reason of fraud or law is open, and when it may
again."""

from shared.domain.change.change import Change
from shared.domain.change.events import EventType, Fact, link
from shared.domain.change.step import Step


def hold_facts(step: Step) -> tuple[Fact, ...]:
    """Returns the fact that the step begins or ends a hold; none if it does neither. It follows from the change before
    and after, so that no step can forget it, and it names no reason."""
    before, after = _holds(step.change_before), _holds(step.change)
    if before == after:
        return ()
    type_: EventType = "ShippingHeld" if after else "ShippingReleased"
    return (Fact(type=type_, data={"changed": ["hold"], "link": link(step.after)}),)


def _holds(change: Change | None) -> bool:
    return change is not None and change.guarded and change.is_open
