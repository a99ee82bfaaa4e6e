"""Taxes are due by an address, not by one word of it: places that do not exist or contradict each other are told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.order import places
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.places import COUNTRIES, flaw_of
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import AddLine, CancelLine, Edit, SetShippingAddress
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes import an_order
from tests.fakes.builders import HOME
from tests.unit.domain.test_planner import POLICY


def code(country: str, region: str | None = None, postal_code: str | None = None) -> str | None:
    flaw = flaw_of(Address(country=country, region=region, postal_code=postal_code))
    return flaw.code if flaw else None


@pytest.mark.parametrize("country", ["Deutschland", "DEU", "de", "D", "UK", "EU", "XX", "ZZ", "", "D E", "ＤＥ"])
def test_a_country_is_a_code_of_iso_3166(country: str) -> None:
    assert code(country) == "unknown-country"


def test_iso_3166_has_249_countries_and_shops_have_kosovo() -> None:
    assert len(COUNTRIES) == 250
    assert {"DE", "US", "GB", "JP", "KW", "XK"} <= COUNTRIES


@pytest.mark.parametrize(
    ("region", "postal_code"),
    [
        ("IL", "62701"), ("IL", "62701-1234"), ("IL", " 62701 "), ("CA", "90210"), ("NY", "10001"), ("NY", "00501"),
        ("NY", "06390"), ("TX", "73301"), ("TX", "88510"), ("MA", "05544"), ("WY", "83414"), ("ID", "83401"),
        ("GA", "39901"), ("DC", "20560"), ("VA", "20101"), ("PR", "00901"), ("GU", "96910"), ("HI", "96701"),
        ("AP", "96201"), ("AE", "09012"), ("AA", "34012"), ("AK", "99501"), ("IL", None), (None, "62701"), ("IL", "1"),
    ],
)  # fmt: skip
def test_a_region_and_a_zip_code_of_it_agree(region: str | None, postal_code: str | None) -> None:
    assert code("US", region, postal_code) is None


@pytest.mark.parametrize(
    ("region", "postal_code"),
    [("IL", "90210"), ("CA", "62701"), ("OR", "98101"), ("NY", "07302"), ("DE", "19000"), ("NH", "02108-1234")],
)
def test_a_region_that_contradicts_its_zip_code_is_told(region: str, postal_code: str) -> None:
    assert code("US", region, postal_code) == "region-contradicts-postal-code"


@pytest.mark.parametrize(
    ("region", "postal_code", "told"),
    [
        ("ON", "K1P 1J1", None), ("QC", "K1A 0B1", None), ("ON", "K1A0B1", None), ("SK", "R8A 1A1", None),
        ("NU", "X0A 0H0", None), ("BC", "v6b 1a1", None), ("AB", "V6B 1A1", "region-contradicts-postal-code"),
        ("Ontario", "K1P 1J1", "unknown-region"),
    ],
)  # fmt: skip
def test_canadian_postal_codes_begin_with_the_letter_of_their_province(
    region: str, postal_code: str, told: str | None
) -> None:
    assert code("CA", region, postal_code) == told


@pytest.mark.parametrize("region", ["Illinois", "il", "XX", "I", " IL"])
def test_a_region_where_regions_tax_is_a_code_of_iso_3166_2(region: str) -> None:
    assert code("US", region) == "unknown-region"


def test_where_regions_set_no_tax_they_are_anybodys_words() -> None:
    assert code("DE", "Bavaria", "10115") is None


@given(st.integers(0, 999))
def test_every_beginning_of_a_zip_code_is_of_few_regions(beginning: int) -> None:
    homes = [region for region in places._BEGINNINGS["US"] if code("US", region, f"{beginning:03}01") is None]
    assert len(homes) <= 5  # 969 is of five territories


# ------------------------------------------------------------------- an order that a shop took to such an address

MUG = Product(sku="MUG", list_price={"USD": 1000})
ADD = AddLine(sku="MUG", quantity=1)


def shop_order(**place: str) -> Order:
    order = an_order().with_line("TEA", 2, 1000).paid().build()
    return replace(order, shipping_address=replace(HOME, **place))


def planned(order: Order, *edits: Edit) -> ChangePlan:
    context = PlanContext(role="agent", policy=POLICY, catalogue=Catalogue(products={"MUG": MUG}))
    return plan(order, edits, context).plan


@pytest.mark.parametrize("place", [{"postal_code": "90210"}, {"region": "Illinois"}])
def test_nothing_is_taxed_by_an_address_that_contradicts_itself(place: dict[str, str]) -> None:
    made = planned(shop_order(**place), ADD)
    assert [each.code for each in made.violations] == ["address-unclear"]


def test_every_plan_of_such_an_order_asks_and_what_needs_no_tax_goes_on() -> None:
    made = planned(shop_order(postal_code="90210"), CancelLine(line_id="l1", quantity=1))
    assert (made.violations, sum(refund.amount for refund in made.refunds)) == ((), 1200)
    assert any("contradicts itself" in warning and "Ask the customer" in warning for warning in made.warnings)


def test_another_address_in_the_same_change_answers_it() -> None:
    made = planned(shop_order(postal_code="90210"), ADD, SetShippingAddress(address=HOME))
    assert (made.violations, made.warnings) == ((), ())


def test_an_address_that_is_one_place_asks_nothing() -> None:
    made = planned(shop_order(), ADD)
    assert (made.violations, made.warnings) == ((), ())
