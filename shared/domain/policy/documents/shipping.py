"""Defines the shipping document: the price of each shipping method and the days that it takes."""

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.prices import PriceBounds
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Fault, Stage, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRule(Document):
    """The price of a shipping method by currency (decimal strings), and the days that it takes.

    With `recalculate` a change of the goods, or of their price, gets a new shipping price, no dearer where goods only
    come; otherwise the accepted one stays. What an order loses for a reason that is the fault of one of
    `except_faults`, for one of `except_reasons`, or at one of `except_stages`, counts towards `free_from` as if it were
    still there, now and in later changes, and never makes shipping dearer.
    """

    method: str
    currency: str
    only: Only = EVERYWHERE
    price: str
    free_from: str | None = None
    recalculate: bool = False
    except_faults: tuple[Fault, ...] = ("merchant",)
    except_reasons: tuple[str, ...] = ()
    except_stages: tuple[Stage, ...] = ("delivered",)
    delivery_days: int

    def spares(self, reason: str, fault: Fault) -> bool:
        """Tells if a change of this reason never makes shipping dearer."""
        return fault in self.except_faults or reason in self.except_reasons


_BOUNDS = PriceBounds(id="any-shipping", floor_percent=Decimal(70), ceiling_percent=Decimal(400))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingPolicy(Document):
    """The shipping document. `bounds` say how far a price that an edit gives may be from the method's, or from that
    which the order came in with, without an approval; a document from before them is bounded too, and `[]` are none."""

    methods: tuple[ShippingRule, ...] = ()
    bounds: tuple[PriceBounds, ...] = (_BOUNDS,)

    def rule(self, method: str | None, currency: str, subject: Subject) -> ShippingRule | None:
        named = (rule for rule in self.methods if (rule.method, rule.currency) == (method, currency))
        return most_specific(named, subject)

    def bounds_of(self, subject: Subject) -> PriceBounds | None:
        return most_specific(self.bounds, subject)
