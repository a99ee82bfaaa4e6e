"""Turns Sylius's Gherkin features into cases: each step acts on the shop, and each `Then` is a claim about the
order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.planning.edits import CancelLine, SetQuantity, SetShippingAddress
from tests.contract.sylius_shop import PLACES, Action, Goods, Promotion, Rate, Shop, minor
from tests.contract.vectors import ROOT, Case, Facts

FOLDER = "sylius_features"
_MONEY = r'"(-?[$£][\d,.]+)"'
_NAME = r'"([^"]+)"'
_GIVES = r"(?:it|the promotion|this promotion) gives (?:another )?"


def sylius_features() -> Iterator[Case]:
    for path in sorted((ROOT / FOLDER).glob("*.feature")):
        file = path.stem.rpartition("__")[2]
        for index, (title, steps) in enumerate(_scenarios(path)):
            story = _Story()
            for step in steps:
                story.tell(step)
            yield Case(f"{FOLDER}/{file}", f"#{index} {title}", story.theirs, story.ours)


def _scenarios(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yields each scenario's title and steps, those of the background first."""
    text = path.read_text(encoding="utf-8")
    before, *scenarios = re.split(r"^\s*Scenario: ", text, flags=re.MULTILINE)
    background = _steps(before.partition("Background:")[2])
    for scenario in scenarios:
        title, _, rest = scenario.partition("\n")
        yield title.strip(), background + _steps(rest)


def _steps(text: str) -> list[str]:
    return re.findall(r"^\s*(?:Given|When|Then|And|But) (.+?)\s*$", text, flags=re.MULTILINE)


@dataclass
class _Story:
    """One scenario while its steps run. `last` is the product that "it" and "this product" mean; `added` is the product
    that a question is about."""

    shop: Shop = field(default_factory=Shop)
    theirs: dict[str, object] = field(default_factory=dict)
    asked: dict[str, Callable[[Order], object]] = field(default_factory=dict)
    last: str = ""
    added: str = ""

    def tell(self, step: str) -> None:
        for pattern, told in _STEPS:
            if match := re.fullmatch(pattern, step):
                told(self, *match.groups())
                return
        raise LookupError(f"No step is known for: {step}")

    def ours(self) -> Facts:
        order = self.shop.order()
        return {name: ask(order) for name, ask in self.asked.items()}

    def claim(self, name: str, value: object, ask: Callable[[Order], object]) -> None:
        self.theirs[name], self.asked[name] = value, ask

    @property
    def product(self) -> Goods:
        return self.shop.goods[self.last]

    @property
    def promotion(self) -> Promotion:
        return self.shop.promotions[-1]


Told = Callable[..., None]
_STEPS: list[tuple[str, Told]] = []


def _step(*patterns: str) -> Callable[[Told], Told]:
    def known(told: Told) -> Told:
        _STEPS.extend((pattern, told) for pattern in patterns)
        return told

    return known


@_step(
    rf"the store operates on a single channel in (?:the )?{_NAME}(?: named {_NAME})?",
    rf"the store ships to {_NAME}",
    "the store ships everywhere for Free",
    "the store classifies its products as .+",
    "there is a zone .+ containing all other countries",
    "I am a logged in customer",
    "I addressed it",
    f"I proceed with selecting {_NAME} shipping method",
    f"the {_NAME} tax rate has decimal calculator configured",
)
def _nothing(story: _Story, *_: str) -> None:
    """Does nothing, for steps that change no amount or make a choice that our orders do not have."""


@_step(f"default tax zone is {_NAME}")
def _at_home(story: _Story, zone: str) -> None:
    story.shop.place = zone


@_step(rf"the store operates on (?:a|another) channel named {_NAME} in {_NAME} currency and with hostname {_NAME}")
def _channel(story: _Story, channel: str, currency: str, _: str) -> None:
    story.shop.currencies[channel] = currency


@_step(f"I change my current channel to {_NAME}")
def _at_channel(story: _Story, channel: str) -> None:
    story.shop.currency = story.shop.currencies[channel]


# Products


@_step(f"the store has a product {_NAME}", f"the store has a product {_NAME} priced at {_MONEY}")
def _product(story: _Story, name: str, price: str | None = None) -> None:
    story.last = name
    story.shop.goods[name] = Goods(name, {"USD": minor(price)} if price else {})


@_step(f"the store has a product {_NAME} priced at {_MONEY} in {_NAME} channel")
def _product_in_channel(story: _Story, name: str, price: str, channel: str) -> None:
    story.last = name
    story.shop.goods[name] = Goods(name, {story.shop.currencies[channel]: minor(price)})


@_step(f"this product is also priced at {_MONEY} in {_NAME} channel")
def _also_priced(story: _Story, price: str, channel: str) -> None:
    story.product.price[story.shop.currencies[channel]] = minor(price)


@_step(f"this product has {_NAME} variant priced at {_MONEY}")
def _variant(story: _Story, name: str, price: str) -> None:
    story.shop.goods[name] = Goods(name, {"USD": minor(price)})


@_step(f"it belongs to {_NAME} tax category")
def _category(story: _Story, category: str) -> None:
    story.product.category = category


@_step(f"{_NAME} variant of product {_NAME} belongs to {_NAME} tax category")
def _variant_category(story: _Story, name: str, _: str, category: str) -> None:
    story.shop.goods[name].category = category


@_step(f"it belongs to {_NAME}")
def _taxon(story: _Story, taxon: str) -> None:
    story.product.taxon = taxon


@_step(f'there is a catalog promotion {_NAME} that reduces price by "(\\d+)%" and applies on {_NAME} product')
def _reduced(story: _Story, _: str, percent: str, name: str) -> None:
    goods = story.shop.goods[name]
    goods.price = {currency: price * (100 - int(percent)) // 100 for currency, price in goods.price.items()}
    goods.reduced = True


# Taxes


@_step(rf"the store has (included in price )?{_NAME} tax rate of (\d+)% for {_NAME} within the {_NAME} zone(.*)")
def _rate(story: _Story, included: str | None, name: str, percent: str, category: str, zone: str, days: str) -> None:
    rate = Rate(name, Decimal(percent) / 100, category, zone, included=bool(included))
    if end := re.search(f"ending at {_NAME}", days):
        rate.last = _day(end[1])
    if start := re.search(f"starting at {_NAME}", days):
        rate.first = _day(start[1])
    story.shop.rates.append(rate)


@_step(rf"the store has {_NAME} tax rate of (\d+)% for {_NAME} for the rest of the world")
def _rate_elsewhere(story: _Story, name: str, percent: str, category: str) -> None:
    story.shop.rates.append(Rate(name, Decimal(percent) / 100, category, None))


def _day(text: str) -> date:
    day, month, year = map(int, text.split("-"))
    return date(year, month, day)


@_step(f"it is {_NAME} now")
def _today(story: _Story, day: str) -> None:
    story.shop.today = _day(day)


@_step(f"there is user {_NAME} with {_NAME} as shipping country")
def _customer(story: _Story, customer: str, country: str) -> None:
    story.shop.customers[customer] = PLACES[country]


@_step(f"I am logged in as {_NAME}")
def _logged_in(story: _Story, customer: str) -> None:
    story.shop.place = story.shop.customers[customer]


@_step(
    f"I proceed with selecting {_NAME} as billing country",
    f'I proceed as guest "[^"]+" with {_NAME} as billing country',
    f'I specified the billing address as "[^"]+", "[^"]+", "[^"]+", {_NAME} for "[^"]+"',
)
def _moved(story: _Story, country: str) -> None:
    """Moves the order to another country. Sylius taxes by the billing address that it also ships to; we tax by the
    address that the order ships to."""
    story.shop.edits.append(SetShippingAddress(address=Address(country=PLACES[country])))


# Shipping


@_step(rf'the store has {_NAME} shipping method with {_MONEY} fee(?: within the "[^"]+" zone)?')
def _method(story: _Story, name: str, fee: str) -> None:
    story.shop.method, story.shop.fee = name, minor(fee)


@_step(f"shipping method {_NAME} belongs to {_NAME} tax category")
def _method_category(story: _Story, _: str, category: str) -> None:
    story.shop.fee_category = category


# Promotions


@_step(
    f"there is (an exclusive|a) promotion {_NAME}(?: with priority (\\d+))?"
    "( that does not apply to discounted products| that applies to discounted products)?"
)
def _promotion(story: _Story, kind: str, name: str, priority: str | None, on: str | None) -> None:
    story.shop.promotions.append(
        Promotion(name, int(priority or 0), exclusive=kind == "an exclusive", on_reduced="not" not in (on or ""))
    )


@_step("this promotion has already expired", "this promotion starts tomorrow", "the promotion was disabled for .+")
def _inactive(story: _Story) -> None:
    story.promotion.active = False


@_step("this promotion is valid until tomorrow", "this promotion started yesterday")
def _active(story: _Story) -> None:
    story.promotion.active = True


def _amount_or_percent(given: str, of: str, **more: object) -> Action:
    if given.endswith("%"):
        return Action(of, percent=Decimal(given[:-1]), **more)
    return Action(of, amounts={"USD": minor(given)}, **more)


@_step(f"{_GIVES}{_NAME} discount to every order")
def _off_the_order(story: _Story, given: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "order"))


@_step(
    f"{_GIVES}{_MONEY} discount to every order in the {_NAME} channel "
    f"and {_MONEY} discount to every order in the {_NAME} channel"
)
def _off_by_channel(story: _Story, one: str, channel: str, other: str, another: str) -> None:
    currencies = story.shop.currencies
    amounts = {currencies[channel]: minor(one), currencies[another]: minor(other)}
    story.promotion.actions.append(Action("order", amounts=amounts))


@_step(f"{_GIVES}{_NAME} off if order contains a {_NAME} product")
def _off_with(story: _Story, given: str, name: str) -> None:
    story.promotion.only_with = name
    story.promotion.actions.append(_amount_or_percent(given, "order"))


@_step(f"{_GIVES}{_NAME} off on a {_NAME} product")
def _off_product(story: _Story, given: str, name: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "units", product=name))


@_step(f"{_GIVES}{_NAME} off (?:on )?every product classified as {_NAME}")
def _off_taxon(story: _Story, given: str, taxon: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "units", taxon=taxon))


@_step(f"{_GIVES}{_NAME} off on every product priced between {_MONEY} and {_MONEY}")
def _off_between(story: _Story, given: str, lowest: str, highest: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "units", lowest=minor(lowest), highest=minor(highest)))


@_step(f"{_GIVES}{_NAME} off on every product with minimum price at {_MONEY}")
def _off_from(story: _Story, given: str, lowest: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "units", lowest=minor(lowest)))


@_step(f"{_GIVES}{_NAME} off on every product with maximum price at {_MONEY}")
def _off_up_to(story: _Story, given: str, highest: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "units", highest=minor(highest)))


@_step(f"{_GIVES}{_NAME} discount on shipping to every order")
def _off_shipping(story: _Story, given: str) -> None:
    story.promotion.actions.append(_amount_or_percent(given, "shipping"))


@_step(f"{_GIVES}free shipping to every order", f"{_GIVES}free shipping to every order over {_MONEY}")
def _free_shipping(story: _Story, over: str = "$0.00") -> None:
    story.promotion.actions.append(Action("free shipping", lowest=minor(over)))


# The cart


@_step(
    f"I (?:add|have) (?:the )?product {_NAME} (?:to|in) the cart",
    f"the customer adds {_NAME} product to the cart",
    f'I add {_NAME} variant of product "[^"]+" to the cart',
)
def _one(story: _Story, name: str) -> None:
    _some(story, "1", name)


@_step(f"I (?:add|have) (\\d+) products {_NAME} (?:to|in) the cart")
def _some(story: _Story, quantity: str, name: str) -> None:
    story.added = name
    story.shop.cart[name] = story.shop.cart.get(name, 0) + int(quantity)


@_step(f"I add products {_NAME} and {_NAME} to the cart")
def _two(story: _Story, one: str, other: str) -> None:
    _one(story, one)
    _one(story, other)


@_step(f"I change product {_NAME} quantity to (\\d+) in my cart")
def _quantity(story: _Story, name: str, quantity: str) -> None:
    story.shop.edits.append(SetQuantity(line_id=name, quantity=int(quantity)))


@_step(f"I remove product {_NAME} from the cart")
def _removed(story: _Story, name: str) -> None:
    story.shop.edits.append(CancelLine(line_id=name))


# Claims


def _line(order: Order, name: str) -> Line:
    return next(line for line in order.lines if line.line_id == name)


def _own_discount(order: Order, name: str) -> int:
    return sum(discount.amount for discount in _line(order, name).discounts if discount.scope == "line")


@_step(f"(?:my|the) cart total should be {_MONEY}")
def _total(story: _Story, amount: str) -> None:
    story.claim("total", minor(amount), lambda order: order.totals.total)


@_step(f"my cart taxes should be {_MONEY}", "there should be no taxes charged")
def _taxes(story: _Story, amount: str = "$0.00") -> None:
    story.claim("tax", minor(amount), lambda order: order.totals.tax)


@_step(f"my (?:cart )?included in price taxes should be {_MONEY}")
def _included_taxes(story: _Story, amount: str) -> None:
    story.claim("included tax", minor(amount), _included)


def _included(order: Order) -> int:
    lines = sum(line.tax for line in order.lines if line.tax_included)
    return lines + (order.shipping.tax if order.shipping.tax_included else 0)


@_step(f"my discount should be {_MONEY}", "there should be no discount applied")
def _discount(story: _Story, amount: str = "$0.00") -> None:
    story.claim("discount", minor(amount), lambda order: -order.totals.discount)


@_step("there should be one item in my cart")
def _one_item(story: _Story) -> None:
    story.claim("items in it", 1, lambda order: len(order.lines))


@_step(f"my cart items total should be {_MONEY}")
def _items(story: _Story, amount: str) -> None:
    story.claim("items", minor(amount), lambda order: order.totals.items - order.totals.discount)


@_step(f"my cart (?:estimated shipping cost|shipping total) should be {_MONEY}")
def _shipping(story: _Story, amount: str) -> None:
    story.claim("shipping", minor(amount), lambda order: order.shipping.total)


@_step(f"(?:its|theirs) price should be decreased by {_MONEY}")
def _its_discount(story: _Story, amount: str) -> None:
    _discount_of(story, story.added, amount)


@_step(
    f"product {_NAME} price should be decreased by {_MONEY}",
    f"product {_NAME} price should not be decreased",
)
def _discount_of(story: _Story, name: str, amount: str = "$0.00") -> None:
    story.claim(f"discount of {name}", minor(amount), lambda order: _own_discount(order, name))


@_step(f"the product {_NAME} should have discounted unit price {_MONEY} in the cart")
def _unit_price(story: _Story, name: str, amount: str) -> None:
    quantity = story.shop.cart[name]
    story.claim(f"net of {name}", minor(amount) * quantity, lambda order: _line(order, name).net)


@_step(
    f"the product {_NAME} should have total price {_MONEY} in the cart",
    f"total price of {_NAME} item should be {_MONEY}",
)
def _line_total(story: _Story, name: str, amount: str) -> None:
    story.claim(f"net of {name}", minor(amount), lambda order: _line(order, name).net)
