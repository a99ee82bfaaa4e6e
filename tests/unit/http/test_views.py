"""Whatever the domain knows of an order, a plan or a change is shown in replies, or named with why it is not.

A view is given a value with every part that it may have, and each field of each dataclass in it is looked for in what
the view makes. A new field of the domain is therefore shown and documented, or turns this red.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, make_dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from shared.domain.change.refund import Refund
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.payment import Payment
from shared.domain.planning.plan import ChangePlan, LineChange
from shared.http.resources.asset.reply import AssetReply
from shared.http.resources.change.reply import ChangeReply, ReplyRelease
from shared.http.resources.delegation.reply import DelegationReply
from shared.http.resources.history.reply import LogEntryReply
from shared.http.resources.order.reply import OrderReply
from shared.http.resources.policy.reply import PolicyVersionReply
from shared.http.resources.product.reply import ProductReply
from shared.http.resources.stock.reply import StockReply
from tests.unit.http.shown import NOT_SHOWN, RENAMED, SHOWN, Shown, shown_nowhere, walked


def test_every_field_is_shown_or_named_with_why_it_is_not() -> None:
    assert shown_nowhere(SHOWN.values()) == set(NOT_SHOWN)


def test_every_exception_says_why_and_every_new_name_is_of_a_field() -> None:
    met = {name for shown in SHOWN.values() for name, _ in walked(shown.of, shown.reply)}
    assert set(RENAMED) <= met
    assert [name for name, because in NOT_SHOWN.items() if not because] == []


@pytest.mark.parametrize("kind", [Line, Shipping, Fee, Payment, Charge, Refund, ChangePlan, LineChange])
def test_a_new_field_is_noticed_wherever_it_stands(kind: type) -> None:
    newer: Any = make_dataclass(
        kind.__name__, [("gift_note", str, "For Ada")], bases=(kind,), frozen=True, slots=True, kw_only=True
    )
    noticed = shown_nowhere([Shown(_newer(shown.of, kind, newer), shown.view) for shown in SHOWN.values()])
    assert noticed == {*NOT_SHOWN, f"{kind.__name__}.gift_note"}


def _newer(value: Any, kind: type, newer: Any) -> Any:
    """The same value with a `newer` one wherever one of `kind` stands."""
    if isinstance(value, tuple):
        return tuple(_newer(each, kind, newer) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {each.name: _newer(getattr(value, each.name), kind, newer) for each in fields(value)}
    return (newer if type(value) is kind else type(value))(**parts)


MODELS: Mapping[str, type[BaseModel]] = {
    "an order": OrderReply,
    "a change": ChangeReply,
    "a release": ReplyRelease,
    "an asset": AssetReply,
    "a product": ProductReply,
    "a stock level": StockReply,
    "a delegation": DelegationReply,
    "an entry of the log": LogEntryReply,
    "a version of a policy": PolicyVersionReply,
}
NEVER_TOGETHER = {
    "ChangeReply.waiting_for",
    "ReplyCollection.url",
    "PolicyVersionReply.rejected_by",
    "PolicyVersionReply.rejected_at",
    "ReplyTerms.replacements",
    "OrderReply.settlement",
    "PlanReply.settlement",
    "PlanReply.left_out",
}
"""Fields that only another status or kind has: these values are a draft, a version that was agreed to, a cancellation,
an order that is not overpaid, and a plan that is not too large."""


def test_what_is_shown_of_everything_is_what_the_document_says_of_it() -> None:
    left_out = {name for key, model in MODELS.items() for name in unset(model.model_validate(SHOWN[key].reply))}
    assert left_out == NEVER_TOGETHER


def unset(reply: BaseModel) -> Iterator[str]:
    """Documented fields that a reply, or a part of it, does not have."""
    for name in type(reply).model_fields:
        value = getattr(reply, name)
        if name not in reply.model_fields_set:
            yield f"{type(reply).__name__}.{name}"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from unset(each)
