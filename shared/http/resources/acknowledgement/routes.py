"""Lists the route by which a department reports that it has done its part in a change."""

from shared.http.door.route import OPERATORS, Route

ACKNOWLEDGE = Route(
    "POST", "/changes/{change_id}/acknowledgements", "acknowledge", roles=OPERATORS, scope="acknowledgements"
)

ROUTES = (ACKNOWLEDGE,)
