"""Who must agree inside: which changes go to whom, in which order, and what happens when nobody answers."""

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
    """How long a role has to decide, in seconds, when it is reminded, and who is asked after it."""

    role: Approver
    deadline_seconds: int
    remind_after_seconds: int | None = None
    escalates_to: Approver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Document):
    """Changes of more than `above` need `approvers`, one after the other; no approvers: no approval.

    It may be for some changes only: of `kinds`, of orders worth more than `order_above`, or by `when` (CEL,
    `vocabulary.OF_A_CHANGE`). A currency that `above` doesn't name has no limit to stay below: it needs the approval.
    So a route that asks nobody is for the currencies that it names, and no others.
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
        """Minor units of `above`, None where it doesn't know the currency."""
        amount = self.above.get(currency)
        return None if amount is None else money.parse(amount, currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals(Document):
    """`asked`: who approves what another rule wants approved without saying by whom."""

    levels: tuple[Level, ...]
    asked: tuple[Approver, ...]
    routes: tuple[Route, ...]

    def level(self, role: str) -> Level:
        """Raises:
        KeyError: the role approves nothing.
        """
        found = next((level for level in self.levels if level.role == role), None)
        if found is None:
            raise KeyError(role)
        return found

    def in_order(self, roles: Iterable[Approver]) -> tuple[Approver, ...]:
        """Each role once, in the order in which they are asked."""
        wanted = set(roles)
        return tuple(level.role for level in self.levels if level.role in wanted)


def deciding(routes: Iterable[Route], magnitude: Callable[[Route], int], currency: str) -> Route | None:
    """Of these, the route whose limit is the highest that its `magnitude` (minor units) exceeds; of those without a
    limit in this currency, the one that asks most."""
    limits = [(route.limit(currency) or 0, len(route.approvers), route) for route in routes]
    exceeded = [each for each in limits if magnitude(each[2]) > each[0]]
    return max(exceeded, key=lambda each: each[:2])[2] if exceeded else None
