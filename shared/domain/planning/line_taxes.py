"""Finds the tax rates of lines that a change moves to another place, adds, or makes another product of."""

from dataclasses import replace

from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.order.line_price import Tax
from shared.domain.order.order import jurisdiction_words
from shared.domain.order.party import Address
from shared.domain.order.places import flaw_of
from shared.domain.order.product import Product
from shared.domain.order.upgrades import changed_with_upgrade
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.exemptions import rates_if_exempt
from shared.domain.planning.line_draft import LineDraft


def is_taxed_elsewhere(before: Address | None, after: Address | None) -> bool:
    """Returns True if tax is due to another jurisdiction; a change without an address moves nothing."""
    return after is not None and after.jurisdiction != (before.jurisdiction if before else None)


def rates_for(
    draft: EditDraft, sku: str, product: Product | None, address: Address | None, pointer: str
) -> tuple[Tax, ...] | None:
    """Returns the rates that policy knows for a product at an address, or those of nothing for an exempt order; without
    any it keeps a refusal and returns None."""
    untaxed = rates_if_exempt(draft, address)
    if untaxed is not None:
        return tuple(untaxed)
    if unclear := unclear_address(draft):
        draft.refuse("address-unclear", f"{unclear} Set the address first: tax is due by it.", pointer)
        return None
    rates = draft.policy.taxes.due(address, _category(product))
    if rates is not None:
        return tuple(rates)
    words = f"Policy knows no tax rate for {sku} in {jurisdiction_words(address)}; an operator must add one."
    draft.refuse("tax-unknown", words, pointer)
    return None


def unclear_address(draft: EditDraft) -> str:
    """Returns why the order's own address names no one place, unless an edit sets another; empty if it does. Shops take
    orders to such addresses (ADR 0028)."""
    address = draft.order.shipping_address
    flaw = flaw_of(address) if address and draft.address is None else None
    return f"The delivery address contradicts itself: {flaw.detail}" if flaw else ""


def retaxed(draft: EditDraft, line: Line, address: Address | None) -> Line:
    """Returns the line on the rates of another jurisdiction; nothing else ever moves the tax of an untouched line. One
    of an exempt order that has no tax stays as it is."""
    if not line.tax and rates_if_exempt(draft, address) is not None:
        return line
    rates = rates_for(draft, line.sku, draft.catalogue.products.get(line.sku), address, "/edits")
    if rates is None:
        return line
    return changed_with_upgrade(line, draft.today, lambda each: pricing.taxed(each, rates))


def retaxed_category(draft: EditDraft, line: Line, product: Product, line_draft: LineDraft) -> Line:
    """Returns the line with another product's rates: the accepted ones, unless the product is of another tax
    category."""
    if not is_other_category(draft, line_draft.line.sku, product):
        return line
    address = draft.address or draft.order.shipping_address
    rates = rates_for(draft, product.sku, product, address, line_draft.pointer)
    return line if rates is None else replace(line, taxes=rates)


def is_other_category(draft: EditDraft, sku: str, product: Product) -> bool:
    """Returns True if a product is taxed in another category than what is sold as `sku`."""
    return _category(draft.catalogue.products.get(sku)) != product.tax_category


def _category(product: Product | None) -> str:
    return product.tax_category if product else "standard"
