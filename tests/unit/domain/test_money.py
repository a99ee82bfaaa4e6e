"""Money: parsing, rounding, sharing out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import money
from shared.domain.refusal import Refusal

AMOUNTS = st.integers(-(10**17), 10**17)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD", "EUR"])


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_reads_back(minor: int, currency: str) -> None:
    assert money.parse(money.text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1.234", "USD", "amount-too-precise"),
        ("1.0", "JPY", "amount-too-precise"),
        ("1.2345", "KWD", "amount-too-precise"),
        ("1e3", "USD", "malformed-amount"),
        ("", "USD", "malformed-amount"),
        ("NaN", "USD", "malformed-amount"),
        ("1", "XXY", "unknown-currency"),
        ("1", "XAU", "unknown-currency"),
        ("10000000000000000", "USD", "amount-too-large"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_by_name(amount: str, currency: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        money.parse(amount, currency)
    assert refused.value.code == code


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_allocation_conserves_and_gives_zero_weights_nothing(amount: int, weights: list[int]) -> None:
    parts = money.allocate(amount, weights)
    assert sum(parts) == amount
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    exact = [abs(amount) * weight / sum(weights) for weight in weights]
    assert all(abs(abs(part) - near) <= 1 + near * 1e-9 for part, near in zip(parts, exact, strict=True))


def test_remainders_go_to_the_largest_and_ties_to_the_first() -> None:
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(5, [3, 7]) == [2, 3]
    assert money.allocate(-100, [1, 1, 1]) == [-34, -33, -33]


@given(AMOUNTS, st.integers(1, 100_000), st.data())
def test_a_share_ends_at_the_whole_and_never_leaves_it(amount: int, whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert money.share(amount, whole, whole) == amount
    assert money.share(amount, 0, whole) == 0
    assert abs(money.share(amount, part, whole)) <= abs(amount)


def test_halves_round_away_from_zero() -> None:
    assert [money.divide(5, 2), money.divide(-5, 2), money.divide(4, 2)] == [3, -3, 2]
    assert money.percent_of(25, Decimal("10")) == 3
    assert money.rate_within(1200, Decimal("0.20"), Decimal("0.20")) == 200
