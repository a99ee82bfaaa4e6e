"""Exempt is a fact of the order: an edit adds no tax to it unless policy's rule for a new place says so, visibly."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.policy_file import shipped
from shared.domain.intake.new_order import NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.order import Order, Shipping
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import (
    AddLine,
    CancelUnits,
    Edit,
    ReplaceSku,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.exemptions import ZERO_RATES
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.taxes import ExemptionRule
from shared.domain.policy.policy import Policy
from shared.domain.policy_making.validation import problems
from shared.domain.refusal import Refusal
from tests.fakes import an_order
from tests.fakes.builders import OrderBuilder
from tests.fakes.world import NOW

DE = Address(line1="Beispielweg 3", city="Berlin", postal_code="10115", country="DE")
FR = Address(line1="1 rue Exemple", city="Paris", postal_code="75001", country="FR")
NOTHING = NewTax(name="Reverse charge", rate=Decimal(0), jurisdiction="DE")
EXEMPT = TaxExemption(kind="exempt", reason="Certificate 7")
CATALOGUE = Catalogue(
    products={
        "A": Product(sku="A", list_price={"USD": 10000}),
        "B": Product(sku="B", list_price={"USD": 5000}, tax_category="reduced"),
    }
)


def builder(exemption: TaxExemption | None = EXEMPT, taxes: tuple[NewTax, ...] = (), **given: Any) -> OrderBuilder:
    made = an_order().with_line("A", 2, 10000, taxes=taxes)
    return OrderBuilder(replace(made.new, shipping_address=DE, tax_exemption=exemption, **given))


def order(exemption: TaxExemption | None = EXEMPT, taxes: tuple[NewTax, ...] = (), **given: Any) -> Order:
    return builder(exemption, taxes, **given).build()


def change(order: Order, *edits: Edit, policy: Policy | None = None) -> Planned:
    kind: Any = "cancellation" if isinstance(edits[0], CancelUnits) else "amendment"
    judged: dict[str, Any] = {"kind": kind, "role": "manager", "reason_code": "customer_request", "now": NOW}
    context = PlanContext(policy=policy or shipped(), catalogue=CATALOGUE, **judged)
    planned = plan(order, edits, context)
    assert planned.plan.violations == ()
    return planned


def ruled(*rules: ExemptionRule) -> Policy:
    return replace(shipped(), taxes=replace(shipped().taxes, exemptions=rules))


def a_rule(outcome: Any, jurisdiction: str = "FR", **given: Any) -> ExemptionRule:
    return ExemptionRule(id="fr", jurisdiction=jurisdiction, outcome=outcome, words="France taxes it.", **given)


ADD = AddLine(sku="B", quantity=1)
TO_FRANCE = SetShippingAddress(address=FR)


@pytest.mark.parametrize("kind", ["reverse_charge", "exempt", "zero_rated"])
def test_an_exempt_order_keeps_its_kind_reason_and_place(kind: Any) -> None:
    kept = order(TaxExemption(kind=kind, reason="Art. 196")).tax_exemption
    assert kept == TaxExemption(kind=kind, reason="Art. 196", jurisdiction="DE")


def test_lines_that_all_name_reverse_charge_make_an_order_exempt() -> None:
    assert order(None, (NOTHING,)).tax_exemption == TaxExemption(
        kind="reverse_charge", reason="Reverse charge", jurisdiction="DE"
    )
    assert order(None, (replace(NOTHING, name="VAT"),)).tax_exemption is None
    assert order(None, ()).tax_exemption is None
    mixed = builder(None, (NOTHING,)).with_line("B", 1, 100)
    assert mixed.build().tax_exemption is None


@pytest.mark.parametrize("taxes", [(), (NOTHING,)])
@pytest.mark.parametrize(
    "edits", [(ADD,), (ReplaceSku(line_id="l1", with_sku="B"),), (SetQuantity(line_id="l1", quantity=5), ADD)]
)
def test_an_edit_adds_no_tax_to_an_exempt_order_and_needs_no_warning_at_home(
    taxes: tuple[NewTax, ...], edits: tuple[Edit, ...]
) -> None:
    planned = change(order(taxes=taxes), *edits)
    assert (planned.after.totals.tax, planned.plan.warnings) == (0, ())
    assert {tax.name for line in planned.after.lines for tax in line.taxes} == {tax.name for tax in taxes}


def test_shipping_that_becomes_due_on_an_exempt_order_is_not_taxed() -> None:
    free = order(shipping=Shipping(method="standard"))
    planned = change(free, SetShippingMethod(method="express"))
    assert (planned.after.shipping.price, planned.after.totals.tax) == (1500, 0)


def test_without_a_rule_for_the_new_place_the_order_stays_exempt_and_the_plan_warns() -> None:
    moved = change(order(taxes=(NOTHING,), shipping=Shipping(price=500)), TO_FRANCE)
    assert (moved.after.totals.tax, moved.plan.delta) == (0, 0)
    assert [words for words in moved.plan.warnings if "FR" in words]
    assert change(moved.after, ADD).after.totals.tax == 0


def test_a_rule_taxes_the_order_in_the_new_place_and_is_seen() -> None:
    policy = ruled(a_rule("tax"))
    moved = change(order(taxes=(NOTHING,), shipping=Shipping(price=500)), TO_FRANCE, policy=policy)
    assert moved.after.totals.tax == 4000 + 100
    assert "France taxes it." in moved.plan.warnings
    assert ("tax exemption", "fr", "warn") in [(each.decides, each.rule, each.outcome) for each in moved.plan.rulings]
    product = AddLine(sku="A", quantity=1)
    assert change(moved.after, product, policy=policy).after.totals.tax == 4000 + 100 + 2000
    assert change(moved.after, SetShippingAddress(address=DE), policy=policy).after.totals.tax == 0
    assert change(moved.after, restoration("chg_1", moved.plan), policy=policy).after.totals.tax == 0


def test_a_rule_that_keeps_the_exemption_is_a_ruling_and_no_warning() -> None:
    moved = change(order(), TO_FRANCE, policy=ruled(a_rule("keep")))
    assert (moved.after.totals.tax, moved.plan.warnings) == (0, ())
    assert ("tax exemption", "allow") in [(each.decides, each.outcome) for each in moved.plan.rulings]


def test_a_rule_is_for_the_kinds_that_it_names_in_its_place() -> None:
    assert change(order(), TO_FRANCE, policy=ruled(a_rule("tax", kinds=("zero_rated",)))).after.totals.tax == 0
    assert change(order(), TO_FRANCE, policy=ruled(a_rule("tax", "GB"))).after.totals.tax == 0
    at_home = change(order(), ADD, policy=ruled(a_rule("tax", "DE")))
    assert at_home.after.totals.tax == 0


def test_an_order_that_is_not_exempt_is_taxed_and_zero_rates_on_all_its_lines_are_seen() -> None:
    zero = change(order(None, (replace(NOTHING, name="VAT"),)), AddLine(sku="A", quantity=1))
    assert (zero.after.totals.tax, zero.plan.warnings) == (1900, (ZERO_RATES,))
    assert change(order(None, ()), AddLine(sku="A", quantity=1)).plan.warnings == ()


def test_an_exempt_order_with_tax_on_it_is_refused() -> None:
    vat = (NewTax(name="VAT", rate=Decimal("0.19")),)
    for given in (builder(taxes=vat), builder(shipping=Shipping(price=5, unrated=1))):
        with pytest.raises(Refusal) as refused:
            accept(given.new, "ord_1", "key")
        assert refused.value.code == "exempt-order-taxed"


def test_of_two_rules_for_one_place_the_second_is_refused() -> None:
    found = problems(ruled(a_rule("tax"), replace(a_rule("keep"), id="again")), "taxes")
    assert [(each.code, each.pointer) for each in found] == [("overlapping-rules", "/exemptions/1")]
