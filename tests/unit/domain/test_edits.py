"""Every edit says all that must be said of it, and the unions, the registry and policy's words agree."""

import sys
from dataclasses import MISSING, fields
from pkgutil import iter_modules
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from shared.domain.order.line import Line
from shared.domain.planning import edits
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.planning.edits import BY_OP, Edit, EditBase, RequestedEdit
from shared.domain.planning.edits.base import AmendmentEdit, CancellationEdit, ExchangeEdit, SettlementEdit
from shared.domain.policy_making.vocabulary import EDITS, OF_A_CHANGE
from tests.fakes.builders import an_order
from tests.support.shipped_rules import shipped_eligibility
from tests.unit.domain.test_erasing import full

EVERY = get_args(Edit)


def subclasses(kind: type) -> set[type]:
    below = set(kind.__subclasses__())
    return below.union(*(subclasses(each) for each in below))


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_edit_is_a_frozen_dataclass_whose_op_is_a_literal_and_its_default(kind: Any) -> None:
    hint = get_type_hints(kind)["op"]
    default = {each.name: each.default for each in fields(kind)}["op"]
    assert get_origin(hint) is Literal
    assert get_args(hint) == (default,)
    assert kind.__dataclass_params__.frozen


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_edit_has_no_question_left_open(kind: Any) -> None:
    assert issubclass(kind, EditBase)
    assert not kind.__abstractmethods__
    bases = (AmendmentEdit, CancellationEdit, ExchangeEdit, SettlementEdit)
    assert sum(issubclass(kind, base) for base in bases) == 1


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_edit_that_names_a_line_or_a_product_is_on_it(kind: Any) -> None:
    edit = full(kind)
    named = [getattr(edit, name) for name in ("line_id", "sku") if hasattr(edit, name)]
    assert edit.on == next(iter(named), "")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_a_part_that_needs_a_right_of_its_own_is_a_field_that_may_be_left_out(kind: Any) -> None:
    left_out = {each.name for each in fields(kind) if each.default is not MISSING}
    assert set(kind.parts) <= left_out


def test_every_file_of_the_package_is_read_so_that_no_edit_hides_in_one() -> None:
    files = {f"{edits.__name__}.{module.name}" for module in iter_modules(edits.__path__)}
    assert files <= set(sys.modules)


def test_no_edit_is_left_out_of_the_union_and_none_shares_its_op() -> None:
    made = {f"{kind.__module__}.{kind.__name__}" for kind in subclasses(EditBase) if "op" in kind.__annotations__}
    assert made == {f"{kind.__module__}.{kind.__name__}" for kind in EVERY}
    assert len(BY_OP) == len(EVERY)
    assert set(get_args(RequestedEdit)) <= set(EVERY)


def test_policy_can_name_every_edit_and_the_shipped_one_allows_each_that_has_rules_to_somebody() -> None:
    assert set(BY_OP) <= set(OF_A_CHANGE["edits"].known)  # type: ignore[union-attr]
    rules = shipped_eligibility().rules
    allowed = {edit for rule in rules if rule.outcome != "deny" for edit in rule.edits}
    assert {name for names in EDITS.values() for name in names} <= allowed


def test_an_edit_that_is_judged_as_another_names_one_that_has_rules() -> None:
    ruled = {name for names in EDITS.values() for name in names}
    judged_as = {edit.judged_as for edit in BY_OP.values() if edit.judged_as}
    assert judged_as <= ruled


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_edit_of_what_the_order_has_not_touches_nothing_of_it(kind: Any) -> None:
    order = an_order().with_line("MUG", 1, 1000).build()
    assert {"MUG"} >= set(touched_skus(order, [full(kind)])) - {"<ReplaceSku.with_sku>"} - set(skus_in(full(kind)))


def skus_in(edit: Any) -> list[str]:
    lines = [side for each in getattr(edit, "lines", ()) for side in (each.left, each.was) if isinstance(side, Line)]
    return [*(line.sku for line in lines), getattr(edit, "sku", None) or ""]
