"""Lists the route by which an operator has a customer's personal values erased."""

from shared.http.door.route import OPERATORS, Route

ERASE = Route("POST", "/customers/{customer_id}/erasures", "erase", roles=OPERATORS)

ROUTES = (ERASE,)
