"""Histories for properties: an order of any kind, its stock, and up to six changes committed one after another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewOrder, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Discount, Fee, Order, Shipping
from shared.domain.order.party import Address
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.planning import stock_cover
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.shipping import ShippingPolicy, ShippingRule
from tests.fakes.builders import an_order, noon

Stock = Mapping[str, StockLevel]

PLACES = [Address(country="US", region=region) for region in ("IL", "CA", "OR")] + [Address(country="JP")]
CURRENCIES = {"USD": "US", "JPY": "JP", "KWD": "KW"}
RULES = tuple(
    ShippingRule(
        method=method, currency=currency, price=price, free_from=free, recalculate=recalculate, delivery_days=3
    )
    for currency in CURRENCIES
    for method, price, free, recalculate in (
        ("standard", "5", None, False),
        ("express", "15", None, False),
        ("value", "4", "50", True),
    )
)
_SHIPPED = ShippedPolicies().current()
POLICY = replace(_SHIPPED, shipping=ShippingPolicy(methods=RULES), prices=replace(_SHIPPED.prices, terms=()))
START = date(2026, 12, 1)

PRICES = st.one_of(st.integers(0, 20), st.integers(0, 100_000), st.integers(0, 10**9))
QUANTITIES = st.one_of(st.integers(1, 12), st.integers(1, 100_000))
PERCENTS = st.sampled_from(["5", "10", "33.3", "50", "100"]).map(Decimal)
RATES = st.sampled_from(["0", "0.05", "0.0725", "0.19", "0.20"]).map(Decimal)
DAYS = st.integers(0, 1200)
DATES = st.one_of(st.none(), DAYS.map(lambda days: START + timedelta(days=days)))
METHODS = st.sampled_from(["standard", "express", "value"])
ONE_OR_TWO = st.sampled_from([1, 1, 1, 2])
ATTEMPTS = st.integers(1, 10)
SCARCE = st.sampled_from([False, False, True])
ANY = st.one_of(st.integers(0, 10), st.integers(0, 10**18))
BOOLEANS = st.booleans()
BEGUN = st.sampled_from([0, 45])
SPARE = st.sampled_from([0, 3, 10**6, 10**6])
FEES = st.lists(st.builds(Fee, code=st.just("gift-wrap"), amount=PRICES, tax=PRICES), max_size=1).map(tuple)
DEDUCTED = st.sampled_from([0, 0, 1, 3, 10])
OWN_CENTS = st.sampled_from([0, 0, 0, -1, 2])
OWN_TAX = st.sampled_from([None, None, None, 0, 1])
PERIODS = st.sampled_from(["month", "quarter", "year"])
SKUS = ("SKU-0", "SKU-1", "SKU-2", "SKU-3", "SKU-4")
OTHERS = ("NEW-0", "NEW-1", "NEW-2")


@dataclass(frozen=True)
class Step:
    """One committed change: the order it changed, the stock it found and the stock it left."""

    before: Order
    edits: tuple[Edit, ...]
    context: PlanContext
    planned: Planned
    stock_after: Stock

    @property
    def after(self) -> Order:
        return self.planned.after

    @property
    def stock_before(self) -> Stock:
        return self.context.catalogue.stock


def context(stock: Stock, products: Mapping[str, Product], today: date = START) -> PlanContext:
    return PlanContext(
        role="agent", policy=POLICY, catalogue=Catalogue(products=dict(products), stock=dict(stock)), now=noon(today)
    )


def moved(stock: Stock, planned: Planned) -> Stock:
    """The stock counters after a commit: what a plan takes is allocated, what it gives back is not."""
    after = dict(stock)
    for move in planned.plan.stock:
        level = after[move.sku]
        after[move.sku] = replace(level, allocated=level.allocated - move.delta)
    return after


@st.composite
def histories(draw: st.DrawFn, *, begun: bool = True) -> list[Step]:
    """Up to six changes that policy lets through, each on the order that the one before it left. All are of one day: on
    it no subscription has begun, or, where `begun` says so, those have that last longer."""
    order, stock = placed(draw)
    today = START + timedelta(days=draw(BEGUN) if begun else 0)
    products = catalogues(draw, order.currency)
    steps: list[Step] = []
    for _ in range(draw(ATTEMPTS)):
        if len(steps) == 6:
            break
        edits = edits_of(draw, order)
        judged = context(stock, products, today)
        planned = plan(order, edits, judged)
        if planned.plan.violations:
            continue
        after = moved(stock, planned)
        steps.append(Step(order, edits, judged, planned, after))
        order, stock = progressed(draw, planned.after), after
    return steps


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order as it came in."""
    return accept(new_order(draw), "ord_1", "key")


def placed(draw: st.DrawFn) -> tuple[Order, Stock]:
    """An order as it came in, its stock allocated as far as it goes."""
    order = accept(new_order(draw), "ord_1", "key")
    spare = {sku: draw(SPARE) for sku in (*SKUS, *OTHERS) if draw(BOOLEANS)}
    wanted = {sku: sum(line.quantity for line in order.lines if line.sku == sku) for sku in spare}
    short = draw(SCARCE)
    on_hand = {sku: spare[sku] + (wanted[sku] // 2 if short else wanted[sku]) for sku in spare}
    stock = {sku: StockLevel(sku=sku, on_hand=units) for sku, units in on_hand.items()}
    order = replace(order, lines=stock_cover.cover(order, stock))
    taken = {sku: sum(line.allocated for line in order.lines if line.sku == sku) for sku in stock}
    return order, {sku: replace(level, allocated=taken[sku]) for sku, level in stock.items()}


def new_order(draw: st.DrawFn) -> NewOrder:
    currency = sorted(CURRENCIES)[up_to(draw, 2)]
    included = draw(BOOLEANS)
    lines: list[NewLine] = []
    for _ in range(1 + up_to(draw, 2)):
        lines += (goods, subscriptions, bundles)[up_to(draw, 2)](draw, len(lines))
    lines = [replace(line, tax_included=included) for line in lines[:5]]
    new = replace(
        an_order().new,
        currency=currency,
        shipping_address=Address(country=CURRENCIES[currency], region="IL"),
        lines=tuple(lines),
        shipping=shipping(draw),
        fees=draw(FEES),
    )
    new = replace(new, discounts=order_discounts(draw, accept(new, "ord_1", "key")))
    new = replace(new, fees=(*new.fees, *deductions(draw, accept(new, "ord_1", "key"))))
    return replace(new, payments=payments(draw, accept(new, "ord_1", "key").totals.total))


def goods(draw: st.DrawFn, number: int) -> list[NewLine]:
    return [_line(draw, number)]


def subscriptions(draw: st.DrawFn, number: int) -> list[NewLine]:
    recurring = Charge(
        charge_id="recurring", type="recurring", period=draw(PERIODS),
        price=draw(PRICES),
    )  # fmt: skip
    once = Charge(charge_id="once", type="one_time", price=draw(PRICES))
    charges = (recurring, once) if draw(BOOLEANS) else (recurring,)
    line = _line(draw, number, price=st.sampled_from([0, 0, 999]), plain=False)
    return [replace(line, charges=charges, start_date=START, end_date=START + timedelta(days=draw(DAYS)))]


def bundles(draw: st.DrawFn, number: int) -> list[NewLine]:
    parent = _line(draw, number)
    parent = replace(parent, bundle_id=parent.line_id)
    [seats] = subscriptions(draw, number + 1)
    [accessory] = goods(draw, number + 2)
    inside = {"bundle_id": parent.line_id, "parent_line_id": parent.line_id}
    return [parent, replace(seats, required=True, **inside), replace(accessory, **inside)]


def _line(draw: st.DrawFn, number: int, price: st.SearchStrategy[int] = PRICES, *, plain: bool = True) -> NewLine:
    """A line; a plain one may have discounts and a total of the channel's own; any tax may be the channel's own."""
    quantity, unit_price = draw(QUANTITIES), draw(price)
    gross = max(0, unit_price * quantity + draw(OWN_CENTS)) if plain else None
    own: list[NewLineDiscount] = []
    left = gross or 0
    for _ in range(up_to(draw, 2) if plain else 0):
        amount = up_to(draw, left)
        own.append(NewLineDiscount(type="amount", amount=amount))
        left -= amount
    if plain and draw(BOOLEANS):
        own.append(NewLineDiscount(type="percent", percent=draw(PERCENTS)))
    taxes = [NewTax(name=f"Tax {name}", rate=draw(RATES), amount=draw(OWN_TAX)) for name in range(up_to(draw, 2))]
    return NewLine(
        line_id=f"l{number}",
        sku=SKUS[number % len(SKUS)],
        quantity=quantity,
        unit_price=unit_price,
        gross=gross,
        discounts=tuple(own),
        taxes=tuple(taxes),
    )


def shipping(draw: st.DrawFn) -> Shipping:
    price = up_to(draw, 2000)
    method = ("standard", "value", "their-own")[up_to(draw, 2)]
    return Shipping(method=method, price=price, unrated=up_to(draw, price), tax_included=draw(BOOLEANS))


def order_discounts(draw: st.DrawFn, order: Order) -> tuple[Discount, ...]:
    left, given = sum(line.net for line in order.lines), []
    if draw(BOOLEANS):
        amount = up_to(draw, left)
        given.append(Discount(type="amount", code="OFF", amount=amount))
    if draw(BOOLEANS):
        given.append(Discount(type="percent", code="TEN", percent=draw(PERCENTS)))
    return tuple(given)


def deductions(draw: st.DrawFn, order: Order) -> tuple[Fee, ...]:
    """Up to two fees below zero, with tax and without; together they may take everything off."""
    left, given = order.totals.total, []
    for number in range(up_to(draw, 2)):
        off = left * draw(DEDUCTED) // 10
        tax = up_to(draw, off) // draw(st.sampled_from([1, 6]))
        given.append(Fee(code=f"credit-{number}", amount=tax - off, tax=-tax))
        left -= off
    return tuple(given)


def payments(draw: st.DrawFn, total: int) -> tuple[Payment, ...]:
    """What is paid: nothing yet, some, all, or all in two parts, of which some may have gone back."""
    paid = (0, total // 2, total, total)[up_to(draw, 3)]
    first = up_to(draw, paid)
    refunded = (0, 0, first // 3)[up_to(draw, 2)]
    parts = [_captured("pay-1", first, refunded), _captured("pay-2", paid - first, 0)]
    return (*parts, _authorised("pay-3", total - paid)) if total > paid else tuple(parts)


def _captured(payment_id: str, amount: int, refunded: int) -> Payment:
    return Payment(
        payment_id=payment_id, method="card", gateway="sandbox", status=PaymentStatus.CAPTURED,
        authorised=amount, captured=amount, refunded=refunded,
    )  # fmt: skip


def _authorised(payment_id: str, amount: int) -> Payment:
    return Payment(
        payment_id=payment_id, method="card", gateway="sandbox", status=PaymentStatus.AUTHORISED, authorised=amount
    )


def progressed(draw: st.DrawFn, order: Order) -> Order:
    """What may happen between two changes: refunds under way arrive, or the customer pays what is due."""
    if draw(BOOLEANS):
        settled = (replace(each, refunded=each.refunded + each.refunding, refunding=0) for each in order.payments)
        return replace(order, payments=tuple(settled), revision=order.revision + 1)
    due = order.totals.balance_due
    if due > 0 and draw(BOOLEANS):
        paid = _captured(f"paid-{order.version}", due, 0)
        return replace(order, payments=(*order.payments, paid), revision=order.revision + 1)
    return order


def catalogues(draw: st.DrawFn, currency: str) -> Mapping[str, Product]:
    return {sku: Product(sku=sku, list_price={currency: draw(PRICES)}) for sku in OTHERS}


def edits_of(draw: st.DrawFn, order: Order) -> tuple[Edit, ...]:
    """One edit of an order, or two, of its live lines for the most part."""
    live = [line for line in order.lines if line.quantity] or list(order.lines)
    dated = [line for line in live if line.end_date]
    edits = []
    for _ in range(draw(ONE_OR_TWO)):
        kind = draw(KINDS)
        lines = dated if kind is _set_dates and dated else live
        edits.append(kind(draw, order, lines[draw(ANY) % len(lines)]))
    return tuple(edits)


def _set_quantity(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetQuantity(line_id=line.line_id, quantity=draw(QUANTITIES))


def _lower_quantity(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetQuantity(line_id=line.line_id, quantity=1 + up_to(draw, line.quantity))


def _set_unit_price(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetUnitPrice(line_id=line.line_id, unit_price=Money(amount=draw(PRICES), currency=order.currency))


def _percent_off(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetDiscount(line_id=line.line_id, type="percent", value=str(draw(PERCENTS)))


def _amount_off(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetDiscount(line_id=line.line_id, type="amount", value=money.text(up_to(draw, line.gross), order.currency))


def _set_dates(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    start, end = draw(DATES), draw(DATES)
    if start and end and end < start:
        start, end = end, start
    return SetDates(line_id=line.line_id, start_date=start, end_date=end)


def _cancel(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    quantity = None if draw(BOOLEANS) else 1 + up_to(draw, max(0, line.quantity - 1))
    return CancelLine(line_id=line.line_id, quantity=quantity)


def _add(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    price = Money(amount=draw(PRICES), currency=order.currency) if draw(BOOLEANS) else None
    sku = OTHERS[draw(ANY) % len(OTHERS)] if price is None else SKUS[draw(ANY) % len(SKUS)]
    parent = line.line_id if draw(BOOLEANS) else None
    return AddLine(sku=sku, quantity=draw(QUANTITIES), unit_price=price, parent_line_id=parent)


def _replace(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return ReplaceSku(line_id=line.line_id, with_sku=OTHERS[draw(ANY) % len(OTHERS)])


def _move(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    return SetShippingAddress(address=PLACES[up_to(draw, len(PLACES) - 1)])


def _set_shipping(draw: st.DrawFn, order: Order, line: Line) -> Edit:
    price = Money(amount=draw(PRICES), currency=order.currency) if draw(BOOLEANS) else None
    return SetShippingMethod(method=draw(METHODS), price=price)


def up_to(draw: st.DrawFn, most: int) -> int:
    return draw(ANY) % (most + 1)


KINDS = st.sampled_from(
    [
        _set_quantity, _lower_quantity, _set_unit_price, _percent_off, _amount_off, _set_dates, _set_dates,
        _cancel, _add, _replace, _set_shipping, _move,
    ]
)  # fmt: skip
