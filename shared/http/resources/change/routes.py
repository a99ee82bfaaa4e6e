"""Lists the routes that read changes, amendments and cancellations alike."""

from shared.http.door.route import READERS, Route
from shared.http.parts.audience import page_of
from shared.http.resources.change.audience import CHANGE, CHANGE_IN_LIST
from shared.http.resources.plan.audience import PLAN_PAGE

LIST = Route("GET", "/changes", "read", roles=READERS, shows=page_of(CHANGE_IN_LIST))
SHOW = Route("GET", "/changes/{change_id}", "read", roles=READERS, owned=True, shows=(CHANGE,))

PLAN_PART = Route("GET", "/changes/{change_id}/plan/{part}", "read", roles=READERS, owned=True, shows=PLAN_PAGE)

ROUTES = (LIST, SHOW, PLAN_PART)
