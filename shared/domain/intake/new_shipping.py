"""Makes the shipping of a new order: its taxes as the channel charged them, with their rates as far as it gave some."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.intake.new_order import NewTax
from shared.domain.order.carried import tax_amounts
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingPart:
    """One of the shipping lines of a channel, in minor units."""

    price: int
    taxes: tuple[NewTax, ...] = ()


def taxed_shipping(price: int, taxes: Sequence[NewTax], *, method: str | None, tax_included: bool = False) -> Shipping:
    """Returns shipping of `price` minor units; a tax without an amount is rate x price, half-up."""
    amounts = tax_amounts(price, [tax.rate for tax in taxes], included=tax_included)
    return Shipping(
        method=method,
        price=price,
        taxes=tuple(
            Tax(
                name=tax.name,
                rate=tax.rate,
                amount=amount if tax.amount is None else tax.amount,
                jurisdiction=tax.jurisdiction,
            )
            for tax, amount in zip(taxes, amounts, strict=True)
        ),
        tax_included=tax_included,
    )


def taxes_together(parts: Sequence[ShippingPart]) -> tuple[NewTax, ...] | None:
    """Returns the taxes of all parts as one; None if the parts are taxed at different rates, so that no rate is that of
    the whole price."""
    paid = [part.taxes for part in parts if part.price] or [part.taxes for part in parts]
    kinds = {tuple((tax.name, tax.rate, tax.jurisdiction) for tax in taxes) for taxes in paid}
    if len(kinds) > 1 or any(part.taxes for part in parts if not part.price and part.taxes not in paid):
        return None
    return tuple(
        NewTax(
            name=same[0].name,
            rate=same[0].rate,
            jurisdiction=same[0].jurisdiction,
            amount=sum(tax.amount or 0 for tax in same),
        )
        for same in zip(*paid, strict=True)
    )
