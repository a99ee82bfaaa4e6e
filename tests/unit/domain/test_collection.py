"""Policy's rule for who asks, what and where decides by which way an addition to the customer's debt is collected."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ADAPTERS, ShippedPolicies
from shared.domain.order.order import ChangeKind, Fee, Order
from shared.domain.order.product import Catalogue, Product
from shared.domain.order.progress import Progress
from shared.domain.planning.collection import WAIVED
from shared.domain.planning.edits import AddLine, CancelUnits, Edit, Money, SetQuantity, SetUnitPrice, TakeBack
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.planner import plan
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Role
from tests.fakes.builders import an_order

FIRST: dict[str, Any] = {"id": "first", "mode": "before_commit", "deadline_hours": 3, "words": "Pay first."}
BILL: dict[str, Any] = {"id": "bill", "mode": "bill", "words": "Billed."}
SMALL: dict[str, Any] = BILL | {"id": "small", "waive_below": {"USD": "1.00"}}

PAID = an_order().with_line("MUG", 3, 1000, taxes=()).paid().build()
ONE_MORE = SetQuantity(line_id="l1", quantity=4)


def ruled(*rules: dict[str, Any]) -> Policy:
    document = ADAPTERS["collection"].validate_python({"rules": rules})
    return replace(ShippedPolicies().current(), collection=document)


def planned(order: Order, *edits: Edit, policy: Policy, role: Role = "manager") -> Planned:
    kind: ChangeKind = "cancellation" if isinstance(edits[0], CancelUnits) else "amendment"
    return plan(order, edits, PlanContext(kind=kind, role=role, policy=policy))


def collected(order: Order, *rules: dict[str, Any], role: Role = "manager", edit: Edit = ONE_MORE) -> ChangePlan:
    return planned(order, edit, policy=ruled(*rules), role=role).plan


def mode(plan: ChangePlan) -> str | None:
    return plan.collection.mode if plan.collection else None


def dearer(cents: int) -> Edit:
    """Raises the price of all three mugs by so much each."""
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=1000 + cents, currency="USD"))


# ------------------------------------------------------------------------------------------------------------ the mode


def test_without_a_rule_a_rise_is_billed_as_ever_and_the_digest_is_as_ever() -> None:
    without, billed = collected(PAID), collected(PAID, BILL)
    assert (mode(without), mode(billed), without.amount_due) == (None, "bill", 1000)
    assert without.digest == billed.digest


def test_the_link_is_for_exactly_what_the_plan_says_is_due() -> None:
    result = collected(PAID, FIRST)
    assert result.collection
    assert (result.collection.amount, result.amount_due, result.collection.gateway) == (1000, 1000, "sandbox")
    assert result.collection.wait_seconds == 3 * 3600


def test_the_digest_covers_what_is_collected_before_the_commit_and_how_long() -> None:
    digests = {collected(PAID, rule).digest for rule in (BILL, FIRST, FIRST | {"deadline_hours": 4})}
    assert len(digests) == 3


def test_the_words_and_the_name_of_a_rule_are_no_outcome() -> None:
    assert collected(PAID, FIRST).digest == collected(PAID, FIRST | {"id": "other", "words": "Other."}).digest


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({"roles": ["manager"]}, True),
        ({"roles": ["customer"]}, False),
        ({"kinds": ["amendment"]}, True),
        ({"kinds": ["cancellation"]}, False),
        ({"currencies": ["USD", "EUR"]}, True),
        ({"currencies": ["EUR"]}, False),
        ({"only": {"tiers": ["gold"]}}, True),
        ({"only": {"tiers": ["standard"]}}, False),
        ({"only": {"channels": ["direct"]}}, True),
        ({"only": {"channels": ["shopify"]}}, False),
        ({"only": {"accounts": ["cus-1"]}}, True),
    ],
)
def test_a_rule_is_for_some_roles_kinds_currencies_tiers_channels_or_accounts(scope: Any, fits: bool) -> None:
    assert mode(collected(PAID, FIRST | scope)) == ("before_commit" if fits else None)


def test_the_most_specific_rule_decides_and_among_equals_the_first() -> None:
    assert mode(collected(PAID, BILL, FIRST)) == "bill"
    assert mode(collected(PAID, BILL, FIRST | {"only": {"tiers": ["gold"]}})) == "before_commit"


def test_a_change_that_adds_no_debt_collects_nothing() -> None:
    assert mode(collected(PAID, FIRST, edit=SetQuantity(line_id="l1", quantity=2))) is None


def test_what_an_authorisation_covers_is_captured_later_and_collected_by_no_link() -> None:
    order = an_order().with_line("MUG", 3, 1000, taxes=()).authorised().build()
    ample = replace(order, payments=tuple(replace(each, authorised=4000) for each in order.payments))
    assert (mode(collected(order, FIRST)), mode(collected(ample, FIRST))) == ("before_commit", None)


def test_where_no_payment_is_by_a_gateway_that_makes_links_it_is_billed_and_the_words_say_so() -> None:
    by_hand = replace(PAID, payments=tuple(replace(each, gateway="bank_transfer") for each in PAID.payments))
    result = collected(by_hand, FIRST)
    assert result.collection
    assert (result.collection.mode, "so it is billed" in result.collection.because) == ("bill", True)
    assert [each.outcome for each in result.rulings if each.decides == "collection"] == ["bill"]


# ------------------------------------------------------------------------------------------------------------- waiving


def test_a_difference_below_policys_amount_is_waived_and_the_books_are_even() -> None:
    result = planned(PAID, dearer(33), policy=ruled(SMALL))
    told = result.plan
    assert told.collection
    assert (told.collection.mode, told.collection.amount, told.amount_due) == ("waive", 99, 0)
    assert (told.totals_after.total, told.totals_after.balance_due) == (3000, 0)
    assert [(fee.code, fee.amount) for fee in told.fees] == [(WAIVED, -99)]
    assert [(fee.code, fee.amount) for fee in result.after.fees] == [(WAIVED, -99)]
    assert result.after.totals == told.totals_after
    assert ("collection", "small", "waive") in [(each.decides, each.rule, each.outcome) for each in told.rulings]


def test_a_difference_that_reaches_policys_amount_is_not_waived() -> None:
    order = an_order().with_line("MUG", 1, 1000, taxes=()).paid().build()
    assert [mode(collected(order, SMALL, edit=dearer(cents))) for cents in (99, 100)] == ["waive", "bill"]


def test_a_currency_that_policy_does_not_name_waives_nothing() -> None:
    order = an_order().in_currency("JPY").with_line("MUG", 1, 1000, taxes=()).paid().build()
    edit = SetUnitPrice(line_id="l1", unit_price=Money(amount=1001, currency="JPY"))
    assert mode(collected(order, SMALL, edit=edit)) == "bill"


def test_many_small_steps_do_not_add_up_to_more_than_policy_waives() -> None:
    policy = ruled(SMALL)
    order = planned(PAID, dearer(20), policy=policy).after
    second = planned(order, dearer(40), policy=policy).plan
    assert (mode(second), second.amount_due) == ("bill", 60)


def test_a_waived_sum_moves_no_approval() -> None:
    assert collected(PAID, SMALL, edit=dearer(33)).magnitude == collected(PAID, BILL, edit=dearer(33)).magnitude


def test_the_undo_of_a_waived_rise_gives_back_nothing_and_owes_nothing() -> None:
    policy = ruled(SMALL)
    done = planned(PAID, dearer(33), policy=policy)
    undone = planned(done.after, restoration("chg_1", done.plan), policy=policy)
    assert (undone.plan.refunds, undone.plan.amount_due, undone.after.totals) == ((), 0, PAID.totals)


def test_a_cancellation_after_a_waived_rise_gives_back_what_was_paid_and_no_more() -> None:
    policy = ruled(SMALL)
    order = planned(PAID, dearer(33), policy=policy).after
    left = planned(order, CancelUnits(line_id="l1", quantity=3), policy=policy).plan
    assert (left.violations, left.totals_after.total, [each.amount for each in left.refunds]) == ((), 0, [3000])


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(0, 3000), st.integers(0, 400), st.integers(0, 500), st.integers(0, 3000))
def test_whatever_is_waived_the_customer_owes_what_they_owed_and_no_total_is_negative(
    units: int, price: int, more: int, limit: int, paid: int
) -> None:
    order = an_order().with_line("MUG", units, price).paid(paid).build()
    rule = SMALL | {"waive_below": {"USD": f"{limit // 100}.{limit % 100:02}"}}
    edit = SetUnitPrice(line_id="l1", unit_price=Money(amount=price + more, currency="USD"))
    billed, result = collected(order, BILL, edit=edit), collected(order, rule, edit=edit)
    waives = 0 < billed.amount_due < limit
    assert (mode(result) == "waive") == waives
    assert result.amount_due == (0 if waives else billed.amount_due)
    if waives:
        assert result.totals_after.balance_due == max(0, result.totals_before.balance_due)
        assert result.totals_after.total == billed.totals_after.total - billed.amount_due >= 0


def test_a_fee_of_the_shops_own_stays_beside_a_waived_sum() -> None:
    order = replace(PAID, fees=(Fee(code="gift_wrap", amount=0),))
    result = planned(order, dearer(1), policy=ruled(SMALL))
    assert [fee.code for fee in result.after.fees] == ["gift_wrap", WAIVED]


def test_what_was_waived_goes_when_what_it_waived_goes() -> None:
    policy = ruled(SMALL)
    order = an_order().with_line("MUG", 3, 1000, taxes=()).with_line("STICKER", 1, 49, taxes=()).build()
    order = replace(order, payments=PAID.payments, fees=(Fee(code=WAIVED, amount=-49, rule="small"),))
    left = planned(order, CancelUnits(line_id="l2", quantity=1), policy=policy)
    assert (left.plan.violations, left.plan.refunds, left.after.fees) == ((), (), ())
    assert (left.after.totals.total, left.after.totals.balance_due) == (3000, 0)


def test_nobody_owes_a_restocking_fee_on_what_was_waived() -> None:
    builder = an_order().with_line("MUG", 1, 1000, taxes=()).paid().with_line("PIN", 1, 90, taxes=())
    shipped = replace(builder.build(), fees=(Fee(code=WAIVED, amount=-90, rule="small"),)).with_progress(
        "l2", Progress(picked=1, packed=1, shipped=1)
    )
    found = planned(shipped, CancelUnits(line_id="l2", exception="intercept"), policy=ruled(SMALL))
    assert not found.plan.violations
    assert (found.plan.refunds, [fee.code for fee in found.after.fees if fee.amount]) == ((), [])


def test_an_exchange_of_what_was_waived_costs_no_restocking_fee() -> None:
    """Nothing was paid for the pin, so nothing of it would come back; the mug that comes makes no fee of it."""
    builder = an_order().with_line("MUG", 1, 1000, taxes=()).paid().with_line("PIN", 1, 90, taxes=())
    shipped = replace(builder.build(), fees=(Fee(code=WAIVED, amount=-90, rule="small"),)).with_progress(
        "l2", Progress(picked=1, packed=1, shipped=1, delivered=1)
    )
    price = Money(amount=1000, currency="USD")
    edits = TakeBack(line_id="l2"), AddLine(sku="CUP", quantity=1, unit_price=price)
    catalogue = Catalogue(products={"CUP": Product(sku="CUP", list_price={"USD": 1000})})
    context = PlanContext(
        kind="exchange", role="manager", policy=ruled(SMALL), catalogue=catalogue, reason_code="customer_request"
    )
    found = plan(shipped, edits, context)
    assert not found.plan.violations
    assert [fee.code for fee in found.after.fees if fee.amount > 0] == []


def test_an_undo_that_puts_fees_back_and_leaves_nothing_leaves_no_fees() -> None:
    policy, price = ruled(SMALL), Money(amount=20, currency="USD")
    order = an_order().with_line("FREE", 1, 0, taxes=()).paid(500).build()
    order = replace(order, fees=(Fee(code="duties", amount=500),))
    added = planned(order, AddLine(sku="PIN", quantity=1, unit_price=price, tax_included=False), policy=policy)
    assert [fee.code for fee in added.after.fees] == ["duties", WAIVED]
    emptied = planned(added.after, CancelUnits(line_id="l1"), policy=policy).after
    undone = planned(emptied, restoration("chg_1", added.plan), policy=policy)
    assert (undone.plan.violations, undone.after.fees, undone.after.totals.total) == ((), (), 0)


def test_a_price_that_falls_back_takes_its_waived_sum_with_it() -> None:
    policy = ruled(SMALL)
    risen = planned(PAID, dearer(33), policy=policy).after
    partly = planned(risen, dearer(10), policy=policy)
    assert ([fee.amount for fee in partly.after.fees], partly.plan.refunds) == ([-30], ())
    back = planned(partly.after, dearer(0), policy=policy)
    assert (back.after.fees, back.plan.refunds, back.after.totals) == ((), (), PAID.totals)


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 60), min_size=1, max_size=6))
def test_a_waived_sum_is_never_paid_out(prices: list[int]) -> None:
    policy, order, kept = ruled(SMALL), PAID, 3000
    for more in prices:
        result = planned(order, dearer(more), policy=policy)
        back, order = sum(refund.amount for refund in result.plan.refunds), result.after
        lines = sum(line.total for line in order.lines)
        assert back <= max(0, kept - lines)
        assert lines - 99 <= order.totals.total <= lines
        kept -= back


def test_a_restocking_fee_on_what_was_partly_waived_leaves_one_waived_sum() -> None:
    """Of 0.29 that is returned 0.28 was waived: what is waived falls by what the total falls, fee included."""
    builder = an_order().with_line("MUG", 1, 1000, taxes=()).with_line("PIN", 1, 29, taxes=()).paid(1001)
    order = replace(builder.build(), fees=(Fee(code=WAIVED, amount=-28, rule="small"),)).with_progress(
        "l2", Progress(picked=1, packed=1, shipped=1)
    )
    found = planned(order, CancelUnits(line_id="l2", exception="intercept"), policy=ruled(SMALL))
    assert not found.plan.violations
    assert [fee.code for fee in found.after.fees].count(WAIVED) <= 1
    assert found.plan.collection is None
