"""Checks others' numbers (`../shared/data/vectors`): every case comes out the same here, or is listed with the
reason."""

from pathlib import Path

import pytest

from tests.contract.does_not_fit import DOES_NOT_FIT
from tests.contract.vectors import ROOT, Case
from tests.contract.vectors_page import cases, counts, page

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="others' numbers are not beside the repository")

CASES = cases()
FITTING = [pytest.param(case, id=case.id) for case in CASES if case.id not in DOES_NOT_FIT]
LISTED = [pytest.param(case, id=case.id) for case in CASES if case.id in DOES_NOT_FIT]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "money-vectors.md"

COUNTS = {
    "dinero_allocate.json": (9, 4),
    "iso4217_minor_units.json": (165, 14),
    "medusa_cart_totals.json": (7, 1),
    "moneyphp_rounding_modes.json": (42, 13),
    "rubymoney_allocation.json": (21, 2),
    "sylius_distributors.json": (9, 6),
    "sylius_features/applying_correct_taxes_based_on_customer_data": (3, 0),
    "sylius_features/applying_correct_taxes_for_items_with_different_tax_rates": (2, 0),
    "sylius_features/applying_correct_taxes_for_items_with_the_same_tax_rate": (5, 0),
    "sylius_features/applying_correct_taxes_for_order_with_discount_for_an_item_in_order": (4, 0),
    "sylius_features/applying_correct_taxes_for_order_with_discount_for_shipping": (3, 0),
    "sylius_features/applying_correct_taxes_for_order_with_discount_for_whole_order": (5, 0),
    "sylius_features/applying_correct_taxes_for_product_with_tax_rate_included_in_price": (3, 1),
    "sylius_features/applying_correct_taxes_for_products_with_different_tax_rates_for_different_zones": (4, 1),
    "sylius_features/applying_correct_taxes_for_shipping": (2, 0),
    "sylius_features/applying_correct_taxes_for_shipping_with_tax_rate_included_in_price": (2, 0),
    "sylius_features/applying_correct_taxes_on_visitor_cart": (2, 0),
    "sylius_features/applying_correct_taxes_on_visitor_cart_for_specific_date": (2, 0),
    "sylius_features/applying_different_taxes_for_variants_with_different_tax_category": (1, 0),
    "sylius_features/applying_only_promotions_enabled_for_given_channel": (2, 0),
    "sylius_features/applying_promotion_with_expiration_date": (4, 0),
    "sylius_features/not_applying_taxes_for_products_without_tax_category": (3, 0),
    "sylius_features/receiving_discount_from_promotion_with_multiple_actions": (1, 1),
    "sylius_features/receiving_discount_in_order_of_promotions_priority": (4, 0),
    "sylius_features/receiving_fixed_discount_dependent_on_channel": (2, 0),
    "sylius_features/receiving_fixed_discount_from_cart_promotions_only_on_non_discounted_products": (2, 1),
    "sylius_features/receiving_fixed_discount_on_cart": (3, 1),
    "sylius_features/receiving_fixed_discount_on_items_on_price_range": (11, 1),
    "sylius_features/receiving_fixed_discount_on_products_from_specific_taxon": (5, 1),
    "sylius_features/receiving_fixed_discount_on_specific_products": (6, 1),
    "sylius_features/receiving_percentage_discount_from_cart_promotions_only_on_non_discounted_products": (2, 1),
    "sylius_features/receiving_percentage_discount_on_items_on_price_range": (10, 0),
    "sylius_features/receiving_percentage_discount_on_products_from_specific_taxon": (4, 0),
    "sylius_features/receiving_percentage_discount_on_shipping": (7, 0),
    "sylius_features/receiving_percentage_discount_on_specific_products": (4, 0),
    "sylius_features/receiving_percentage_discount_promotion_on_order": (4, 0),
    "sylius_features/receiving_stacked_promotions_with_changing_context": (2, 0),
    "vendure_prorate.json": (10, 1),
}
"""The number of cases that fit, and of those that are listed, by file. A scenario of Sylius is a case."""


@pytest.mark.parametrize("case", FITTING)
def test_others_numbers_are_ours(case: Case) -> None:
    ours = case.ours()
    assert {name: ours.get(name, ours.get("refused")) for name in case.theirs} == case.theirs


@pytest.mark.parametrize("case", LISTED)
def test_a_case_that_is_listed_does_not_fit(case: Case) -> None:
    assert not case.fits()


def test_every_case_has_its_own_name_and_every_listed_one_exists() -> None:
    names = [case.id for case in CASES]
    assert len(set(names)) == len(names)
    assert set(DOES_NOT_FIT) <= set(names)


def test_no_file_is_left_out() -> None:
    files = {path.name for path in ROOT.glob("*.json")} - {"POLICY_AGREEMENT.json"}
    features = {f"sylius_features/{path.stem.rpartition('__')[2]}" for path in ROOT.glob("*/*.feature")}
    assert {case.file for case in CASES} == files | features


def test_as_many_cases_fit_and_are_listed_as_we_have_looked_into() -> None:
    assert counts(CASES) == COUNTS


def test_where_two_readings_of_a_negative_amount_differ_the_vectors_have_the_mirror() -> None:
    """POLICY_AGREEMENT.json floors toward −∞; we mirror, so that a refund takes back what the charge shared out."""
    negative = [case for case in CASES if case.split and case.split[0] < 0 and sum(case.split[1])]
    deciding = [case for case in negative if floored(*case.split) != case.ours()["parts"]]
    decided = [case for case in deciding if case.theirs["parts"] in (floored(*case.split), case.ours()["parts"])]
    assert [case.id for case in decided] == ["sylius_distributors.json: -1000 in 3"]
    assert all(case.fits() for case in decided)


def floored(amount: int, weights: list[int]) -> list[int]:
    """Shares out by largest remainder with shares floored toward −∞: the other reading."""
    parts = [amount * weight // sum(weights) for weight in weights]
    ranked = sorted(range(len(weights)), key=lambda index: -(amount * weights[index] % sum(weights)))
    for index in ranked[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def test_the_page_shows_what_the_tests_found() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(CASES)
