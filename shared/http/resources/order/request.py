"""Reads a new order in our own shape, and the filters of a list of orders."""

from dataclasses import replace
from typing import Annotated, Literal, Self
from unicodedata import category

from pydantic import AfterValidator, Field, field_validator, model_validator

from shared.domain.intake.new_order import NewOrder
from shared.domain.intake.new_shipping import taxed_shipping
from shared.domain.order.bounds import MAX_LINES
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line import LineStatus
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Customer, Source
from shared.domain.order.search_words import LONGEST_QUERY, MOST_TERMS, SHORTEST, terms_of
from shared.http.parts.address import Address
from shared.http.parts.fields import Email, Flag, Given, Id, Text, Time, Word, refuse
from shared.http.parts.listing import Listing
from shared.http.parts.money import Money, SignedMoney, known_currency
from shared.http.resources.discount.request import NewDiscount
from shared.http.resources.line.request import NewLineBody, NewTaxBody
from shared.http.resources.payment.request import NewPayment

Channel = Literal[
    "direct",
    "shopify",
    "woocommerce",
    "amazon",
    "walmart",
    "square",
    "magento",
    "commercetools",
    "ubl",
    "x12",
    "cxml",
]
"""The channels that an order in our own shape may say it comes from. A channel with a reader of its own
(`shared/adapters/channels/<name>/`) needs no place here."""


class NewCustomer(Given):
    customer_id: Id
    tier: Word = "standard"
    segment: Word | None = None
    email: Email | None = None
    name: Text | None = None

    def to_domain(self) -> Customer:
        return Customer(**self.model_dump())


class NewSource(Given):
    type: Literal["direct", "quote", "agreement", "shop"] = "direct"
    reference: Word | None = None

    def to_domain(self) -> Source:
        return Source(type=self.type, reference=self.reference)


class NewShipping(Given):
    """`taxes` have rates, as those of lines. `tax` is for who knows an amount only: its rate is looked for when the
    price changes. Both are added to the price, unless `tax_included`."""

    method: Word | None = None
    price: Money
    tax: Money | None = None
    taxes: Annotated[tuple[NewTaxBody, ...], Field(max_length=20)] = ()
    tax_included: Flag = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.tax is not None and self.taxes:
            refuse("tax-given-twice", "Give the taxes of shipping, or their sum as tax; not both.")
        return self

    def to_domain(self, currency: str) -> Shipping:
        price = self.price.minor_in(currency, "/shipping/price")
        unrated = self.tax.minor_in(currency, "/shipping/tax") if self.tax else 0
        taxes = [tax.to_domain(currency, f"/shipping/taxes/{index}") for index, tax in enumerate(self.taxes)]
        shipping = taxed_shipping(price, taxes, method=self.method, tax_included=self.tax_included)
        return replace(shipping, unrated=unrated)


class NewFee(Given):
    """A cost of the order beside its lines and shipping; below 0, a deduction, which is shared out over the lines with
    its tax."""

    code: Word
    amount: SignedMoney
    tax: SignedMoney | None = None

    @model_validator(mode="after")
    def _of_one_sign(self) -> "NewFee":
        if self.tax and self.tax.minor * self.amount.minor < 0:
            refuse("tax-of-other-sign", "A fee and its tax are both above 0, or both below.")
        return self

    def to_domain(self, currency: str, pointer: str) -> Fee:
        tax = self.tax.minor_in(currency, f"{pointer}/tax") if self.tax else 0
        return Fee(code=self.code, amount=self.amount.minor_in(currency, f"{pointer}/amount"), tax=tax)


class NewExemption(Given):
    """Says that no tax is due, and why: the customer owes it, is exempt, or the rate is zero."""

    kind: Literal["reverse_charge", "exempt", "zero_rated"]
    reason: Word | None = None

    def to_domain(self) -> TaxExemption:
        return TaxExemption(kind=self.kind, reason=self.reason)


class NewOrderBody(Given):
    """One order; the same `channel` and `channel_order_id` again is the same order."""

    channel: Channel = "direct"
    channel_order_id: Word
    source: NewSource = NewSource()
    customer: NewCustomer
    currency: Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "examples": ["USD"]})]
    placed_at: Time
    shipping_address: Address
    billing_address: Address | None = None
    lines: Annotated[tuple[NewLineBody, ...], Field(max_length=MAX_LINES)]
    shipping: NewShipping | None = None
    tax_exemption: NewExemption | None = None
    discounts: Annotated[tuple[NewDiscount, ...], Field(max_length=50)] = ()
    fees: Annotated[tuple[NewFee, ...], Field(max_length=50)] = ()
    payments: Annotated[tuple[NewPayment, ...], Field(max_length=50)] = ()

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_currency(value)

    def to_domain(self) -> NewOrder:
        """Returns the new order in the domain's terms.

        Raises:
            Refusal: `other-currency`, or what is wrong with an amount.
        """
        currency = self.currency
        return NewOrder(
            channel=self.channel,
            channel_order_id=self.channel_order_id,
            source=self.source.to_domain(),
            customer=self.customer.to_domain(),
            currency=currency,
            placed_at=self.placed_at,
            shipping_address=self.shipping_address.to_domain(),
            billing_address=self.billing_address.to_domain() if self.billing_address else None,
            lines=tuple(line.to_domain(currency, f"/lines/{index}") for index, line in enumerate(self.lines)),
            shipping=self.shipping.to_domain(currency) if self.shipping else Shipping(),
            tax_exemption=self.tax_exemption.to_domain() if self.tax_exemption else None,
            discounts=tuple(
                discount.on_order(currency, f"/discounts/{index}") for index, discount in enumerate(self.discounts)
            ),
            fees=tuple(fee.to_domain(currency, f"/fees/{index}") for index, fee in enumerate(self.fees)),
            payments=tuple(
                payment.to_payment(payment.payment_id or f"pay-{index + 1}", currency, f"/payments/{index}")
                for index, payment in enumerate(self.payments)
            ),
        )


def _query(value: str) -> str:
    if any(category(sign) == "Cc" for sign in value):
        refuse("malformed-query", "A search has no control characters.")
    terms = terms_of(value)
    if not terms:
        refuse("malformed-query", f"A search has a word of {SHORTEST} characters at least.")
    if len(terms) > MOST_TERMS:
        refuse("malformed-query", f"A search has {MOST_TERMS} words at most.")
    return " ".join(terms)


Query = Annotated[
    str,
    Field(
        max_length=LONGEST_QUERY,
        description=(
            "Finds orders by whole words, all of which they have or had: order id, the channel's order number, e-mail, "
            "name, postal code, change, refund, credit memo, payment reference, tracking number, SKU. Case and accents "
            "do not matter (`Mueller` finds Müller); no sign is a wildcard."
        ),
    ),
    AfterValidator(_query),
]


class OrdersQuery(Listing):
    """Each value given narrows the list. With `q`, `sku` is one more word: the order has the SKU, or had it."""

    q: Query | None = None
    customer_id: Id | None = None
    status: LineStatus | None = None
    sku: Id | None = None
    channel: Id | None = None
