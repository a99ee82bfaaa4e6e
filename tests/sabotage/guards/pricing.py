"""Prices: what was accepted is kept, and whoever lowers a price has the right to."""

from tests.sabotage.guard import Guard, guard

_PRICING = "shared/domain/order/pricing.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "what a low price cut is kept",
        _PRICING,
        "    if sum(amounts) <= line.gross:\n        return line\n",
        "    return line\n",
    ),
    guard(
        "another jurisdiction forgets no cut",
        _PRICING,
        "    return replace(line, basis=replace(line.basis, taxes=()), taxed=basis_of(line))\n",
        "    return replace(line, basis=None)\n",
    ),
    guard(
        "units that join in mid-term bear nothing that was agreed before",
        "shared/domain/order/accepted.py",
        "    if not terms.joined and not terms.ended:\n        return terms\n",
        "    return terms\n",
    ),
    guard(
        "units that joined before a move take their own tax along",
        "shared/domain/order/carried.py",
        "taxed = 0 if alike else self.accepted_net(line)",
        "taxed = 0",
    ),
    guard(
        "percentages of what is beyond are calculated by their percent",
        "shared/domain/order/carried.py",
        "            whole = amount + money.percent_of(left - had_gross, discount.percent)\n",
        "            whole = amount\n",
    ),
    guard(
        "shipping that becomes paid is never taxed by a guess",
        "shared/domain/planning/shipping_taxes.py",
        "    if rates is None:\n",
        "    if False:\n",
    ),
    guard(
        "a move taxes shipping there",
        "shared/domain/planning/shipping_after.py",
        "    if is_taxed_elsewhere(draft.order.shipping_address, after.shipping_address):\n",
        "    if False:\n",
    ),
    guard(
        "a price of shipping has its bounds",
        "shared/domain/planning/shipping_after.py",
        "    if wish.price is not None:\n        check_shipping(",
        "    if False:\n        check_shipping(",
    ),
    guard(
        "a price of shipping that is put back has its bounds",
        "shared/domain/planning/shipping_after.py",
        "        if draft.shipping.sold is not None:",
        "        if False:",
    ),
    guard(
        "what shipping came in as stays through every edit of it",
        "shared/domain/order/sold.py",
        "    return replace(after, sold=None if back else sold)\n",
        "    return after\n",
    ),
    guard(
        "shipping without a price of policy's is measured by what it came in at",
        "shared/domain/planning/shipping_bounds.py",
        "sold.price if listed is None else listed",
        "was.price if listed is None else listed",
    ),
    guard(
        "an exempt order is exempt where it came in",
        "shared/domain/planning/exemptions.py",
        "    if place == exemption.jurisdiction:\n        return True\n",
        "",
    ),
    guard(
        "an exempt order is not taxed elsewhere without a rule",
        "shared/domain/planning/exemptions.py",
        'so no tax is added.")\n        return True\n',
        'so no tax is added.")\n        return False\n',
    ),
    guard(
        "an exempt order has no tax on it",
        "shared/domain/intake/exemptions.py",
        "    if taxed:\n",
        "    if False:\n",
    ),
    guard(
        "who says that a price contains tax needs a right",
        "shared/domain/planning/edits/add_line.py",
        "        if self.tax_included is not None:\n",
        "        if False:\n",
    ),
    guard(
        "a price has its bounds around that of the sale",
        "shared/domain/planning/edit_draft.py",
        "sold_as(line).unit_price if listed is None else listed",
        "line.unit_price if listed is None else listed",
    ),
    guard(
        "what a line was sold at stays through every edit of its price",
        "shared/domain/planning/reprice_lines.py",
        "    after = keeping_sold(line, after, discounted=wish.discount is not None)\n",
        "",
    ),
    guard(
        "a price and a discount share one floor",
        "shared/domain/planning/reprice_lines.py",
        "        draft.check_price(after, left)\n",
        "        pass\n",
    ),
    guard(
        "a discount is measured by all that a line was sold at",
        "shared/domain/planning/edit_draft.py",
        "check_price(self.judge, line.sku, left, self._undiscounted(line))",
        "self.check_price(line, left)",
    ),
    guard(
        "an undo is measured by all that a line was sold at",
        "shared/domain/planning/edits/restored_line.py",
        "        draft.check_discounted(was)\n",
        "        pass\n",
    ),
    guard(
        "a charge that was given lower and a discount share one floor",
        "shared/domain/order/charges.py",
        "return charge if price is None or price <= charge.price else replace(charge, price=price)",
        "return charge",
    ),
    guard(
        "a charge is compared for the same period",
        "shared/domain/order/charges.py",
        "    return money.divide(price * MONTHS[charge.period], MONTHS[own.period])\n",
        "    return price\n",
    ),
    guard(
        "a charge that is left out is given away",
        "shared/domain/planning/added_prices.py",
        "            draft.check_added(sku, 0, each.price[currency])\n",
        "            pass\n",
    ),
    guard(
        "a price with tax is compared with none without",
        "shared/domain/planning/added_lines.py",
        '        draft.judge.ask(words, "tax-included")\n',
        "",
    ),
)
