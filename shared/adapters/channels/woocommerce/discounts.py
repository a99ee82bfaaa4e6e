"""Reads the coupons of a WooCommerce order. The payload gives each line's discount, but not the coupon that it came
from."""

from dataclasses import dataclass
from decimal import Decimal

from shared.adapters.channels.reading.bounds import MAX_PARTS
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount
from shared.domain.order.line_price import DiscountScope


@dataclass(frozen=True, slots=True)
class Coupons:
    """The order's coupons as one: all codes together, and the percentage if a single percent coupon was used."""

    code: str | None = None
    percent: Decimal | None = None
    scope: DiscountScope = "line"

    def on_line(self, gross: int, discount: int) -> tuple[NewLineDiscount, ...]:
        """Returns the discount of a line. It stays a percentage only if the percentage explains it to within a cent,
        because a coupon may exclude products or have a ceiling."""
        if not discount:
            return ()
        explained = self.percent is not None and abs(money.percent_of(gross, self.percent) - discount) <= 1
        percent = self.percent if explained else None
        return (
            NewLineDiscount(
                type="percent" if explained else "amount",
                scope=self.scope,
                code=self.code,
                percent=percent,
                amount=discount,
            ),
        )


def read_coupons(order: Fields) -> Coupons:
    coupons = order.objects("coupon_lines", MAX_PARTS)
    if not coupons:
        return Coupons()
    codes = [code for coupon in coupons if (code := coupon.text_or_none("code"))]
    kinds = [_kind(coupon) for coupon in coupons]
    return Coupons(
        code=listed(codes, ", "),
        percent=_percent(coupons[0]) if len(coupons) == 1 and kinds == ["percent"] else None,
        scope="line" if kinds == ["fixed_product"] else "order",
    )


def _kind(coupon: Fields) -> str | None:
    """Returns `discount_type` (WooCommerce 8.7 on), or that of the coupon's copy in the meta data."""
    return coupon.text_or_none("discount_type") or _copy(coupon).text_or_none("discount_type")


def _percent(coupon: Fields) -> Decimal | None:
    given, key = (coupon, "nominal_amount") if coupon.has("nominal_amount") else (_copy(coupon), "amount")
    percent = given.decimal(key) if given.has(key) else None
    return percent if percent is not None and 0 < percent <= 100 else None


def _copy(coupon: Fields) -> Fields:
    for meta in coupon.objects("meta_data"):
        if meta.values.get("key") == "coupon_data" and isinstance(meta.values.get("value"), dict):
            return meta.object("value") or Fields({})
    return Fields({})
