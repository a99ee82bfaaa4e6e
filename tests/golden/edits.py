"""Requests for changes of many kinds from a seed, as their JSON."""

from collections.abc import Callable
from random import Random

from tests.golden.files import Json
from tests.golden.orders import DECIMALS, PLACES, money

NEW = ("NEW-A", "NEW-B", "NEW-C")
REASONS = ("customer_request", "price_correction", "wrong_item", "goodwill")
CANCELLING = ("customer_request", "item_defect", "late_delivery", "goodwill")
Lines = list[Json]
"""The lines of an order as far as edits need them: id, sku, quantity, currency, unit_price, dates."""


def _set_quantity(rng: Random, line: Json) -> Json:
    most = rng.choice((line["quantity"], 12, 600))
    return {"op": "set_quantity", "line_id": line["line_id"], "quantity": rng.randint(1, max(1, most))}


def _fit_to_stock(_: Random, line: Json) -> Json:
    return {"op": "fit_to_stock", "line_id": line["line_id"]}


def _set_unit_price(rng: Random, line: Json) -> Json:
    price = rng.choice((line["unit_price"] * 9 // 10, line["unit_price"] * 11 // 10, rng.randint(0, 5000)))
    return {"op": "set_unit_price", "line_id": line["line_id"], "unit_price": money(price, line["currency"])}


def _set_discount(rng: Random, line: Json) -> Json:
    amount = money(line["gross"] // rng.choice((9, 20)), line["currency"])["amount"]
    discount = rng.choice(
        ({"type": "percent", "value": rng.choice(("5", "12.5", "50"))}, {"type": "amount", "value": amount})
    )
    return {"op": "set_discount", "line_id": line["line_id"], "discount": discount}


def _set_dates(rng: Random, line: Json) -> Json:
    ends = {"end_date": rng.choice(("2027-03-17", "2027-12-31", "2027-05-31", "2028-02-29"))}
    starts = {"start_date": rng.choice(("2026-12-15", "2027-01-01", "2026-11-21"))}
    return {"op": "set_dates", "line_id": line["line_id"]} | rng.choice((ends, starts, starts | ends))


def _add_line(rng: Random, line: Json) -> Json:
    edit: Json = {"op": "add_line", "sku": rng.choice(NEW), "quantity": rng.randint(1, 9)}
    if rng.random() < 0.4:
        edit |= {"unit_price": money(rng.randint(1, 5000), line["currency"]), "title": "Something new"}
    if line["bundle"] and rng.random() < 0.6:
        edit |= {"parent_line_id": line["bundle"]}
    if rng.random() < 0.3:
        edit |= {"start_date": "2026-12-01", "end_date": "2027-05-31"}
    return edit


def _replace_sku(rng: Random, line: Json) -> Json:
    return {"op": "replace_sku", "with_sku": rng.choice(NEW)} | _named(rng, line)


def _cancel_line(rng: Random, line: Json) -> Json:
    some = {"quantity": rng.randint(1, max(1, line["quantity"]))} if rng.random() < 0.5 else {}
    return {"op": "cancel_line"} | _named(rng, line) | some


def _named(rng: Random, line: Json) -> Json:
    return {"sku": line["sku"]} if rng.random() < 0.3 else {"line_id": line["line_id"]}


def _set_shipping_address(rng: Random, line: Json) -> Json:
    california = PLACES["USD"] | {"region": "CA", "postal_code": "90001", "line2": "c/o Bob"}
    near = PLACES[line["currency"]] | {"line1": "2 Other Street"}
    return {"op": "set_shipping_address", "address": rng.choice((california, near, PLACES["EUR"]))}


def _set_shipping_method(rng: Random, line: Json) -> Json:
    edit: Json = {"op": "set_shipping_method", "method": rng.choice(("standard", "express", "value"))}
    if rng.random() < 0.5:
        edit["price"] = money(rng.randint(0, 2000), line["currency"])
    return edit


OPS: dict[str, Callable[[Random, Json], Json]] = {
    "set_quantity": _set_quantity,
    "fit_to_stock": _fit_to_stock,
    "set_unit_price": _set_unit_price,
    "set_discount": _set_discount,
    "set_dates": _set_dates,
    "add_line": _add_line,
    "replace_sku": _replace_sku,
    "cancel_line": _cancel_line,
    "set_shipping_address": _set_shipping_address,
    "set_shipping_method": _set_shipping_method,
}


def amendment(rng: Random, lines: Lines, *ops: str) -> Json:
    """One edit of each of these, each of a line that suits it, as far as there is one."""
    edits = []
    for op in ops:
        dated = [line for line in lines if line["dated"]] if op == "set_dates" else []
        edits.append(OPS[op](rng, rng.choice(dated or [line for line in lines if line["quantity"]] or lines)))
    return {"reason_code": rng.choice(REASONS), "edits": edits}


def cancellation(rng: Random, lines: Lines, exception: str | None = None) -> Json:
    """The whole order, or some units of some lines."""
    body: Json = {"reason_code": rng.choice(CANCELLING)}
    if exception:
        body["exception"] = exception
    if rng.random() < 0.35:
        return body
    chosen = rng.sample(lines, rng.randint(1, min(2, len(lines))))
    body["lines"] = [
        {"line_id": line["line_id"]}
        | ({"quantity": rng.randint(1, max(1, line["quantity"]))} if rng.random() < 0.7 else {})
        for line in chosen
    ]
    return body


def exchange(rng: Random, lines: Lines) -> Json:
    """Some units of a line, for as many, more or fewer of their like, or for something new."""
    line = rng.choice([line for line in lines if line["quantity"]])
    units = rng.randint(1, line["quantity"])
    back = {"op": "cancel_line", "line_id": line["line_id"], "quantity": units}
    comes = {
        "op": "add_line",
        "sku": rng.choice((line["sku"], line["sku"], NEW[0])),
        "quantity": rng.randint(1, units + 1),
    }
    return {"reason_code": rng.choice(CANCELLING), "edits": [back, comes]}


def goodwill(rng: Random, lines: Lines) -> Json:
    """A credit, small or too large."""
    currency = lines[0]["currency"]
    amount = rng.randint(1, 9) * 10 ** rng.choice((DECIMALS[currency], DECIMALS[currency] + 1, 7))
    return {"reason_code": "goodwill", "goodwill": {"amount": money(amount, currency)}}
