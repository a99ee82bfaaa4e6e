"""The route by which an approver, or the order's owner, decides on a change that waits for them.

Any reader gets in: whose decision it waits for is known once the change is read.
"""

from shared.http.door.route import READERS, Route

DECIDE = Route("POST", "/changes/{change_id}/decisions", "decide", roles=READERS, owned=True)

ROUTES = (DECIDE,)
