"""Shows the holder of a confirmation link the terms, and nothing personal: no note and no name of staff. They stand on
a page, so no text in them leads anywhere."""

from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan
from shared.domain.policy.policy import Policy
from shared.http.parts.view import Json, as_people_read, present, time
from shared.http.resources.terms.view import cancelled_view, terms_view
from shared.wording.plan_in_words import changes_in_words


def confirmation_view(order: Order, change: Change, policy: Policy, now: datetime) -> Json:
    """Shows the change as far as it concerns the customer. `waiting` tells if their answer still counts."""
    reason = policy.reasons.find(change.reason_code, change.kind)
    in_time = change.expires_at is None or now < change.expires_at
    return as_people_read(
        present(
            {
                "order_id": change.order_id,
                "change_id": change.change_id,
                "kind": change.kind,
                "status": change.status.value,
                "waiting": change.awaits_consent and in_time,
                "expires_at": time(change.expires_at) if change.expires_at else None,
                "reason": reason.title if reason and not change.guarded else None,
                "changes": list(changes_in_words(order, change.plan)),
                "cancelled": _cancelled(change.plan),
                "terms": terms_view(change.plan),
                "digest": change.plan.digest,
            }
        )
    )


def _cancelled(plan: ChangePlan) -> list[Json]:
    titles = {each.line_id: each.after.title for each in plan.lines}
    return [cancelled_view(units, plan.currency) | {"title": titles.get(units.line_id, "")} for units in plan.cancelled]
