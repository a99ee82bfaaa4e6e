"""Tests the documents that ship: the only tests that turn red when a business changes its numbers for the worse."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from shared.adapters import policy_file
from shared.adapters.policy_file import shipped
from shared.domain.order.order import Fee
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import CancelOrder, CancelUnits, Settle
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.planner import plan
from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName
from shared.domain.policy.subjects import Role
from shared.domain.policy_making.validation import problems
from tests.fakes import an_order
from tests.fakes.world import NOW

NAMES: tuple[PolicyName, ...] = tuple(DOCUMENTS)
SHIPPED = Path(str(resources.files("shared.policies")))


def read_from(folder: Path) -> None:
    policy_file.FOLDER = folder
    policy_file.shipped_documents.cache_clear()
    policy_file.shipped.cache_clear()


@pytest.fixture(autouse=True)
def the_shipped_documents() -> Iterator[None]:
    frozen = policy_file.FOLDER
    read_from(SHIPPED)
    yield
    read_from(frozen)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_as_shipped_has_no_problems(name: PolicyName) -> None:
    assert problems(shipped(), name) == ()


def test_every_document_ships_and_nothing_else_does() -> None:
    assert {path.stem for path in SHIPPED.glob("*.json")} == set(NAMES)


def test_every_level_above_the_first_is_asked_for_more_money_than_the_one_below() -> None:
    approvals: Approvals = shipped().approvals
    assert [level.role for level in approvals.levels] == ["lead", "manager", "finance"]
    assert all(route.above for route in approvals.routes if route.id == "large")


def test_every_reason_that_is_the_merchants_spares_the_customer_shipping_and_restocking() -> None:
    reasons = {each.code: each.fault for each in shipped().reasons.codes}
    ours = {"item_defect", "stock_shortage", "wrong_item", "late_delivery", "discontinued_product"}
    ours |= {"misconfigured_item", "price_correction", "price_change"}
    assert {code for code, fault in reasons.items() if fault == "merchant"} == ours
    assert all("merchant" in rule.except_faults for rule in shipped().cancellation.restocking)
    assert all("merchant" in rule.except_faults for rule in shipped().shipping.methods if rule.recalculate)


@pytest.mark.parametrize("code", ["price_change", "price_correction"])
def test_an_order_can_be_cancelled_because_its_price_moved_or_was_wrong(code: str) -> None:
    assert shipped().reasons.find(code, "cancellation")


def planned(role: Role, reason: str) -> ChangePlan:
    """Of a paid order one unit is cancelled that nobody has touched yet."""
    order = an_order().with_line("A", 3, 2000).paid().build()
    context = PlanContext(kind="cancellation", role=role, policy=shipped(), reason_code=reason, now=NOW)
    return plan(order, [CancelUnits(line_id="l1", quantity=1)], context).plan


def test_a_customer_who_lays_the_fault_on_the_merchant_is_looked_at_by_somebody() -> None:
    """Else everybody would spare themselves costs by a word."""
    assert [each.code for each in planned("customer", "stock_shortage").violations] == []
    assert planned("customer", "stock_shortage").approvals
    assert not planned("customer", "customer_request").approvals
    assert not planned("agent", "stock_shortage").approvals


def returned_whole(reason: str) -> ChangePlan:
    """A paid order with shipping and a fee, delivered."""
    order = an_order().with_line("A", 2, 2000).shipped_for(500).build()
    order = replace(order, fees=(Fee(code="gift-wrap", amount=200, tax=40),))
    paid = an_order().paid(order.totals.total).new.payments[0]
    gone = Progress(picked=2, packed=2, shipped=2, delivered=2, delivered_on=NOW.date())
    order = replace(order, payments=(paid,), progress={"l1": gone})
    context = PlanContext(kind="cancellation", role="agent", policy=shipped(), reason_code=reason, now=NOW)
    return plan(order, [CancelOrder(exception="return")], context).plan


def test_a_defective_order_that_returns_whole_after_delivery_gives_its_shipping_and_fees_back_too() -> None:
    found = returned_whole("item_defect")
    assert sum(refund.amount for refund in found.refunds) == found.totals_before.total == 5540
    assert "our-fault" in [ruling.rule for ruling in found.rulings]


def test_an_order_that_the_customer_returns_whole_after_delivery_has_been_shipped() -> None:
    found = returned_whole("customer_request")
    fees = sum(fee.amount for fee in found.fees)
    assert sum(refund.amount for refund in found.refunds) == 4800 - fees


@pytest.mark.parametrize("reason", ["fraud", "legal_compliance", "goodwill"])
def test_some_reasons_are_staffs_alone(reason: str) -> None:
    assert "check-failed" in [each.code for each in planned("customer", reason).violations]
    assert "check-failed" not in [each.code for each in planned("agent", reason).violations]


@pytest.mark.parametrize(
    ("role", "denied", "approvers"),
    [("customer", True, []), ("agent", False, ["manager"]), ("lead", False, ["manager"])],
)
def test_what_is_overpaid_goes_back_by_an_agent_s_word_and_a_manager_s_approval(
    role: Role, denied: bool, approvers: list[str]
) -> None:
    order = an_order().with_line("A", 1, 2000).paid().paid(2400, "pay-2").build()
    context = PlanContext(kind="settlement", role=role, policy=shipped(), reason_code="overpayment", now=NOW)
    found = plan(order, [Settle()], context).plan
    assert [each.code for each in found.violations] == (["not-eligible"] if denied else [])
    assert [needed.role for needed in found.approvals if not denied] == approvers


def test_an_edited_document_never_ships_under_the_name_of_the_old_one(tmp_path: Path) -> None:
    """An entry of the log names the rules that judged it, also when a file was edited without a new version."""
    before = shipped().version
    shutil.copytree(SHIPPED, tmp_path / "policies")
    edited = tmp_path / "policies/deadlines.json"
    document = json.loads(edited.read_text())
    document["rules"][0]["change_seconds"] += 1
    edited.write_text(json.dumps(document))
    read_from(tmp_path / "policies")
    assert shipped().version != before


def test_a_document_that_is_only_written_another_way_keeps_its_name(tmp_path: Path) -> None:
    before = shipped().version
    shutil.copytree(SHIPPED, tmp_path / "policies")
    for path in (tmp_path / "policies").glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()), indent=7))
    read_from(tmp_path / "policies")
    assert shipped().version == before
