"""Builders that read like the sentence of a test: `an_order().paid().with_lines(3)`."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from shared.domain.intake.new_order import NewLine, NewOrder, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Discount, Order, Shipping
from shared.domain.order.party import Address, Customer
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.progress import Progress
from shared.usecases.core.access import Principal

SIGNED_IN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""When everybody here proved who they are, by two factors; policy believes it for half a day."""

AGENT = Principal(id="usr-agent", roles=frozenset({"agent"}), authenticated_at=SIGNED_IN, strong=True)
AGENT_2 = Principal(id="usr-agent-2", roles=frozenset({"agent"}), authenticated_at=SIGNED_IN, strong=True)
MANAGER = Principal(id="usr-manager", roles=frozenset({"manager"}), authenticated_at=SIGNED_IN, strong=True)
MANAGER_2 = Principal(id="usr-manager-2", roles=frozenset({"manager"}))
FINANCE = Principal(id="usr-finance", roles=frozenset({"finance"}), authenticated_at=SIGNED_IN, strong=True)
OPERATOR = Principal(id="usr-operator", roles=frozenset({"operator"}))
CUSTOMER = Principal(id="usr-customer", roles=frozenset({"customer"}), customer_id="cus-1")
CUSTOMER_2 = Principal(id="usr-customer-2", roles=frozenset({"customer"}), customer_id="cus-2")
SERVICE = Principal(
    id="usr-service",
    roles=frozenset({"service"}),
    scopes=frozenset({"channels", "stock", "fulfilment", "payments", "acknowledgements"}),
)

HOME = Address(name="Ada", line1="1 Main Street", city="Springfield", region="IL", postal_code="62701", country="US")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@dataclass(frozen=True)
class OrderBuilder:
    """A new order, step by step; amounts in minor units."""

    new: NewOrder

    def with_line(self, sku: str, quantity: int, price: int, **more: object) -> "OrderBuilder":
        taxes = more.pop("taxes", (NewTax(name="Sales tax", rate=Decimal("0.20"), jurisdiction="US-IL"),))
        line = NewLine(
            line_id=str(more.pop("line_id", f"l{len(self.new.lines) + 1}")),
            sku=sku,
            title=sku.title(),
            quantity=quantity,
            unit_price=price,
            taxes=taxes,
            **more,
        )
        return self._with(lines=(*self.new.lines, line))

    def with_lines(self, count: int) -> "OrderBuilder":
        builder = self
        for number in range(1, count + 1):
            builder = builder.with_line(f"SKU-{number}", 2, 1000 + number)
        return builder

    def discounted(self, percent: str) -> "OrderBuilder":
        discount = Discount(type="percent", code="TEN", percent=Decimal(percent))
        return self._with(discounts=(*self.new.discounts, discount))

    def less(self, amount: int) -> "OrderBuilder":
        return self._with(discounts=(*self.new.discounts, Discount(type="amount", code="OFF", amount=amount)))

    def shipped_for(self, price: int) -> "OrderBuilder":
        return self._with(shipping=Shipping(method="standard", price=price))

    def of(self, customer_id: str) -> "OrderBuilder":
        return self._with(customer=replace(self.new.customer, customer_id=customer_id))

    def in_currency(self, currency: str) -> "OrderBuilder":
        return self._with(currency=currency)

    def paid(self, amount: int | None = None, payment_id: str = "pay-1", method: str = "card") -> "OrderBuilder":
        """Captured: what is still open of the total, or the amount given."""
        if amount is None:
            amount = self.build().totals.balance_due
        payment = Payment(
            payment_id=payment_id,
            method=method,
            gateway="sandbox",
            status=PaymentStatus.CAPTURED,
            authorised=amount,
            captured=amount,
        )
        return self._with(payments=(*self.new.payments, payment))

    def authorised(self) -> "OrderBuilder":
        total = self.build().totals.total
        payment = Payment(
            payment_id="pay-1",
            method="card",
            gateway="sandbox",
            status=PaymentStatus.AUTHORISED,
            authorised=total,
        )
        return self._with(payments=(payment,))

    def build(self, **progress: Progress) -> Order:
        order = accept(self.new, "ord_1", "a-secret-of-the-order")
        return replace(order, progress=progress)

    def _with(self, **values: object) -> "OrderBuilder":
        return OrderBuilder(replace(self.new, **values))


def an_order(channel_order_id: str = "D-1") -> OrderBuilder:
    """An order of customer cus-1 in USD to Illinois, without lines yet."""
    return OrderBuilder(
        NewOrder(
            channel="direct",
            channel_order_id=channel_order_id,
            customer=Customer(customer_id="cus-1", tier="gold", email="ada@example.com", name="Ada"),
            currency="USD",
            placed_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
            shipping_address=HOME,
            lines=(),
        )
    )
