"""Counts what random histories hold, so that nothing of it is compared by chance alone."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.domain.order.order import Order
from tests.oracle.histories import History, Step, history
from tests.oracle.orders import FIRST_DAY


def counted(seeds: Iterable[int]) -> Counter[str]:
    """Returns in how many of the histories each thing is."""
    found = Counter(dict.fromkeys(EVERYTHING, 0))
    for seed in seeds:
        found.update(set(held(history(seed))))
    return found


def held(told: History) -> Iterator[str]:
    """Yields the names of what a history holds, some more than once."""
    yield from _at_intake(told.steps[0].order)
    so_far = told.steps[0]
    for step in told.steps[1:]:
        yield step.asked.partition(" ")[0]
        yield from (edit.op for edit in step.edits if edit.op != "restore")
        yield from (f"fee {fee.code}" for fee in step.order.fees if fee.code in ("waived", "restocking"))
        yield from (name for name, holds in _payments(step.order).items() if holds)
        yield from _upgrades(so_far, step)
        so_far = step if "expires" not in step.asked else so_far


def _at_intake(order: Order) -> Iterator[str]:
    """Yields what an order comes with. Its negative fees are shared out over its lines."""
    yield order.currency
    lines, codes = order.lines, {discount.code for line in order.lines for discount in line.discounts}
    deductions = codes & {"credit", "rounding"}
    holds = {
        "bundle": any(line.parent_line_id for line in lines),
        "subscription that runs": any(line.start_date and line.start_date < FIRST_DAY for line in lines),
        "subscription that is to start": any(line.start_date and line.start_date > FIRST_DAY for line in lines),
        "prices with tax": any(line.tax_included for line in lines),
        "exempt": order.tax_exemption is not None,
        "two fees": len(order.fees) > 1,
        "negative fee": bool(deductions),
        "two negative fees": len(deductions) > 1,
        "taxed shipping": order.shipping.tax > 0,
        "several payments": len(order.payments) > 1,
    }
    yield from (name for name, is_so in holds.items() if is_so)


def _payments(order: Order) -> dict[str, bool]:
    return {
        "refund": any(each.refunding for each in order.payments),
        "debt": order.totals.balance_due > 0,
        "overpaid": order.totals.balance_due < 0,
    }


def _upgrades(before: Step, after: Step) -> Iterator[str]:
    """Yields which upgrades of subscriptions a step makes or takes back."""
    for was, line in zip(before.order.lines, after.order.lines, strict=False):
        if not was.charges or was.sku == line.sku or not line.quantity:
            continue
        same_day = "the same day" if before.day == after.day else "later"
        yield f"upgrade undone {same_day}" if after.asked.startswith("undo") else _upgrade(len(line.formerly))
        yield "upgrade with a discount" if line.discounts else "upgrade without a discount"
        yield "upgrade with tax in the price" if line.tax_included else "upgrade with tax on the price"
        yield "dearer upgrade" if line.gross > was.gross else "cheaper upgrade"
        if all(charge.price == 0 for charge in line.charges):
            yield "upgrade to what is free"
        if any(charge.type == "one_time" for charge in line.charges):
            yield "upgrade with a setup"


def _upgrade(former: int) -> str:
    """Names an upgrade by how many products the line was while it ran."""
    return ("upgrade before the start", "upgrade")[former] if former < 2 else "upgrade after upgrade"


EVERYTHING = (
    *("USD", "JPY", "KWD", "amendment", "cancellation", "undo", "settlement", "exchange"),
    *("set_quantity", "set_unit_price", "set_discount", "set_dates", "cancel_line", "add_line", "replace_sku"),
    *("set_shipping_address", "set_shipping_method", "cancel_units", "cancel_order", "settle", "take_back", "credit"),
    *("bundle", "subscription that runs", "subscription that is to start", "prices with tax", "exempt"),
    *("two fees", "negative fee", "two negative fees", "taxed shipping", "several payments"),
    *("fee restocking", "fee waived", "refund", "debt", "overpaid"),
    *("upgrade before the start", "upgrade", "upgrade after upgrade", "upgrade undone the same day"),
    *("upgrade undone later", "dearer upgrade", "cheaper upgrade", "upgrade to what is free", "upgrade with a setup"),
    *("upgrade with a discount", "upgrade without a discount", "upgrade with tax in the price"),
    "upgrade with tax on the price",
)
