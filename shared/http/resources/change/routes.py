"""Lists the routes that read changes, amendments and cancellations alike."""

from shared.http.door.route import READERS, Route

LIST = Route("GET", "/changes", "read", roles=READERS)
SHOW = Route("GET", "/changes/{change_id}", "read", roles=READERS, owned=True)

PLAN_PART = Route("GET", "/changes/{change_id}/plan/{part}", "read", roles=READERS, owned=True)

ROUTES = (LIST, SHOW, PLAN_PART)
