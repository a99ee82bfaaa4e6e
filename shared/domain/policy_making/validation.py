"""Checks a policy document beyond its types: it finds rules that mislead, contradict each other or lock everyone out.

Each finding points into the document (RFC 6901). References to other documents are checked against those in force.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TypeAlias

from shared.domain.policy.documents.cancellation import GoodwillRule, OrderCostRule, RestockingRule
from shared.domain.policy.documents.collection import LONGEST_LINK, CollectionRule
from shared.domain.policy.documents.decimals import wild_decimals
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.documents.routing import same_route, unseen
from shared.domain.policy.policy import Policy
from shared.domain.policy_making.denials import denials
from shared.domain.policy_making.findings import (
    Found,
    all_sound,
    bad_amount,
    bad_amounts,
    bad_percent,
    bad_seconds,
    duplicates,
    for_products,
    overlaps,
    rules_problems,
    unknown_approvers,
)
from shared.domain.policy_making.hold_problems import hold_problems
from shared.domain.policy_making.lockout import locked_out
from shared.domain.policy_making.price_problems import bounds_problems, price_problems, tax_problems
from shared.domain.policy_making.reachable import unreachable
from shared.domain.policy_making.velocity_problems import step_up_problems, velocity_problems
from shared.domain.policy_making.vocabulary import EDITS, NEEDED, OF_A_CHANGE, OF_AN_EDIT, OF_UNITS
from shared.domain.refusal import Violation, escaped

NamedReasons: TypeAlias = Iterator[tuple[str, str, tuple[str, ...]]]
"""The rules that name reasons: each in words, the pointer into its document, and the reasons."""


def problems(policy: Policy, name: PolicyName) -> tuple[Violation, ...]:
    """Returns the problems of the document `name`, checked in a policy made of it and of all others in force."""
    return (*wild_decimals(getattr(policy, name)), *_CHECKS[name](policy))


def _reasons(policy: Policy) -> Found:
    codes = policy.reasons.codes
    yield from duplicates([reason.code for reason in codes], "/codes", "code")
    for kind in NEEDED:
        if not policy.reasons.known(kind):
            words = f"Without a reason for it, nobody could ask for a change of kind {kind}."
            yield Violation("locks-everyone-out", words, "/codes")
    for rule, _, reasons in (*_reasons_of_cancellation(policy), *_reasons_of_shipping(policy)):
        if unknown := sorted(set(reasons) - {reason.code for reason in codes}):
            words = f"{rule} names {', '.join(unknown)}; change it first."
            yield Violation("reason-in-use", words, "/codes")


def _reasons_of_cancellation(policy: Policy) -> NamedReasons:
    for index, fee in enumerate(policy.cancellation.restocking):
        yield f"Rule {index} of cancellation.restocking", f"/restocking/{index}/except_reasons", fee.except_reasons
    for index, rule in enumerate(policy.cancellation.order_cost_rules):
        yield f"Rule {index} of cancellation.order_cost_rules", f"/order_cost_rules/{index}/reasons", rule.reasons
    for index, given in enumerate(policy.cancellation.goodwill):
        yield f"Rule {index} of cancellation.goodwill", f"/goodwill/{index}/reasons", given.reasons


def _reasons_of_shipping(policy: Policy) -> NamedReasons:
    for index, rule in enumerate(policy.shipping.methods):
        yield f"Rule {index} of shipping.methods", f"/methods/{index}/except_reasons", rule.except_reasons


def _unknown_reasons(policy: Policy, named: NamedReasons) -> Found:
    known = {reason.code for reason in policy.reasons.codes}
    for _, pointer, reasons in named:
        if unknown := sorted(set(reasons) - known):
            yield Violation("unknown-name", f"No reasons: {', '.join(unknown)}.", pointer)


def _eligibility(policy: Policy) -> Found:
    rules = policy.eligibility.rules
    yield from rules_problems(rules, "/rules", OF_AN_EDIT)
    every = {edit for edits in EDITS.values() for edit in edits}
    for index, rule in enumerate(rules):
        if unknown := sorted(set(rule.edits) - every):
            words = f"Unknown: {', '.join(unknown)}. Eligibility is asked about {', '.join(sorted(every))}."
            yield Violation("unknown-name", words, f"/rules/{index}/edits")
        if rule.approvers and rule.outcome != "approve":
            words = "Only a rule whose outcome is approve names approvers."
            yield Violation("contradicts-itself", words, f"/rules/{index}/approvers")
        yield from unknown_approvers(policy, rule.approvers, f"/rules/{index}/approvers")
    if all_sound(rules, OF_AN_EDIT):
        yield from unreachable(rules)
        yield from locked_out(policy)


def _approvals(policy: Policy) -> Found:
    approvals = policy.approvals
    yield from duplicates([level.role for level in approvals.levels], "/levels", "role")
    for index, level in enumerate(approvals.levels):
        yield from bad_seconds(level.deadline_seconds, f"/levels/{index}/deadline_seconds")
        if level.remind_after_seconds is not None and not 0 < level.remind_after_seconds < level.deadline_seconds:
            words = "A reminder comes after its request and before the deadline."
            yield Violation("contradicts-itself", words, f"/levels/{index}/remind_after_seconds")
        if level.escalates_to is not None:
            yield from unknown_approvers(policy, (level.escalates_to,), f"/levels/{index}/escalates_to")
            ranks = [each.role for each in approvals.levels]
            if level.escalates_to in ranks and ranks.index(level.escalates_to) <= index:
                words = f"{level.role} can escalate only to a level that is listed after it."
                yield Violation("contradicts-itself", words, f"/levels/{index}/escalates_to")
    if not approvals.asked:
        words = "Somebody must approve what other rules want approved."
        yield Violation("locks-everyone-out", words, "/asked")
    yield from unknown_approvers(policy, approvals.asked, "/asked")
    yield from rules_problems(approvals.routes, "/routes", OF_A_CHANGE)
    for index, route in enumerate(approvals.routes):
        where = f"/routes/{index}"
        yield from bad_amounts(route.above, f"{where}/above")
        yield from bad_amounts(route.order_above or {}, f"{where}/order_above")
        yield from unknown_approvers(policy, route.approvers, f"{where}/approvers")
        if not route.above:
            words = "Name a currency for the threshold."
            yield Violation("threshold-without-currency", words, f"{where}/above")
    yield from overlaps(approvals.routes, "/routes", same_route)
    yield from unseen(approvals.routes)


def _cancellation(policy: Policy) -> Found:
    document = policy.cancellation
    if "other" not in document.refund_days:
        words = "Say how long every other method takes: `other`."
        yield Violation("unknown-name", words, "/refund_days")
    for method, days in document.refund_days.items():
        if not 0 <= days <= 365:
            yield Violation("out-of-range", "Between 0 and 365 days.", f"/refund_days/{escaped(method)}")
    yield from rules_problems(document.restocking, "/restocking", OF_UNITS)
    for index, rule in enumerate(document.restocking):
        yield from bad_percent(rule.percent, 0, 100, f"/restocking/{index}/percent")
        if not rule.stages:
            yield Violation("contradicts-itself", "Name a stage, or leave the rule out.", f"/restocking/{index}/stages")
    yield from _unknown_reasons(policy, _reasons_of_cancellation(policy))
    yield from overlaps(document.restocking, "/restocking", _same_fee)
    yield from rules_problems(document.order_cost_rules, "/order_cost_rules", OF_A_CHANGE)
    yield from for_products(document.order_cost_rules, "/order_cost_rules")
    yield from overlaps(document.order_cost_rules, "/order_cost_rules", _same_costs)
    yield from rules_problems(document.goodwill, "/goodwill", OF_A_CHANGE)
    yield from overlaps(document.goodwill, "/goodwill", _same_goodwill)
    yield from rules_problems(document.confirmations, "/confirmations", OF_A_CHANGE)


def _same_fee(first: RestockingRule, second: RestockingRule) -> bool:
    excepted = [(rule.when, rule.except_reasons, rule.except_faults) for rule in (first, second)]
    return bool(set(first.stages) & set(second.stages)) and excepted[0] == excepted[1]


def _same_costs(first: OrderCostRule, second: OrderCostRule) -> bool:
    return (first.stages, first.reasons, first.faults) == (second.stages, second.reasons, second.faults)


def _same_goodwill(first: GoodwillRule, second: GoodwillRule) -> bool:
    return (first.reasons, first.faults) == (second.reasons, second.faults)


def _shipping(policy: Policy) -> Found:
    methods = policy.shipping.methods
    yield from for_products(methods, "/methods")
    yield from _unknown_reasons(policy, _reasons_of_shipping(policy))
    yield from bounds_problems(policy.shipping.bounds)
    yield from for_products(policy.shipping.bounds, "/bounds")
    for index, rule in enumerate(methods):
        where = f"/methods/{index}"
        yield from bad_amount(rule.price, rule.currency, f"{where}/price")
        if rule.free_from is not None:
            yield from bad_amount(rule.free_from, rule.currency, f"{where}/free_from")
        if not 0 <= rule.delivery_days <= 365:
            yield Violation("out-of-range", "Between 0 and 365 days.", f"{where}/delivery_days")
    for (_, first), (index, second) in combinations(enumerate(methods), 2):
        same = (first.method, first.currency) == (second.method, second.currency)
        if same and first.only.meets(second.only):
            words = f"{second.method} in {second.currency} has two prices here."
            yield Violation("overlapping-rules", words, f"/methods/{index}")


def _checks(policy: Policy) -> Found:
    checks = policy.checks
    yield from rules_problems(checks.rules, "/rules", OF_A_CHANGE)
    for index, rule in enumerate(checks.rules):
        yield from unknown_approvers(policy, rule.approvers, f"/rules/{index}/approvers")
        if not rule.when:
            yield Violation("contradicts-itself", "Say when the check holds.", f"/rules/{index}/when")
    yield from rules_problems(checks.credit_limits, "/credit_limits", OF_A_CHANGE)
    yield from overlaps(checks.credit_limits, "/credit_limits")
    yield from for_products(checks.credit_limits, "/credit_limits")
    for index, limit in enumerate(checks.credit_limits):
        yield from bad_amounts(limit.limits, f"/credit_limits/{index}/limits")
    yield from step_up_problems(checks.step_up)
    yield from velocity_problems(policy)
    yield from hold_problems(checks.holds)
    if all_sound(checks.rules, OF_A_CHANGE):
        yield from denials(policy)


def _deadlines(policy: Policy) -> Found:
    rules = policy.deadlines.rules
    yield from rules_problems(rules, "/rules", OF_A_CHANGE)
    yield from overlaps(rules, "/rules")
    yield from for_products(rules, "/rules")
    for index, rule in enumerate(rules):
        for name in ("change_seconds", "confirmation_seconds", "acknowledgement_seconds"):
            yield from bad_seconds(getattr(rule, name), f"/rules/{index}/{name}")
        reminder = rule.confirmation_reminder_seconds
        if reminder is not None and not 0 < reminder < rule.confirmation_seconds:
            words = "A reminder comes after the asking and before the deadline."
            yield Violation("contradicts-itself", words, f"/rules/{index}/confirmation_reminder_seconds")
    if not any(rule.only.rank == 0 for rule in rules):
        yield Violation("contradicts-itself", "Some deadlines must be for everyone.", "/rules")


def _collection(policy: Policy) -> Found:
    rules = policy.collection.rules
    yield from rules_problems(rules, "/rules", OF_A_CHANGE)
    yield from for_products(rules, "/rules")
    yield from overlaps(rules, "/rules", _same_collection)
    for index, rule in enumerate(rules):
        if not 1 <= rule.deadline_hours <= LONGEST_LINK:
            words = f"Between 1 and {LONGEST_LINK} hours: no gateway keeps a payment link open for longer."
            yield Violation("out-of-range", words, f"/rules/{index}/deadline_hours")
        yield from bad_amounts(rule.waive_below, f"/rules/{index}/waive_below")
        for place, currency in enumerate(rule.currencies):
            yield from bad_amount("0", currency, f"/rules/{index}/currencies/{place}")


def _same_collection(first: CollectionRule, second: CollectionRule) -> bool:
    return (first.kinds, first.roles, first.currencies) == (second.kinds, second.roles, second.currencies)


_CHECKS: dict[PolicyName, Callable[[Policy], Found]] = {
    "reasons": _reasons,
    "eligibility": _eligibility,
    "approvals": _approvals,
    "cancellation": _cancellation,
    "prices": price_problems,
    "taxes": tax_problems,
    "shipping": _shipping,
    "checks": _checks,
    "deadlines": _deadlines,
    "collection": _collection,
}
