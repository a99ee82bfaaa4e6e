"""Check which orders a principal may reach: ownership is checked where data is read."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Actor, Change
from shared.domain.order.order import Order
from shared.domain.policy.subjects import Role
from shared.domain.refusal import Refusal
from shared.ports.stores import Changes, Orders

STAFF: frozenset[Role] = frozenset({"agent", "lead", "manager", "finance", "operator"})

_RANK: tuple[Role, ...] = ("manager", "lead", "finance", "operator", "agent", "service", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Describes the holder of a token: roles and customer id come from it, never from a request's body.

    `authenticated_at`: when they last proved who they are, if the token says so; `strong`: by more than one factor.
    """

    id: str
    roles: frozenset[Role]
    customer_id: str | None = None
    scopes: frozenset[str] = frozenset()
    authenticated_at: datetime | None = None
    strong: bool = False

    def may(self, roles: frozenset[Role], scope: str | None = None) -> bool:
        """Return True if one of the roles, or the scope as a service, is theirs."""
        return bool(self.roles & roles) or (scope is not None and "service" in self.roles and scope in self.scopes)

    def acting(self, roles: frozenset[Role] | None = None) -> Actor:
        """Return the actor in the highest role that they hold (of `roles`, where only some may do this)."""
        held = self.roles if roles is None else self.roles & roles
        return Actor(id=self.id, role=next((role for role in _RANK if role in held), "customer"))

    def owns(self, customer_id: str) -> bool:
        return self.customer_id is not None and self.customer_id == customer_id


def check_reach(order: Order | None, principal: Principal, order_id: str) -> Order:
    """Return the order, if there is one and this principal may know of it: staff and services all, customers their own.

    Raises:
        Refusal: `order-not-found`, the same whether it isn't there or isn't theirs.
    """
    if order is None or not _reaches(principal, order.customer.customer_id):
        raise Refusal("order-not-found", f"There is no order {order_id}.")
    return order


def read_order(orders: Orders, order_id: str, principal: Principal) -> Order:
    return check_reach(orders.load(order_id), principal, order_id)


def read_change(changes: Changes, change_id: str, principal: Principal, order_id: str | None = None) -> Change:
    """Return the change, if it is there, is of this order, and is in reach.

    Raises:
        Refusal: `change-not-found`.
    """
    return check_change(changes.get(change_id), change_id, principal, order_id)


def check_change(change: Change | None, change_id: str, principal: Principal, order_id: str | None = None) -> Change:
    """Check a change that has been read as `read_change` does, and return it."""
    wrong_order = change is not None and order_id is not None and change.order_id != order_id
    if change is None or wrong_order or not _reaches(principal, change.customer_id):
        raise Refusal("change-not-found", f"There is no change {change_id}.")
    return change


def _reaches(principal: Principal, customer_id: str) -> bool:
    return bool(principal.roles & STAFF) or "service" in principal.roles or principal.owns(customer_id)
