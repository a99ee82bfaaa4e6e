"""Deductions and fees take no more than there is: deductions, fees on what was paid, nothing below zero, and no tax
by half an address."""

from tests.sabotage.guard import Guard, guard

_DEDUCTIONS = "shared/domain/intake/deductions.py"
_RESTOCKING = "shared/domain/planning/restocking.py"
_SOUND = "shared/domain/planning/sound_money.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "a deduction is shared out when the order comes in",
        "shared/domain/intake/to_order.py",
        "    order = shared_out(order)\n",
        "",
    ),
    guard(
        "a deduction without tax leaves the tax",
        _DEDUCTIONS,
        "after_tax=not fee.tax and sum(taxes) > 0",
        "after_tax=False",
    ),
    guard(
        "a fee is no more than would come back",
        _RESTOCKING,
        "min(max(0, _due(fee) - fee.amount), spare)",
        "max(0, _due(fee) - fee.amount)",
    ),
    guard("a deduction is taken back by no restocking", _RESTOCKING, "takes = fee.code == CODE and (", "takes = ("),
    guard("two fees share what would come back", _RESTOCKING, "        spare -= added\n", ""),
    guard(
        "a stored deduction takes no more than there is", "shared/domain/planning/fees.py", "-order.totals.total)", "0)"
    ),
    guard("a plan leaves no order below zero", _SOUND, "totals.discount, totals.tax) < 0", "totals.discount) < 0"),
    guard("a plan leaves no shipping below zero", _SOUND, "order.shipping.tax) < 0", "order.shipping.tax) < -99"),
    guard("a plan leaves no line below zero", _SOUND, "if _lowest(change.after) < 0:", "if False:"),
    guard(
        "nothing is taxed by an address that contradicts itself",
        "shared/domain/planning/line_taxes.py",
        "    if unclear := unclear_address(draft):",
        "    if False:",
    ),
    guard(
        "a region has its postal codes",
        "shared/domain/order/places.py",
        "if begun is None or begun.startswith(beginnings[region]):",
        "if True:",
    ),
    guard(
        "a country of a shop's order is one",
        "shared/adapters/channels/reading/addresses.py",
        "if given.text(shape.country) not in COUNTRIES:",
        "if False:",
    ),
    guard(
        "a country of a request is one",
        "shared/http/parts/fields.py",
        "if value not in COUNTRIES:",
        "if False:",
    ),
    guard(
        "a plan is asked whether anything is below zero",
        "shared/domain/planning/planner.py",
        '    check_not_below_zero(after, money["totals_after"], outcome.lines)\n',
        "",
    ),
)
