"""Lists the route by which an approver, or the order's owner, decides on a change that waits for them.

Any reader gets in, because the person whose decision it waits for is known only once the change is read.
"""

from shared.http.door.route import READERS, Route
from shared.http.resources.change.audience import CHANGE

DECIDE = Route("POST", "/changes/{change_id}/decisions", "decide", roles=READERS, owned=True, shows=(CHANGE,))

ROUTES = (DECIDE,)
