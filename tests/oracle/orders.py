"""Random orders: one to five lines of goods, subscriptions and bundles, with discounts, taxes, fees and payments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewOrder, NewTax
from shared.domain.money.proration import Period
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line_price import Charge, Tax
from shared.domain.order.order import Discount, Fee, Shipping
from shared.domain.order.party import Customer
from shared.domain.order.payment import Payment, PaymentStatus
from tests.oracle.book import Book, Line
from tests.oracle.deductions import without_tax
from tests.oracle.lines import by_rates, gross_of, priced
from tests.oracle.rules import EXPONENTS, RATES, address, rates
from tests.oracle.settling import sums
from tests.oracle.taking_in import bare_line, goods_of, taken_in

PLACED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 12, 1)
PERIODS: tuple[Period, ...] = ("month", "month", "quarter", "year")
PERCENTS = ("3", "5", "7.5", "10", "12.5", "33.3", "50")


@dataclass(frozen=True)
class Drawn:
    """An order as a channel sends it, and the place whose taxes it bears."""

    new: NewOrder
    place: str

    def book(self) -> Book:
        return taken_in(self.new, self.place)


@dataclass(frozen=True)
class Maker:
    """Makes one order."""

    rng: Random
    place: str
    included: bool
    mixed: bool
    exempt: bool

    def lines(self) -> tuple[NewLine, ...]:
        found: list[NewLine] = []
        kinds = (self.goods, self.goods, self.subscription, self.bundle)
        while len(found) < self.rng.choice((1, 2, 3, 4)):
            found += self.rng.choice(kinds)(len(found))
        return tuple(found[:5])

    def goods(self, number: int, *, quantity: int = 0) -> list[NewLine]:
        """A line of goods, maybe with its own discounts, and with a total that is the channel's own."""
        quantity = quantity or self.rng.choice((1, 1, 2, 3, 3, 4, 7, 12))
        price = self.price()
        line = NewLine(line_id=f"l{number}", sku=f"SKU-{number}", quantity=quantity, unit_price=price)
        if self.rng.random() < 0.1:
            line = replace(line, gross=max(0, price * quantity + self.rng.choice((-1, 1, 2))))
        return [self.taxed(replace(line, discounts=self.discounts(line), tax_included=self.is_included()))]

    def subscription(self, number: int, *, quantity: int = 0) -> list[NewLine]:
        """A line with a recurring charge and maybe a one-time one, from before, on, or after the first day."""
        start = FIRST_DAY + timedelta(days=self.rng.choice((-200, -183, -31, -1, 0, 14, 31, 60)))
        end = start + timedelta(days=self.rng.choice((29, 89, 364, 365, 399, 729)))
        period: Period = self.rng.choice(PERIODS)
        charges = [Charge(charge_id="recurring", type="recurring", period=period, price=self.price())]
        if self.rng.random() < 0.3:
            charges.append(Charge(charge_id="once", type="one_time", price=self.price()))
        if self.rng.random() < 0.1:
            charges.append(Charge(charge_id="usage", type="usage", price=self.price()))
        line = NewLine(
            line_id=f"l{number}",
            sku=f"SKU-{number}",
            quantity=quantity or self.rng.choice((1, 1, 2, 3, 5)),
            unit_price=0,
            start_date=start,
            end_date=end,
            charges=tuple(charges),
            tax_included=self.is_included(),
        )
        return [self.taxed(replace(line, discounts=self.discounts(line)))]

    def bundle(self, number: int) -> list[NewLine]:
        """A parent with one to three components, so many for each of it."""
        units = self.rng.choice((1, 2, 2, 3, 5))
        parent = replace(self.goods(number, quantity=units)[0], bundle_id=f"l{number}")
        found = [parent]
        for below in range(1, self.rng.choice((2, 3, 4))):
            kind = self.subscription if self.rng.random() < 0.15 else self.goods
            [line] = kind(number + below, quantity=self.rng.choice((1, 2, 3, 3)) * units)
            required = self.rng.random() < 0.7
            found.append(replace(line, bundle_id=parent.line_id, parent_line_id=parent.line_id, required=required))
        return found

    def price(self) -> int:
        return self.rng.choice((0, self.rng.randint(0, 20), self.rng.randint(1, 5_000), self.rng.randint(1, 10**6)))

    def is_included(self) -> bool:
        return self.rng.random() < 0.5 if self.mixed else self.included

    def discounts(self, line: NewLine) -> tuple[NewLineDiscount, ...]:
        gross = gross_of(bare_line(line))
        left, found = gross, []
        if self.rng.random() < 0.25:
            found.append(NewLineDiscount(type="percent", percent=Decimal(self.rng.choice(PERCENTS))))
            left = left // 2
        if self.rng.random() < 0.25:
            found.append(NewLineDiscount(type="amount", amount=self.rng.randint(0, left)))
        self.rng.shuffle(found)
        return tuple(found) if gross else ()

    def taxed(self, line: NewLine) -> NewLine:
        """The taxes of the place by policy's rates, by the channel's, or as the channel charged them."""
        if self.exempt:
            return replace(line, taxes=(NewTax(name="Reverse charge", rate=Decimal(0), jurisdiction=self.place),))
        found = []
        for name, rate in RATES[self.place]:
            rate = rate if self.rng.random() < 0.8 else self.rng.choice(("0.05", "0.0825", "0.19"))
            found.append(NewTax(name=name, rate=Decimal(rate), jurisdiction=self.place))
        line = replace(line, taxes=tuple(found))
        if found and self.rng.random() < 0.2:
            line = replace(line, taxes=(replace(found[0], amount=self.own_tax(line)), *found[1:]))
        return line

    def own_tax(self, line: NewLine) -> int | None:
        """Draws the channel's charge: a little more or less than the rate says."""
        net = gross_of(bare_line(line)) // 2
        return None if net < 100 else max(0, int(net * line.taxes[0].rate) + self.rng.choice((-2, -1, 1, 3)))


def an_order(rng: Random) -> Drawn:
    """Returns a random order."""
    place, currency = rng.choice(list(RATES)), rng.choice(list(EXPONENTS))
    maker = Maker(rng, place, included=rng.random() < 0.3, mixed=rng.random() < 0.2, exempt=rng.random() < 0.1)
    new = NewOrder(
        channel="direct",
        channel_order_id="D-1",
        customer=Customer(customer_id="cus-1"),
        currency=currency,
        placed_at=PLACED,
        shipping_address=address(place),
        lines=maker.lines(),
        shipping=_shipping(rng, maker, currency),
        fees=() if maker.exempt else _fees(rng),
        tax_exemption=TaxExemption(kind="reverse_charge", reason="article 196") if maker.exempt else None,
    )
    new = replace(new, discounts=_discounts(rng, goods_of(taken_in(new, place))))
    new = replace(new, lines=_bearable(new.lines, taken_in(new, place).lines))
    new = replace(new, fees=(*new.fees, *_deductions(rng, taken_in(new, place).lines)))
    return Drawn(replace(new, payments=_payments(rng, sums(taken_in(new, place)).total)), place)


def _bearable(given: Sequence[NewLine], lines: Sequence[Line]) -> tuple[NewLine, ...]:
    """The lines, without a tax of the channel's own where it is more than the price that is left."""
    found = []
    for new, line in zip(given, lines, strict=True):
        taxes = tuple(replace(tax, amount=None) for tax in new.taxes)
        found.append(replace(new, taxes=taxes) if sum(line.taxes.amounts) > priced(line).net // 2 else new)
    return tuple(found)


def _shipping(rng: Random, maker: Maker, currency: str) -> Shipping:
    """Free or paid; its taxes by rates, by an amount alone, or none."""
    method, unit = rng.choice(("standard", "value", "their-own")), 10 ** EXPONENTS[currency]
    price = rng.choice((0, 4 * unit, rng.randint(0, 15 * unit)))
    return _taxed(rng, maker, Shipping(method=method, price=price, tax_included=maker.included))


def _taxed(rng: Random, maker: Maker, shipping: Shipping) -> Shipping:
    price = shipping.price
    if maker.exempt:
        return replace(shipping, taxes=(), unrated=0)
    due = by_rates(rates(maker.place), price, included=maker.included)
    known = rng.random()
    if known < 0.2:
        return replace(shipping, taxes=(), unrated=rng.choice((sum(due), price // 5)) if due else 0)
    taxes = [
        Tax(name=rate.name, rate=Decimal(text), amount=amount, jurisdiction=maker.place)
        for rate, amount, (_, text) in zip(rates(maker.place), due, RATES[maker.place], strict=True)
    ]
    return replace(shipping, taxes=tuple(taxes) if known < 0.8 else (), unrated=0)


def _fees(rng: Random) -> tuple[Fee, ...]:
    count = rng.choice((0, 0, 1, 2))
    return tuple(Fee(code=code, amount=rng.randint(0, 500), tax=rng.randint(0, 50)) for code in ("wrap", "tip")[:count])


def _deductions(rng: Random, lines: Sequence[Line]) -> tuple[Fee, ...]:
    """Up to two deductions that the lines can bear, each with a fair share of their tax or without any."""
    found = []
    for code in ("credit", "rounding")[: rng.choice((0, 0, 1, 1, 2))]:
        price, tax = sum(without_tax(line) for line in lines), sum(sum(line.taxes.amounts) for line in lines)
        amount = rng.randint(0, price // 3)
        found.append(Fee(code=code, amount=-amount, tax=-rng.choice((0, tax * amount // price if price else 0))))
    return tuple(found)


def _discounts(rng: Random, goods: int) -> tuple[Discount, ...]:
    found = []
    if rng.random() < 0.3:
        found.append(Discount(type="amount", code="OFF", amount=rng.randint(0, goods // 2)))
    if rng.random() < 0.3:
        found.append(Discount(type="percent", code="TEN", percent=Decimal(rng.choice(PERCENTS))))
    if rng.random() < 0.1:
        found += [Discount(type="percent", percent=Decimal(5)), Discount(type="percent", percent=Decimal(5))]
    rng.shuffle(found)
    return tuple(found)


def _payments(rng: Random, total: int) -> tuple[Payment, ...]:
    """Up to three payments; most orders are paid, some in part, some too much, some are only authorised."""
    paid = rng.choice((total, total, total, total, rng.randint(0, total), total + rng.randint(0, 1000)))
    cuts = sorted(rng.randint(0, paid) for _ in range(rng.choice((0, 0, 1, 2))))
    parts = [after - before for before, after in zip([0, *cuts], [*cuts, paid], strict=True)]
    return tuple(_payment(rng, number, amount) for number, amount in enumerate(parts, start=1))


def _payment(rng: Random, number: int, amount: int) -> Payment:
    open_ = rng.random() < 0.15
    return Payment(
        payment_id=f"pay-{number}",
        method="card" if open_ else rng.choice(("card", "gift_card", "store_credit", "bank_transfer")),
        gateway="sandbox",
        status=PaymentStatus.AUTHORISED if open_ else PaymentStatus.CAPTURED,
        authorised=amount,
        captured=rng.choice((0, 0, amount // 3)) if open_ else amount,
    )
