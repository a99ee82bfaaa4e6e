"""What a policy document may say, and what is refused where it stands: rules that fail, deny all, or never decide."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.adapters.policy_file import ADAPTERS, shipped
from shared.domain.policy.documents.cancellation import OrderCostRule
from shared.domain.policy.documents.registry import PolicyName, needs_a_second
from shared.domain.policy.documents.routing import unseen
from shared.domain.policy_making.try_conditions import problems as problems_of
from shared.domain.policy_making.validation import problems
from shared.domain.policy_making.vocabulary import EDITS, OF_A_CHANGE, OF_AN_EDIT
from tests.fakes.policies import as_shipped

Found = list[tuple[str, str]]


def found(name: PolicyName, document: dict[str, Any]) -> Found:
    """Codes and pointers of what is wrong with the document, beside all others as they ship."""
    policy = replace(shipped(), **{name: ADAPTERS[name].validate_python(document)})
    return [(each.code, each.pointer) for each in problems(policy, name)]


# --------------------------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    "when",
    [
        "100 / size(segment) > 2",
        "100 / size(account) > 2 && tier == 'gold'",
        "tier == 'silver' || (size(segment) > 12 && int(segment) > 5)",
        "size(segment) > 120 && int(segment) > 5",
        "size(segment) > 0 && size(account) == 0 && int(segment) > 5",
        "refunds ? true : size(segment)",
    ],
)
def test_a_condition_that_fails_with_a_word_nobody_thought_of_is_refused(when: str) -> None:
    assert problems_of(when, OF_A_CHANGE)


@pytest.mark.parametrize(
    "when",
    [
        "size(segment) > 0 && 100 / size(segment) > 2",
        "size(segment) == 0",
        "size(segment) == 0 && size(account) == 0",
        "segment.startsWith('wholesale-') && reason == 'fraud'",
        "tier in ['gold', 'silver'] && refunds_today >= 3",
    ],
)
def test_a_condition_that_answers_for_every_word_is_sound(when: str) -> None:
    assert problems_of(when, OF_A_CHANGE) == ()


@pytest.mark.parametrize("length", sorted({len(name) for names in EDITS.values() for name in names}))
def test_a_condition_that_holds_for_some_word_is_sound_whichever_word_that_is(length: int) -> None:
    assert problems_of(f"size(edit) == {length}", OF_AN_EDIT) == ()


@pytest.mark.parametrize("when", ["size(edit) == 500", "sku != '' && edit.startsWith('set_x')"])
def test_a_condition_that_holds_for_no_word_is_refused(when: str) -> None:
    assert problems_of(when, OF_AN_EDIT)


# ------------------------------------------------------------------------------------------------------------ decimals


@pytest.mark.parametrize("wild", ["1E-9999999", "0E-9999999", "70.123456789", "1E+9999999", "0E+9999999", "1000000"])
def test_a_decimal_is_never_finer_or_larger_than_arithmetic_bears(wild: str) -> None:
    prices = as_shipped("prices", bounds=[as_shipped("prices")["bounds"][0] | {"floor_percent": Decimal(wild)}])
    assert ("out-of-range", "/bounds/0/floor_percent") in found("prices", prices)


@pytest.mark.parametrize(
    ("bounds", "code", "where"),
    [
        ([{"floor_percent": "101"}], "out-of-range", "/bounds/0/floor_percent"),
        ([{"floor_percent": "-1"}], "out-of-range", "/bounds/0/floor_percent"),
        ([{"ceiling_percent": "99"}], "out-of-range", "/bounds/0/ceiling_percent"),
        ([{"only": {"products": ["MUG"]}}], "contradicts-itself", "/bounds/0/only/products"),
        ([{}, {"id": "another"}], "overlapping-rules", "/bounds/1"),
    ],
)
def test_bounds_of_shipping_make_sense(bounds: list[dict[str, Any]], code: str, where: str) -> None:
    plain = as_shipped("shipping")["bounds"][0]
    assert (code, where) in found("shipping", as_shipped("shipping", bounds=[plain | each for each in bounds]))


def test_shipping_may_have_no_bounds_and_has_some_in_a_document_from_before_them() -> None:
    assert found("shipping", as_shipped("shipping", bounds=[])) == []
    older = {name: value for name, value in as_shipped("shipping").items() if name != "bounds"}
    assert ADAPTERS["shipping"].validate_python(older) == ADAPTERS["shipping"].validate_python(as_shipped("shipping"))


@pytest.mark.parametrize(
    ("name", "days"), [("longest_days", 0), ("longest_days", 36_526), ("start_ahead_days", -1), ("start_back_days", -1)]
)
def test_bounds_of_a_term_are_days_of_a_century_at_most(name: str, days: int) -> None:
    terms = as_shipped("prices")["terms"]
    terms[0][name] = days
    assert ("out-of-range", f"/terms/0/{name}") in found("prices", as_shipped("prices", terms=terms))


def test_two_bounds_of_the_same_terms_are_refused() -> None:
    [terms] = as_shipped("prices")["terms"]
    twice = as_shipped("prices", terms=[terms, {**terms, "id": "again"}])
    assert ("overlapping-rules", "/terms/1") in found("prices", twice)


def test_a_decimal_is_looked_at_wherever_it_stands() -> None:
    rates, fees = as_shipped("taxes")["rates"], as_shipped("cancellation")["restocking"]
    rates[1]["rate"] = fees[0]["percent"] = Decimal("1E-9")
    margins = [{"id": "wild", "percent": Decimal("1E-9")}]
    assert ("out-of-range", "/rates/1/rate") in found("taxes", as_shipped("taxes", rates=rates))
    assert ("out-of-range", "/restocking/0/percent") in found(
        "cancellation", as_shipped("cancellation", restocking=fees)
    )
    assert ("out-of-range", "/margin_floors/0/percent") in found("prices", as_shipped("prices", margin_floors=margins))


# ------------------------------------------------------------------------------------------------------------ lock-outs


def denying(*conditions: str) -> dict[str, Any]:
    """Checks that deny where one of these holds."""
    rules = [
        {"id": f"no-{number}", "when": when, "outcome": "deny", "words": "No."}
        for number, when in enumerate(conditions)
    ]
    return as_shipped("checks", rules=rules)


@pytest.mark.parametrize(
    "when",
    [
        "kind == 'cancellation'",
        "'cancel_units' in edits || 'cancel_order' in edits",
        "extent == 'partial'",
        "refunds",
        "raises_total",
        "role == 'customer'",
        "role != 'manager'",
        "kind == 'amendment' && role == 'agent'",
        "account != 'x'",
    ],
)
def test_a_check_that_leaves_a_kind_a_role_or_a_way_of_the_money_with_nothing_is_refused(when: str) -> None:
    assert found("checks", denying("expedites", when)) == [("locks-everyone-out", "/rules/1")]


def test_checks_that_only_together_leave_nobody_are_refused() -> None:
    halves = ("kind == 'cancellation' && extent == 'whole'", "kind == 'cancellation' && extent == 'partial'")
    assert [found("checks", denying(half)) for half in halves] == [[], []]
    assert found("checks", denying(*halves)) == [("locks-everyone-out", "/rules")]


@pytest.mark.parametrize(
    "when",
    [
        "expedites && (moves_address || hours_since_address_change < 24)",
        "authorisation == 'expired'",
        "raises_total && authorisation != 'valid'",
        "raises_total && credit != 'within'",
        "refunds && refunds_today > 3",
        "refunds && role != 'manager'",
        "role == 'customer' && kind == 'amendment'",
        "kind == 'cancellation' && stage == 'shipped'",
        "extent == 'whole'",
        "moves_address",
        "tier == 'blocked'",
        "currency == 'EUR'",
    ],
)
def test_a_check_that_leaves_somebody_a_way_is_sensible(when: str) -> None:
    assert found("checks", denying(when)) == []


def test_a_role_that_eligibility_lets_do_nothing_is_not_locked_out_by_a_check() -> None:
    assert found("checks", denying("role == 'finance'")) == []


# ------------------------------------------------------------------------------------------------------------- routes


def a_route(route_id: str, limit: str = "500.00", **more: Any) -> dict[str, Any]:
    return {"id": route_id, "above": {"USD": limit}, "approvers": ["manager"]} | more


def routed(*routes: dict[str, Any]) -> Found:
    return found("approvals", as_shipped("approvals", routes=list(routes)))


@pytest.mark.parametrize(
    "evading",
    [
        {"order_above": {"USD": "1000000.00"}},
        {"approvers": []},
        {"kinds": ["amendment"]},
        {"when": "refunds"},
        {"only": {"tiers": ["gold"]}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_some_route_with_approvers_is_for_every_change(evading: dict[str, Any]) -> None:
    assert routed(a_route("sole", **evading)) == [("contradicts-itself", "/routes")]
    assert routed(a_route("narrow", "400.00", **evading), a_route("all")) == []


def test_no_route_without_approvers_is_the_last_word_on_every_change() -> None:
    assert routed(a_route("all"), a_route("none", "500.01", approvers=[])) == [
        ("contradicts-itself", "/routes/1/approvers")
    ]
    assert routed(a_route("all"), a_route("small", "499.99", approvers=[])) == []
    assert routed(a_route("all"), a_route("none", above={"SEK": "1.00"}, approvers=[])) != []


def test_a_malformed_limit_is_a_finding_of_its_own() -> None:
    (route,) = ADAPTERS["approvals"].validate_python(as_shipped("approvals", routes=[a_route("all", "many")])).routes
    assert list(unseen((route, replace(route, id="none", approvers=())))) == []


# ----------------------------------------------------------------------------------------------------------- products


MUGS = {"only": {"products": ["MUG"]}}
STEP_UP = {"id": "mugs", "above": {"USD": "0"}, "max_age_seconds": 60} | MUGS
CREDIT = {"id": "mugs", "limits": {"USD": "1.00"}} | MUGS


def test_a_rule_about_whole_orders_is_not_for_some_products() -> None:
    """It is looked up without a product, and so it would never be found."""
    checks = found("checks", as_shipped("checks", step_up=[STEP_UP], credit_limits=[CREDIT]))
    assert checks == [
        ("contradicts-itself", "/credit_limits/0/only/products"),
        ("contradicts-itself", "/step_up/0/only/products"),
    ]
    (everyone,) = as_shipped("deadlines")["rules"]
    deadlines = found("deadlines", {"rules": [everyone, everyone | {"id": "mugs"} | MUGS]})
    assert deadlines == [("contradicts-itself", "/rules/1/only/products")]
    method = as_shipped("shipping")["methods"][0]
    shipping = found("shipping", as_shipped("shipping", methods=[method | MUGS]))
    assert shipping == [("contradicts-itself", "/methods/0/only/products")]


# ------------------------------------------------------------------------------------------------ what comes together


FAST = {"id": "fast", "per": "agent", "above": {"USD": "1.00"}, "outcome": "approve", "words": "Much."}


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        ({"above": {"USD": "-1.00"}}, ("out-of-range", "/velocity/0/above/USD")),
        ({"above": {"USD": "much"}}, ("malformed-amount", "/velocity/0/above/USD")),
        ({"above": {"ZZZ": "1.00"}}, ("unknown-currency", "/velocity/0/above/ZZZ")),
        ({"id": ""}, ("out-of-range", "/velocity/0/id")),
        ({"approvers": ["lead", "lead"]}, ("contradicts-itself", "/velocity/0/approvers")),
        (MUGS, ("contradicts-itself", "/velocity/0/only/products")),
        ({"outcome": "deny", "above": {}}, ("locks-everyone-out", "/velocity/0")),
        ({"outcome": "deny", "above": {"USD": "0"}}, ("locks-everyone-out", "/velocity/0")),
    ],
)
def test_a_rule_of_velocity_makes_sense(rule: dict[str, object], finding: tuple[str, str]) -> None:
    assert finding in found("checks", as_shipped("checks", velocity=[FAST | rule]))


def test_a_rule_of_velocity_may_deny_some_or_beyond_an_amount() -> None:
    some = FAST | {"outcome": "deny", "above": {}, "roles": ["customer"]}
    beyond = FAST | {"id": "beyond", "outcome": "deny"}
    assert found("checks", as_shipped("checks", velocity=[some, beyond])) == []


@pytest.mark.parametrize(
    "bad", [{"per": "week"}, {"outcome": "warn"}, {"above": None}, {"limit": 3}, {"roles": ["boss"]}]
)
def test_a_rule_of_velocity_of_another_form_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ADAPTERS["checks"].validate_python(as_shipped("checks", velocity=[FAST | bad]))


@pytest.mark.parametrize("bad", [["week"], "agent", None])
def test_step_up_adds_up_over_known_scopes_only(bad: object) -> None:
    step_up = {"id": "all", "above": {}, "max_age_seconds": 60, "adds_up": bad}
    with pytest.raises(ValidationError):
        ADAPTERS["checks"].validate_python(as_shipped("checks", step_up=[step_up]))


HOLD = {"id": "some", "words": "Some."}


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        ({"share_percent": "101"}, ("out-of-range", "/holds/0/share_percent")),
        ({"share_percent": "-1"}, ("out-of-range", "/holds/0/share_percent")),
        ({"per_line": -1}, ("out-of-range", "/holds/0/per_line")),
        ({"per_order": -1}, ("out-of-range", "/holds/0/per_order")),
        ({"per_customer": 10**10}, ("out-of-range", "/holds/0/per_customer")),
        ({"seconds": 0}, ("out-of-range", "/holds/0/seconds")),
        ({"id": ""}, ("out-of-range", "/holds/0/id")),
        (MUGS, ("contradicts-itself", "/holds/0/only/products")),
    ],
)
def test_a_rule_for_holds_makes_sense(rule: dict[str, object], finding: tuple[str, str]) -> None:
    assert finding in found("checks", as_shipped("checks", holds=[HOLD | rule]))


def test_two_rules_for_the_same_holds_overlap() -> None:
    twice = [HOLD, HOLD | {"id": "again", "per_line": 3}]
    assert found("checks", as_shipped("checks", holds=twice)) == [("overlapping-rules", "/holds/1")]
    apart = [HOLD, HOLD | {"id": "again", "waits": ["payment"]}]
    assert found("checks", as_shipped("checks", holds=apart)) == []


@pytest.mark.parametrize(
    "bad",
    [{"waits": ["tea"]}, {"roles": ["boss"]}, {"per_line": "many"}, {"seconds": "soon"}, {"units": 3}, {"words": None}],
)
def test_a_rule_for_holds_of_another_form_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ADAPTERS["checks"].validate_python(as_shipped("checks", holds=[HOLD | bad]))


# ---------------------------------------------------------------------------------------------- whose fault a reason is


RULE = {"id": "ours", "reasons": ["item_defect"], "lapse": "always", "words": "It is our fault."}


def test_a_rule_that_names_no_reason_of_the_document_is_refused() -> None:
    costs = found("cancellation", as_shipped("cancellation", order_cost_rules=[RULE | {"reasons": ["rain"]}]))
    assert costs == [("unknown-name", "/order_cost_rules/0/reasons")]
    method = as_shipped("shipping")["methods"][0]
    shipping = found("shipping", as_shipped("shipping", methods=[method | {"except_reasons": ["rain"]}]))
    assert shipping == [("unknown-name", "/methods/0/except_reasons")]


def test_rules_of_the_orders_costs_do_not_overlap_and_are_for_whole_orders() -> None:
    twice = [RULE, RULE | {"id": "again"}]
    assert found("cancellation", as_shipped("cancellation", order_cost_rules=twice)) == [
        ("overlapping-rules", "/order_cost_rules/1")
    ]
    mugs = found("cancellation", as_shipped("cancellation", order_cost_rules=[RULE | MUGS]))
    assert mugs == [("contradicts-itself", "/order_cost_rules/0/only/products")]


GOODWILL = {"id": "payment", "tax": "none", "words": "A payment."}


def test_rules_of_goodwill_name_reasons_that_there_are_and_do_not_overlap() -> None:
    rain = found("cancellation", as_shipped("cancellation", goodwill=[GOODWILL | {"reasons": ["rain"]}]))
    assert rain == [("unknown-name", "/goodwill/0/reasons")]
    twice = found("cancellation", as_shipped("cancellation", goodwill=[GOODWILL, GOODWILL | {"id": "again"}]))
    assert twice == [("overlapping-rules", "/goodwill/1")]


@pytest.mark.parametrize("tax", ["half", "", None, 1])
def test_goodwill_lowers_tax_in_proportion_or_not_at_all(tax: object) -> None:
    with pytest.raises(ValidationError):
        ADAPTERS["cancellation"].validate_python(as_shipped("cancellation", goodwill=[GOODWILL | {"tax": tax}]))


def test_a_reason_that_rules_of_costs_or_shipping_name_is_not_taken_away() -> None:
    method = replace(shipped().shipping.methods[0], except_reasons=("late_delivery",))
    rule = OrderCostRule(id="ours", reasons=("wrong_item",), lapse="always", words="It is our fault.")
    policy = replace(
        shipped(),
        shipping=replace(shipped().shipping, methods=(method,)),
        cancellation=replace(shipped().cancellation, restocking=(), order_cost_rules=(rule,)),
        reasons=replace(shipped().reasons, codes=shipped().reasons.codes[:1]),
    )
    words = [each.detail for each in problems(policy, "reasons") if each.code == "reason-in-use"]
    assert words == [
        "Rule 0 of cancellation.order_cost_rules names wrong_item; change it first.",
        "Rule 0 of shipping.methods names late_delivery; change it first.",
    ]


def test_versions_from_before_there_were_faults_read_as_nobodys_fault() -> None:
    old = {"code": "item_defect", "title": "Defect", "kinds": ["cancellation"]}
    assert ADAPTERS["reasons"].validate_python({"codes": [old]}).fault_of("item_defect", "cancellation") == "nobody"
    cancellation = ADAPTERS["cancellation"].validate_python({"refund_days": {"other": 7}})
    assert (cancellation.order_cost_rules, cancellation.order_costs) == ((), "when_nothing_shipped")


@pytest.mark.parametrize(("fault", "second"), [("merchant", True), ("customer", True), ("nobody", False)])
def test_reasons_that_lay_a_fault_move_money_and_need_a_second_operator(fault: str, second: bool) -> None:
    code = {"code": "item_defect", "title": "Defect", "kinds": ["cancellation"], "fault": fault}
    assert needs_a_second("reasons", ADAPTERS["reasons"].validate_python({"codes": [code]})) is second


# ---------------------------------------------------------------------------------------------------------- collection

PAY_FIRST: dict[str, Any] = {"id": "first", "mode": "before_commit", "words": "Pay first."}


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_a_payment_link_is_open_for_an_hour_at_least_and_a_day_at_most(hours: int) -> None:
    assert found("collection", {"rules": [PAY_FIRST | {"deadline_hours": hours}]}) == [
        ("out-of-range", "/rules/0/deadline_hours")
    ]


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ({"USD": "-1.00"}, "out-of-range"),
        ({"USD": "0.001"}, "amount-too-precise"),
        ({"XXX": "1.00"}, "unknown-currency"),
        ({"JPY": "a little"}, "malformed-amount"),
    ],
)
def test_what_is_waived_is_an_amount_of_its_currency(amounts: dict[str, str], code: str) -> None:
    currency = next(iter(amounts))
    document = {"rules": [PAY_FIRST | {"waive_below": amounts}]}
    assert found("collection", document) == [(code, f"/rules/0/waive_below/{currency}")]


def test_a_collection_rule_names_currencies_that_there_are() -> None:
    assert found("collection", {"rules": [PAY_FIRST | {"currencies": ["USD", "DOLLAR"]}]}) == [
        ("unknown-currency", "/rules/0/currencies/1")
    ]


def test_two_collection_rules_for_the_same_changes_contradict_each_other() -> None:
    twins = [PAY_FIRST, PAY_FIRST | {"id": "second", "mode": "bill"}]
    assert found("collection", {"rules": twins}) == [("overlapping-rules", "/rules/1")]


def test_a_collection_rule_for_products_would_never_decide() -> None:
    document = {"rules": [PAY_FIRST | {"only": {"products": ["MUG"]}}]}
    assert found("collection", document) == [("contradicts-itself", "/rules/0/only/products")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "later"},
        {"mode": None},
        {"deadline_hours": "soon"},
        {"waive_below": {"USD": 1}},
        {"waive_below": "1.00"},
        {"roles": ["nobody"]},
        {"kinds": ["refund"]},
        {"surprise": True},
    ],
)
def test_a_collection_rule_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rules"):
        ADAPTERS["collection"].validate_python({"rules": [PAY_FIRST | wrong]})
