"""Declares how each type stands in a plan's digest: some fields by place, as ever, and every other one by its name.

What is left out is named with its reason, here for a plan's own types, in `line_fields` for lines and orders. A new
field is in the digest once it is not as by default, so the digests of plans that do not use it stay as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.fields import Others, values_of
from shared.domain.order.line import Line
from shared.domain.order.line_fields import left_out
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Address
from shared.domain.planning import plan


class Form:
    """Tells the values of one type: `places` in this order, then an object of the other fields if there are any.

    `told` are fields that the digest tells in a way of their own.
    """

    __slots__ = ("_others", "_places", "none")

    def __init__(self, kind: type[Any], *places: str, but: Mapping[str, str], told: tuple[str, ...] = ()) -> None:
        fields = [place for place in places if not isinstance(getattr(kind, place, None), property)]
        self._places = values_of(places)
        self._others = Others(kind, (*fields, *told, *but))
        self.none = self._others.none

    def of(self, value: object, key: str) -> Sequence[Any]:
        places = self._places(value)
        return places if self.none else (*places, *self.others(value, key))

    def others(self, value: object, key: str) -> Sequence[Any]:
        """Returns the object of the other fields, if there are any."""
        found = self._others.of(value, key)
        return (found,) if found else ()

    def one_of(self, value: object, key: str) -> Any:
        """Returns the only value by place as it is, as long as there are no other fields."""
        found = self.of(value, key)
        return found[0] if len(found) == 1 else found

    def around(self, value: object, key: str, *told: object) -> Sequence[Any]:
        """Returns the values by place, then `told`, then the other fields."""
        places = self._places(value)
        return (*places, *told) if self.none else (*places, *told, *self.others(value, key))


class Under:
    """Tells the other fields of a type, those without a form of their own, as one object under the name `others`."""

    __slots__ = ("_others",)

    def __init__(self, kind: type[Any], *told: str, but: Mapping[str, str]) -> None:
        self._others = Others(kind, (*told, *but))

    def of(self, value: object, key: str) -> dict[str, object]:
        if self._others.none:
            return {}
        found = self._others.of(value, key)
        return {"others": found} if found else {}


LINE = Form(
    Line,
    "sku", "title", "parent_line_id", "quantity", "cancelled_quantity", "unit_price", "gross", "total", "start_date",
    "end_date",
    told=("discounts", "taxes"),
    but=left_out(Line, "digest"),
)  # fmt: skip
DISCOUNT = Form(LineDiscount, told=("type", "percent", "amount"), but=left_out(LineDiscount, "digest"))
TAX = Form(Tax, "name", "rate", "amount", "jurisdiction", but=left_out(Tax, "digest"))
SHIPPING = Form(Shipping, "method", "price", "tax", but=left_out(Shipping, "digest"))
FEE = Form(Fee, "code", "amount", "tax", but=left_out(Fee, "digest"))

_POLICY = "policy is no outcome"
_WORDS = "words are no outcome"
_BEFORE = "what was before is no outcome"
_FOLLOWS = "it follows from the lines, their money and their dates"
_ESTIMATE = "an estimate is no outcome"

AUTHORISATION = Form(plan.ReducedAuthorisation, "payment_id", "after", but={"before": _BEFORE})
REFUND = Form(plan.PlannedRefund, "payment_id", "amount", but={"method": "it is the payment's own"})
PLANNED_FEE = Form(plan.PlannedFee, "code", "amount", but={"because": _WORDS, "rule": _POLICY})
CANCELLED = Form(
    plan.CancelledUnits, "stage", "quantity", "amount", but={"line_id": "the lines tell it", "sku": "the lines tell it"}
)
STOCK = Form(plan.StockDelta, "sku", "delta", but={})
APPROVAL = Form(plan.NeededApproval, "role", but={"because": _WORDS, "rule": _POLICY})
CONFIRMATION = Form(plan.NeededConfirmation, "party", but={"because": _WORDS, "rule": _POLICY})
COLLECTION = Form(
    plan.PlannedCollection, "mode", "amount", "gateway", "wait_seconds", but={"because": _WORDS, "rule": _POLICY}
)
LINE_CHANGE = Under(
    plan.LineChange, "line_id", "before", "after", but={"change": "it follows from the line before and after"}
)
PLAN = Under(
    plan.ChangePlan,
    "kind", "currency", "lines", "address_before", "address_after", "shipping_after", "authorisations", "totals_before",
    "totals_after", "refunds", "amount_due", "fees", "fees_after", "cancelled", "stock", "approvals", "confirmations",
    "departments", "collection",
    but={
        "digest": "it is the digest itself",
        "order_id": "an id is no outcome",
        "base_version": "the same outcome on a later version is the same plan",
        "violations": "a plan with violations is for reading only",
        "warnings": _WORDS,
        "shipping_before": _BEFORE,
        "fees_before": _BEFORE,
        "delta": "the totals tell it",
        "taxes_reversed": _FOLLOWS,
        "assets": _FOLLOWS,
        "proration": _FOLLOWS,
        "effects": _ESTIMATE,
        "changed": "the departments tell who hears of it",
        "timeline_estimate": _ESTIMATE,
        "magnitude": "it is what approvals are asked by",
        "policy_version": _POLICY,
        "rulings": _POLICY,
    },
)  # fmt: skip

_ADDRESS = ("name", "line1", "line2", "city", "region", "postal_code", "country")
_OTHERS_OF_ADDRESS = Others(Address, _ADDRESS)


def address_text(address: Address | None) -> str:
    """Returns an address as one text. Fields added to the type leave the text of addresses that do not use them
    alone."""
    if address is None:
        return "None"
    told = {name: getattr(address, name) for name in _ADDRESS} | _OTHERS_OF_ADDRESS.of(address, "")
    return f"Address({', '.join(f'{name}={value!r}' for name, value in told.items())})"
