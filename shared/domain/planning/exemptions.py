"""Keeps an exempt order exempt: an edit adds no tax to it, unless policy has a rule for the place where it goes.

Reverse charge, exemption and zero rate are facts of the order (DESIGN.md, "Money"). Where an order came in exempt it is
exempt; elsewhere a rule of the taxes document decides, and what is decided there is shown by a ruling or a warning.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.order.line_price import Tax
from shared.domain.order.order import Order, jurisdiction_words
from shared.domain.order.party import Address
from shared.domain.planning.edit_draft import EditDraft

ZERO_RATES = "Every line of this order is at a tax rate of zero, and this change asks for rates; check that tax is due."
_KINDS = {"reverse_charge": "reverse charge", "exempt": "exempt", "zero_rated": "zero-rated"}


def rates_if_exempt(draft: EditDraft, address: Address | None) -> Sequence[Tax] | None:
    """Returns the taxes of nothing that an exempt order has at an address; None if it is not exempt there."""
    place = address.jurisdiction if address else None
    if place not in draft.untaxed_at:
        exempt = _is_exempt(draft, address)
        draft.untaxed_at[place] = _taxes_of_nothing(draft.order, place) if exempt else None
    return draft.untaxed_at[place]


def _is_exempt(draft: EditDraft, address: Address | None) -> bool:
    exemption = draft.order.tax_exemption
    place = address.jurisdiction if address else None
    if exemption is None:
        _warn_of_zero_rates(draft, address)
        return False
    if place == exemption.jurisdiction:
        return True
    rule = draft.policy.taxes.exemption_rule(place, exemption.kind)
    if rule is None:
        where = jurisdiction_words(address)
        draft.judge.warn(f"This order is {_KINDS[exemption.kind]}; policy has no rule for {where}, so no tax is added.")
        return True
    draft.judge.rule("tax exemption", rule.id, "allow" if rule.outcome == "keep" else "warn", rule.words)
    if rule.outcome == "tax":
        draft.judge.warn(rule.words)
    return rule.outcome == "keep"


def _warn_of_zero_rates(draft: EditDraft, address: Address | None) -> None:
    """Warns where a place taxes an order whose lines are all at a rate of zero. That may be a fact of its products and
    is no exemption, so it is for a person to see."""
    taxes = [line.taxes for line in draft.order.lines if line.quantity]
    zero = taxes and all(taxes) and not any(tax.rate for each in taxes for tax in each)
    if zero and any(tax.rate for tax in draft.policy.taxes.due(address, "standard") or ()):
        draft.judge.warn(ZERO_RATES)


def _taxes_of_nothing(order: Order, place: str | None) -> Sequence[Tax]:
    """Returns the taxes at rate zero that the order's lines name, each once, as they stand at a place."""
    named = (tax for line in order.lines for tax in line.taxes if not tax.rate)
    return tuple(dict.fromkeys(replace(tax, amount=0, jurisdiction=place) for tax in named))
