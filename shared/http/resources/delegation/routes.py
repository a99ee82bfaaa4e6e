"""Lists the routes by which an approver who is away lets somebody else decide."""

from shared.http.door.route import APPROVERS, Route
from shared.usecases.core.access import STAFF

LIST = Route("GET", "/delegations", "delegate", roles=STAFF)
DELEGATE = Route("PUT", "/delegations/{role}", "delegate", roles=APPROVERS)
END = Route("POST", "/delegations/{role}/end", "delegate", roles=APPROVERS)

ROUTES = (LIST, DELEGATE, END)
