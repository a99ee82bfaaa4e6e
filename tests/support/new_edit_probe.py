"""Looks, in a copy of the code that has the edit `extend_line`, for every place that an edit reaches."""

import json
import sys
from dataclasses import replace
from datetime import date

from pydantic import TypeAdapter

from infra.openapi.document import document
from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.domain.audit.erasing import erased_change
from shared.domain.change.change import Change
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.planning.edits import BY_OP, Edit
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy_making.vocabulary import EDITS
from shared.domain.replay.false_rejects import Touched, touched
from shared.http.resources.amendment.request import AmendmentBody
from shared.http.resources.edit.view import edit_view
from tests.fakes.builders import an_order
from tests.support.shipped_rules import policy_with_shipped_eligibility
from tests.unit.domain.test_erasing import full, texts, unnamed

try:
    from shared.domain.audit.differences import differences
except ImportError:  # where the log still holds them
    from shared.domain.audit.log import differences

SENT = {"op": "extend_line", "line_id": "l1", "days": 5, "price": {"amount": "1.00", "currency": "USD"}}
BUILT = an_order().with_line("RENT", 1, 1000).paid().build()
DATED = replace(BUILT.lines[0], start_date=date(2027, 1, 1), end_date=date(2027, 1, 31))
ORDER = replace(BUILT, lines=(DATED,))


def found() -> dict[str, object]:
    (edit,) = AmendmentBody.model_validate({"reason_code": "x", "edits": [SENT]}).to_domain("ord_1").edits
    context = PlanContext(role="agent", policy=policy_with_shipped_eligibility())
    planned = plan(ORDER, [edit], context)
    undo = plan(planned.after, [restoration("chg_1", planned.plan)], context)
    edits: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])
    whole = full(Change)
    return {
        "applied": str(planned.after.lines[0].end_date),
        "violations": [each.code for each in planned.plan.violations],
        "skus": touched_skus(ORDER, [edit]),
        "undo": str(undo.after.lines[0].end_date),
        "undo is judged": "extend_line" in {ruling.decides for ruling in undo.plan.rulings},
        "log": [each.path for each in differences(ORDER, planned.after)],
        "a text that nobody decided on": sorted(unnamed(texts(erased_change(whole)))),
        "request": type(edit) is BY_OP["extend_line"],
        "reply": edit_view(edit),
        "stored": json.loads(edits.dump_json((edit,)))[0],
        "read back": edits.validate_json(edits.dump_json((edit,))) == (edit,),
        "read back with its change": CHANGE.unpack(CHANGE.pack(whole)).edits == whole.edits,
        "document": "ExtendLine" in document()["components"]["schemas"],
        "policy's words": [name for name in EDITS["amendment"] if name.startswith("extend_line")],
        "report of refusals": touched([edit]) == (Touched(op="extend_line", on="l1"),),
    }


if __name__ == "__main__":
    json.dump(found(), sys.stdout)
