"""Defines the approvals document: which changes need whose approval, in which order, and who is asked when nobody
answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.domain import money
from shared.domain.order.order import ChangeKind
from shared.domain.policy.conditions import holds
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only
from shared.domain.policy.subjects import Approver, Value

Amounts = dict[str, str]
"""Decimal strings by currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Document):
    """The time that a role has to decide (seconds), the time of its reminder (seconds), and the role that is asked
    after it."""

    role: Approver
    deadline_seconds: int
    remind_after_seconds: int | None = None
    escalates_to: Approver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Document):
    """A route sends changes of more than `above` to `approvers`, one after the other; without approvers none is needed.

    It may be limited to `kinds`, to orders worth more than `order_above`, or by `when` (CEL, `vocabulary.OF_A_CHANGE`).
    In a currency that `above` doesn't name there is no limit to stay below, and the approval is needed. So a route
    without approvers holds for the currencies that it names, and no others.
    """

    id: str
    only: Only = EVERYWHERE
    kinds: tuple[ChangeKind, ...] = ()
    when: str = ""
    order_above: Amounts | None = None
    above: Amounts
    approvers: tuple[Approver, ...]

    def fits(self, kind: ChangeKind, order_value: int, currency: str, values: Mapping[str, Value]) -> bool:
        if self.kinds and kind not in self.kinds:
            return False
        if not self.approvers and not self._names(currency):
            return False
        floor = (self.order_above or {}).get(currency)
        if floor is not None and order_value <= money.parse(floor, currency):
            return False
        return holds(self.when, values, unanswered=bool(self.approvers))

    def _names(self, currency: str) -> bool:
        return currency in self.above and (self.order_above is None or currency in self.order_above)

    def limit(self, currency: str) -> int | None:
        """Returns `above` in minor units; None if it doesn't name the currency."""
        amount = self.above.get(currency)
        return None if amount is None else money.parse(amount, currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals(Document):
    """The approvals document. `asked` are the approvers for a rule that wants an approval without naming any."""

    levels: tuple[Level, ...]
    asked: tuple[Approver, ...]
    routes: tuple[Route, ...]

    def level(self, role: str) -> Level:
        """Returns the level of a role.

        Raises:
            KeyError: the role approves nothing.
        """
        found = next((level for level in self.levels if level.role == role), None)
        if found is None:
            raise KeyError(role)
        return found

    def in_order(self, roles: Iterable[Approver]) -> tuple[Approver, ...]:
        """Returns each role once, in the order in which they are asked."""
        wanted = set(roles)
        return tuple(level.role for level in self.levels if level.role in wanted)


def deciding(routes: Iterable[Route], magnitude: Callable[[Route], int], currency: str) -> Route | None:
    """Returns the route with the highest limit that its `magnitude` (minor units) exceeds; among routes without a limit
    in this currency, the one with the most approvers."""
    limits = [(route.limit(currency) or 0, len(route.approvers), route) for route in routes]
    exceeded = [each for each in limits if magnitude(each[2]) > each[0]]
    return max(exceeded, key=lambda each: each[:2])[2] if exceeded else None
