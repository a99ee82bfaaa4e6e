"""Products that run for a time: what a subscription can become."""

from random import Random

from shared.domain.order.product import ProductCharge
from tests.oracle.book import Price

PLANS = ("PLAN-0", "PLAN-1", "PLAN-2")


def some_plans(seed: int) -> dict[str, tuple[Price, ...]]:
    """Returns the charges of each, drawn apart from the history, so that they move no other draw."""
    rng = Random(f"plans of {seed}")
    return {sku: _charges(rng) for sku in PLANS}


def _charges(rng: Random) -> tuple[Price, ...]:
    price = rng.choice((0, rng.randint(1, 20), rng.randint(1, 5_000), rng.randint(1, 10**6)))
    once = (Price("one_time", rng.randint(1, 5_000)),) if rng.random() < 0.3 else ()
    return (Price("recurring", price, rng.choice(("month", "quarter", "year"))), *once)


def sold_by(plan: tuple[Price, ...], currency: str) -> tuple[ProductCharge, ...]:
    """Returns the charges of a plan as a product has them."""
    return tuple(
        ProductCharge(
            charge_id=each.type,
            type=each.type,
            period=each.period if each.type == "recurring" else None,  # type: ignore[arg-type]
            price={currency: each.price},
        )
        for each in plan
    )
