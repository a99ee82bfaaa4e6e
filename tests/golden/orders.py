"""Orders of many kinds from a seed: the JSON of their request, and what stands beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.golden.files import Json

DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
PLACES: dict[str, Json] = {
    "USD": {"line1": "1 Main Street", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"},
    "EUR": {"name": "Ben", "line1": "Beispielweg 3", "city": "Berlin", "postal_code": "10115", "country": "DE"},
    "JPY": {"line1": "1-1 Chiyoda", "city": "Tokyo", "country": "JP"},
    "KWD": {"line1": "Street 7", "city": "Kuwait City", "country": "KW"},
}
RATES = ("0", "0.05", "0.0725", "0.19", "0.20")
SKUS = ("MUG", "CUP", "SOFA", "LAMP", "BOWL")
SEAT = "SEAT"


@dataclass(frozen=True)
class Draft:
    """A request for an order, and what requests cannot bring."""

    body: Json
    beside: Json

    @property
    def currency(self) -> str:
        return str(self.body["currency"])


def money(minor: int, currency: str) -> Json:
    """An amount of minor units as requests bring it."""
    digits = DECIMALS[currency]
    whole, rest = divmod(minor, 10**digits)
    return {"amount": f"{whole}.{rest:0{digits}}" if digits else str(whole), "currency": currency}


def draft(rng: Random, name: str, lines: "Callable[[Random, str], list[Json]]", currency: str | None = None) -> Draft:
    """An order of such lines, not paid yet."""
    currency = currency or rng.choice(("USD", "USD", "EUR", "JPY", "KWD"))
    included = rng.random() < 0.4
    found = [line | {"tax_included": included} for line in lines(rng, currency)]
    body = {
        "channel_order_id": name,
        "customer": {"customer_id": "cus-1", "tier": "gold", "email": "ada@example.com", "name": "Ada"},
        "currency": currency,
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": PLACES[currency],
        "lines": found,
        "shipping": _shipping(rng, currency),
        "discounts": _discounts(rng, currency, found),
    }
    beside: Json = {"shipping_tax_included": included and rng.random() < 0.5}
    if rng.random() < 0.25:
        beside["fees"] = [{"code": "gift-wrap", "amount": rng.randint(1, 500), "tax": rng.randint(0, 50)}]
    if rng.random() < 0.6:
        beside["stock"] = {sku: rng.choice((2, 500)) for sku in SKUS}
    return Draft(body, beside)


def paid(rng: Random, order: Draft, total: int, how: str | None = None) -> Draft:
    """Paid so: in full, in two parts, of which some may have gone back, in part, by authorisation, or not at all."""
    how = how or rng.choice(("full", "full", "two", "two", "part", "authorised", "both", "none"))
    half = rng.randint(0, total)
    parts = {
        "full": [_captured(1, total, 0)],
        "two": [_captured(1, half, half // 5), _captured(2, total - half, 0, "store_credit")],
        "part": [_captured(1, half, 0)],
        "authorised": [_authorised(1, total)],
        "both": [_captured(1, half, 0), _authorised(2, total - half)],
        "none": [],
    }[how]
    amounts = ("captured", "authorised", "refunded")
    payments = [
        {name: money(value, order.currency) if name in amounts else value for name, value in part.items()}
        for part in parts
    ]
    return Draft(order.body | {"payments": payments}, order.beside)


def _captured(number: int, amount: int, refunded: int, method: str = "card") -> Json:
    common = {"payment_id": f"pay-{number}", "method": method, "gateway": "sandbox", "status": "captured"}
    return common | {"captured": amount, "authorised": amount, "refunded": refunded}


def _authorised(number: int, amount: int) -> Json:
    common = {"payment_id": f"pay-{number}", "method": "card", "gateway": "sandbox", "status": "authorised"}
    return common | {"authorised": amount, "expires_at": f"2026-{11 + number % 2}-25T00:00:00Z"}


def goods(rng: Random, currency: str) -> list[Json]:
    """One to four lines of goods."""
    return [_line(rng, currency, number) for number in range(1, rng.randint(2, 5))]


def bundles(rng: Random, currency: str) -> list[Json]:
    """A bundle with a required subscription in it, an accessory, and a line beside it."""
    parent = _line(rng, currency, 1) | {"bundle_id": "l1"}
    inside = {"bundle_id": "l1", "parent_line_id": "l1"}
    seats = _subscription(rng, currency, 2) | inside | {"required": True}
    return [parent, seats, _line(rng, currency, 3) | inside, _line(rng, currency, 4)]


def subscriptions(rng: Random, currency: str) -> list[Json]:
    """One or two subscriptions, and goods."""
    return [_subscription(rng, currency, 1), _line(rng, currency, 2), _subscription(rng, currency, 3)][
        : rng.choice((2, 3))
    ]


def _line(rng: Random, currency: str, number: int) -> Json:
    price, quantity = rng.randint(1, rng.choice((40, 3000, 60_000))), rng.randint(1, rng.choice((4, 12)))
    line: Json = {
        "line_id": f"l{number}",
        "sku": rng.choice(SKUS),
        "quantity": quantity,
        "unit_price": money(price, currency),
        "taxes": _taxes(rng),
    }
    if rng.random() < 0.4:
        line["discounts"] = [
            {"type": "percent", "value": rng.choice(("5", "10", "33.3")), "code": "TEN"},
            {"type": "amount", "value": money(price * quantity // 7, currency)["amount"]},
        ][: rng.choice((1, 2))]
    if rng.random() < 0.03:
        line["constraints"] = ["third_party_logistics"]
    if rng.random() < 0.04:
        line["quantity_modifiable"] = False
    return line


def _subscription(rng: Random, currency: str, number: int) -> Json:
    start = rng.choice(("2026-11-01", "2026-12-01"))
    recurring = {
        "charge_id": "seats", "type": "recurring", "period": rng.choice(("month", "quarter", "year")),
        "price": money(rng.randint(100, 9000), currency),
    }  # fmt: skip
    once = {"charge_id": "setup", "type": "one_time", "price": money(rng.randint(1, 9900), currency)}
    return {
        "line_id": f"l{number}", "sku": SEAT, "quantity": rng.randint(1, 12), "taxes": _taxes(rng),
        "start_date": start, "end_date": rng.choice(("2027-10-31", "2027-11-30", "2027-02-14")),
        "charges": [recurring, once][: rng.choice((1, 2))],
    }  # fmt: skip


def _taxes(rng: Random) -> list[Json]:
    count = rng.choice((0, 1, 1, 1, 2))
    places = ("US-IL", None)
    return [
        {"name": f"Tax {number}", "rate": rng.choice(RATES), "jurisdiction": places[number]} for number in range(count)
    ]


def _shipping(rng: Random, currency: str) -> Json:
    price = rng.randint(0, 1500)
    method = rng.choice(("standard", "value", "their-own"))
    return {"method": method, "price": money(price, currency), "tax": money(rng.choice((0, price // 5)), currency)}


def _discounts(rng: Random, currency: str, lines: list[Json]) -> list[Json]:
    """Of the whole order, and never more than it costs."""
    price = lines[0].get("unit_price", {"amount": "0"})["amount"].replace(".", "")
    both = [
        {"type": "percent", "value": rng.choice(("5", "12.5")), "code": "ALL"},
        {"type": "amount", "value": money(rng.randint(0, int(price) // 3), currency)["amount"], "code": "OFF"},
    ]
    return [each for each in both if rng.random() < 0.3]
