"""Stands in for the shop in Sylius's scenarios: it holds the promotions and rates that apply, and the cart.

These are the shop's before an order comes to us. The order's price then is ours: `accept` allocates and taxes it, and a
later step of the scenario on the cart is an edit that goes through `plan`.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.carried import tax_amounts
from shared.domain.order.order import Discount, Order, Shipping
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import Edit
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.planning.shipping import rule_price
from shared.domain.policy.documents.shipping import ShippingPolicy, ShippingRule
from shared.domain.policy.documents.taxes import TaxRule
from shared.domain.policy.policy import Policy
from shared.domain.refusal import Refusal
from tests.fakes.builders import an_order

PLACES = {"United States": "US", "Germany": "DE", "Austria": "AT"}

HOME = "US"
"""The cart of a visitor who has not said where goes here, in a shop without any taxes."""


@dataclass
class Goods:
    """A product of the shop; `price` by currency, in minor units."""

    name: str
    price: dict[str, int] = field(default_factory=dict)
    category: str | None = None
    taxon: str | None = None
    reduced: bool = False


@dataclass
class Rate:
    """A tax rate of a zone (None: the rest of the world) for a category, on the days that it holds."""

    name: str
    rate: Decimal
    category: str
    zone: str | None
    included: bool = False
    first: date = date.min
    last: date = date.max

    def holds(self, place: str, category: str | None, today: date) -> bool:
        here = place == self.zone if self.zone else place != "US"
        return here and category == self.category and self.first <= today <= self.last


@dataclass
class Action:
    """A promotion's gift: `percent`, or `amounts` by currency; off the order, each unit that fits, or shipping."""

    of: str
    percent: Decimal | None = None
    amounts: dict[str, int] = field(default_factory=dict)
    lowest: int = 0
    highest: int | None = None
    product: str | None = None
    taxon: str | None = None

    def fits(self, goods: Goods, price: int) -> bool:
        return (
            self.lowest <= price
            and (self.highest is None or price <= self.highest)
            and self.product in (None, goods.name)
            and self.taxon in (None, goods.taxon)
        )


@dataclass
class Promotion:
    name: str
    priority: int = 0
    exclusive: bool = False
    active: bool = True
    on_reduced: bool = True
    only_with: str | None = None
    actions: list[Action] = field(default_factory=list)


@dataclass
class Shop:
    goods: dict[str, Goods] = field(default_factory=dict)
    rates: list[Rate] = field(default_factory=list)
    promotions: list[Promotion] = field(default_factory=list)
    method: str | None = None
    fee: int = 0
    fee_category: str | None = None
    currency: str = "USD"
    currencies: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    place: str | None = None
    today: date = date(2026, 11, 20)
    cart: dict[str, int] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)

    def order(self) -> Order:
        """Returns the order that the cart becomes, after its edits."""
        order = self._accepted()
        for edit in self.edits:
            planned = plan(order, [edit], PlanContext(role="agent", policy=self._policy(), catalogue=self._catalogue()))
            if planned.plan.violations:
                raise Refusal.of(planned.plan.violations)
            order = planned.after
        return order

    def _accepted(self) -> Order:
        new = replace(
            an_order().new,
            currency=self.currency,
            shipping_address=Address(country=place) if (place := self._place()) else None,
            lines=tuple(self._line(self.goods[name], quantity) for name, quantity in self.cart.items()),
            discounts=tuple(self._discount(action) for action in self._given("order")),
        )
        order = accept(new, "ord_1", "key")
        return replace(order, shipping=self._shipping(sum(line.net for line in order.lines)))

    def _place(self) -> str | None:
        return self.place or (None if self.rates else HOME)

    def _line(self, goods: Goods, quantity: int) -> NewLine:
        rates = self._rates(goods.category)
        return NewLine(
            line_id=goods.name,
            sku=goods.name,
            quantity=quantity,
            unit_price=goods.price[self.currency],
            discounts=tuple(self._line_discount(action, quantity) for action in self._given("units", goods)),
            taxes=tuple(NewTax(name=rate.name, rate=rate.rate, jurisdiction=self.place) for rate in rates),
            tax_included=any(rate.included for rate in rates),
        )

    def _given(self, of: str, goods: Goods | None = None) -> list[Action]:
        """Returns the gifts of the promotions that apply, by priority; an exclusive one applies alone."""
        ranked = sorted((each for each in self.promotions if self._applies(each)), key=lambda each: -each.priority)
        ranked = [each for each in ranked if each.exclusive][:1] or ranked
        return [
            action
            for promotion in ranked
            for action in promotion.actions
            if action.of == of
            and (goods is None or action.fits(goods, goods.price[self.currency]))
            and (goods is None or promotion.on_reduced or not goods.reduced)
        ]

    def _applies(self, promotion: Promotion) -> bool:
        return promotion.active and promotion.only_with in (None, *self.cart)

    def _discount(self, action: Action) -> Discount:
        if action.percent is not None:
            return Discount(type="percent", percent=action.percent)
        return Discount(type="amount", amount=action.amounts[self.currency])

    def _line_discount(self, action: Action, quantity: int) -> NewLineDiscount:
        if action.percent is not None:
            return NewLineDiscount(type="percent", percent=action.percent)
        return NewLineDiscount(type="amount", amount=action.amounts[self.currency] * quantity)

    def _rates(self, category: str | None) -> list[Rate]:
        return [rate for rate in self.rates if self.place and rate.holds(self.place, category, self.today)]

    def _shipping(self, items: int) -> Shipping:
        """Returns the fee less its promotions, taxed by our rule; an order takes shipping as amounts."""
        rule = self._rule()
        if rule is None:
            return Shipping()
        price = rule_price(rule, self.currency, items)
        for action in self._given("shipping"):
            price -= money.percent_of(price, action.percent or Decimal(0))
        rates = self._rates(self.fee_category)
        included = any(rate.included for rate in rates)
        tax = sum(tax_amounts(price, [rate.rate for rate in rates], included=included))
        return Shipping(method=self.method, price=price, unrated=tax, tax_included=included)

    def _rule(self) -> ShippingRule | None:
        if self.method is None:
            return None
        free = [action.lowest for action in self._given("free shipping")]
        return ShippingRule(
            method=self.method,
            currency=self.currency,
            price=money.text(self.fee, self.currency),
            free_from=money.text(min(free), self.currency) if free else None,
            recalculate=True,
            delivery_days=1,
        )

    def _policy(self) -> Policy:
        rule = self._rule()
        taxes = [
            TaxRule(jurisdiction=place, category=rate.category, name=rate.name, rate=rate.rate)
            for place in PLACES.values()
            for rate in self.rates
            if rate.holds(place, rate.category, self.today)
        ]
        policy = ShippedPolicies().current()
        methods = ShippingPolicy(methods=(rule,) if rule else ())
        untaxed = () if self.rates else tuple(PLACES.values())
        ruled = replace(policy.taxes, rates=tuple(taxes), untaxed_jurisdictions=untaxed)
        return replace(policy, taxes=ruled, shipping=methods)

    def _catalogue(self) -> Catalogue:
        categories = {name: goods.category or "none" for name, goods in self.goods.items()}
        return Catalogue(products={name: Product(sku=name, tax_category=at) for name, at in categories.items()})


def minor(amount: str) -> int:
    """Returns minor units of an amount in the notation of the scenarios: "$1,000.00", "-£12.00"."""
    return money.parse(amount.replace("$", "").replace("£", "").replace(",", ""), "USD")
