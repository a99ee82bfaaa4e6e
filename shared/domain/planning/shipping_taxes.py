"""Taxes shipping whose price or place a change moves.

A rate is a fact that is kept, so it is never worked out of rounded amounts (DESIGN.md, "Money"). At the price that was
accepted shipping has the tax that was charged, at another one its own rates are calculated. Tax that came as an amount
only gets the rates that explain it to the minor unit, those of the order's lines first and then policy's; where none
do, it moves in proportion to the price, and the plan says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.domain import money
from shared.domain.order.carried import tax_amounts, taxes_on
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Shipping, ShippingBasis, jurisdiction_words
from shared.domain.order.party import Address
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.exemptions import rates_if_exempt
from shared.domain.planning.line_taxes import unclear_address

PROPORTIONAL = (
    "The channel gave the tax on shipping as an amount without a rate, so it moves in proportion to the price."
)


def priced(draft: EditDraft, shipping: Shipping, price: int, pointer: str) -> Shipping:
    """Returns the shipping at another price, in minor units; keeps a refusal if that is taxed and nobody knows how."""
    if price == shipping.price:
        return shipping
    basis = shipping.accepted
    if price == basis.price:
        return _as_accepted(shipping, basis)
    if price == 0:
        return replace(shipping, price=0, taxes=_amounts(shipping, [0] * len(shipping.taxes)), unrated=0, basis=basis)
    return _taxed(draft, shipping, basis, price, pointer)


def moved(draft: EditDraft, shipping: Shipping, address: Address | None, pointer: str) -> Shipping:
    """Returns the shipping with the taxes of another jurisdiction. Free shipping has none until it is paid for."""
    if not shipping.tax and rates_if_exempt(draft, address) is not None:
        return replace(shipping, basis=None)
    rates = _due(draft, address, pointer) if shipping.price else ()
    taxes = taxes_on(shipping.price, rates, included=shipping.tax_included)
    return replace(shipping, taxes=taxes, unrated=0, basis=None)


def _as_accepted(shipping: Shipping, basis: ShippingBasis) -> Shipping:
    taxes = _amounts(shipping, basis.taxes)
    return replace(shipping, price=basis.price, taxes=taxes, unrated=basis.unrated, basis=None)


def _amounts(shipping: Shipping, amounts: Sequence[int]) -> tuple[Tax, ...]:
    return tuple(replace(tax, amount=amount) for tax, amount in zip(shipping.taxes, amounts, strict=True))


def _taxed(draft: EditDraft, shipping: Shipping, basis: ShippingBasis, price: int, pointer: str) -> Shipping:
    """Returns the shipping at a price that was not accepted, with its own rates, or those that are found for it."""
    rates, unrated = shipping.taxes, basis.unrated
    if not basis.price and not rates:
        rates, unrated = tuple(_due(draft, draft.address or draft.order.shipping_address, pointer)), 0
        basis = replace(basis, taxes=(0,) * len(rates), unrated=0)
    elif unrated and (found := _explaining(draft, basis, included=shipping.tax_included)):
        rates, basis = (*rates, *found), _rated(basis, found)
        unrated = 0
    if unrated:
        draft.judge.warn(PROPORTIONAL)
        unrated = money.share(unrated, price, basis.price) if basis.price else 0
    taxes = taxes_on(price, rates, included=shipping.tax_included)
    return replace(shipping, price=price, taxes=taxes, unrated=unrated, basis=basis)


def _rated(basis: ShippingBasis, found: Sequence[Tax]) -> ShippingBasis:
    return replace(basis, taxes=(*basis.taxes, *(tax.amount for tax in found)), unrated=0)


def _explaining(draft: EditDraft, basis: ShippingBasis, *, included: bool) -> tuple[Tax, ...]:
    """Returns the rates, with their amounts, that come to the very tax that was charged; none if there are none."""
    for rates in _known(draft):
        amounts = tax_amounts(basis.price, [tax.rate for tax in rates], included=included)
        if sum(amounts) == basis.unrated:
            return tuple(replace(tax, amount=amount) for tax, amount in zip(rates, amounts, strict=True))
    return ()


def _known(draft: EditDraft) -> Iterator[Sequence[Tax]]:
    order = draft.order
    yield from dict.fromkeys(tuple(replace(tax, amount=0) for tax in line.taxes) for line in order.lines if line.taxes)
    yield from draft.policy.taxes.known_at(order.shipping_address)


def _due(draft: EditDraft, address: Address | None, pointer: str) -> Sequence[Tax]:
    """Returns policy's rates for shipping, those of nothing for an exempt order; without any it keeps a refusal and
    returns none."""
    untaxed = rates_if_exempt(draft, address)
    if untaxed is not None:
        return untaxed
    if unclear := unclear_address(draft):
        draft.refuse("address-unclear", f"{unclear} Set the address first: tax is due by it.", pointer)
        return ()
    rates = draft.policy.taxes.due_on_shipping(address)
    if rates is None:
        words = f"Policy knows no tax rate for shipping to {jurisdiction_words(address)}; an operator must add one."
        draft.refuse("tax-unknown", words, pointer)
    return rates or ()
