"""Declares for whom the fields of a change are. Why staff asked, who they are and what they wrote to each other is for
staff; customers read the reason and the note of what they asked for themselves."""

from shared.http.parts.audience import Shows, fields, without
from shared.http.resources.discount.audience import MONEY
from shared.http.resources.plan.audience import PLAN, PLAN_IN_LIST

_REFUND = "refund_id payment_id status reference credit_memo"

EDIT = fields(
    "op line_id sku with_sku quantity unit_price percent rounding discount type value title parent_line_id start_date "
    "end_date tax_included charges address method price exception amount shipping payment_id change_id"
)
CHANGE = fields(
    "change_id kind order_id base_version committed_version undoes status waiting_for requested_as channel stage "
    "confirmed expires_at created_at updated_at",
    own="reason_code sub_code note requested_by",
    theirs=("requested_as", "customer"),
    staff="decided_by",
    mark="change_id",
    parts={
        "waits": fields("party since deadline", own="words", theirs=("party", "customer requester")),
        "asked": fields("role since deadline", staff="remind_at passed_over"),
        "approvals": fields("role at", staff="stood_in waited_seconds"),
        "consent": fields("at by digest means"),
        "collection": fields(
            "link_id gateway url", desk="url", parts=dict.fromkeys(("amount", "collected", "surplus"), MONEY)
        ),
        "edits": EDIT,
        "plan": PLAN,
        "refunds": fields(_REFUND, parts={"amount": MONEY}),
        "releases": fields("refund_id payment_id status reference", parts={"amount": MONEY, "keep": MONEY}),
        "departments": fields("department status at tracking", staff="note"),
        "timeline": fields("at status department", staff="by note"),
    },
)
CHANGE_IN_LIST = without(CHANGE, "edits", more="edit_count", parts={"plan": PLAN_IN_LIST})
CHANGE_OR_PLAN: Shows = (CHANGE, PLAN)
