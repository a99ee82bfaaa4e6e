"""Names what replies do not show of the domain, and why; and finds every field of a value in what its view makes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from shared.domain.audit.log import LogEntry, Verification
from shared.domain.change.change import Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Asset, Order, Shipping
from shared.domain.order.party import Address
from shared.domain.order.product import Product, StockLevel
from shared.domain.policy.documents.registry import SHIPPED
from shared.domain.policy.versions import PolicyVersion
from shared.http.resources.asset.view import asset_view
from shared.http.resources.change.view import change_view
from shared.http.resources.delegation.view import delegation_view
from shared.http.resources.history.view import entry_view, verification_view
from shared.http.resources.order.view import order_view
from shared.http.resources.policy.view import version_view
from shared.http.resources.product.view import product_view
from shared.http.resources.stock.view import stock_view
from tests.support.full import full

TEXTS: Mapping[str, object] = {
    "Order.currency": "USD",
    "ChangePlan.currency": "USD",
    "Money.currency": "USD",
    "Product.list_price key": "USD",
    "Product.unit_cost key": "USD",
    "ProductCharge.price key": "USD",
    "PolicyVersion.document": "{}",
    "Order.version": 2,
    "PolicyVersion.version": SHIPPED + 1,
    "Order.progress key": "<Line.line_id>",
    "ChangePlan.kind": "cancellation",
    "Change.status": ChangeStatus.PENDING_PAYMENT,
}
MOVED: Mapping[str, object] = {
    "ChangePlan.address_before": replace(full(Address), city="Elsewhere"),
    "ChangePlan.shipping_before": replace(full(Shipping), price=2),
}
GIVEN = {**TEXTS, **MOVED}
"""What a view needs to make something of a value, and to tell it whole."""

RENAMED: Mapping[str, str] = {
    "Order.progress": "lines.0.progress",
    "Discount.percent": "value",
    "Discount.amount": "value",
    "LineDiscount.percent": "value",
    "ChangePlan.address_before": "address.before",
    "ChangePlan.address_after": "address.after",
    "ChangePlan.shipping_before": "shipping.before",
    "ChangePlan.shipping_after": "shipping.after",
    "Change.requested_by": "",
    "Actor.id": "requested_by",
    "Actor.role": "requested_as",
    "Change.acknowledgements": "departments.0",
    "Acknowledgement.outcome": "status",
    "Approval.on_behalf_of": "stood_in",
    "PolicyVersion.decided_by": "agreed_by",
    "PolicyVersion.decided_at": "agreed_at",
    "SetDiscount.type": "discount.type",
    "SetDiscount.value": "discount.value",
}
"""Field → where in the reply it stands: a name, or a path of names and of places in lists."""

_UNDONE = "the plan of the change that undoes shows what it puts back"
_OURS = "it serves our own reckoning; its outcome is shown"
_POLICY = "it is kept for policy's analysis and replays"

NOT_SHOWN: Mapping[str, str] = {
    "Approval.by": "customers read changes too; the log, which staff read, names the person",
    "Approval.digest": "it is the plan's own, or the approval would not count",
    "Approval.policy_version": "the plan names the policy that it was made by",
    "Asked.step": _OURS,
    "Collection.misreported": "the timeline says what the gateway has told",
    "Collection.reference": "the link at `url` is what people need; the gateway's own name of it is for us",
    "Change.accept_digest": "it is what the caller sent",
    "Change.authors": "customers read changes too; the log, which staff read, names the persons",
    "Change.customer_id": "the order names its customer",
    "Change.counted": _POLICY,
    "Change.escalations": "`asked.passed_over` names who did not answer",
    "Change.guarded": "it follows from the reason, by policy",
    "Change.holds": "the plan's `stock` tells what it takes, and the timeline when that is no longer held",
    "Change.holds_counted": _OURS,
    "Change.holds_until": "the timeline tells when they are free again",
    "Change.progress": _POLICY,
    "Change.refunds_today": _POLICY,
    "Change.remind_at": "`waits` tells until when an answer counts",
    "Change.rev": "it numbers the writes of the record",
    "Change.round": "it names the executions of the state machines",
    "Change.tier": _POLICY,
    "ChangePlan.currency": "every amount names it",
    "ChangePlan.fees_after": "the totals show what fees come to, and `fees` what the change adds",
    "ChangePlan.fees_before": "the totals show what fees come to, and `fees` what the change adds",
    "ChangePlan.magnitude": "it is what approvals are measured by; their `because` tells it in words",
    "Fee.basis": _OURS,
    "Fee.percent": _OURS,
    "Fee.rule": "the plan of the change that brought the fee names it",
    "Line.allocated": "customers see what is missing (`backordered`); stock levels tell the rest",
    "Line.basis": _OURS,
    "Line.taxed": _OURS,
    "Line.moves_as": _OURS,
    "Line.sold": _OURS,
    "Line.withheld": _OURS,
    "Line.sold_as": _OURS,
    "Line.gross": "it follows from the total, the discounts and the taxes",
    "Line.upgrade": _OURS,
    "Line.since": "the order's versions tell what changed when",
    "OpenChange.asker": _OURS,
    "OpenChange.cancels": "the status of the lines tells it",
    "OpenChange.skus": _OURS,
    "Order.address_changed_at": _POLICY,
    "Order.assets": "they have a route of their own",
    "Order.ledger": "it is the last position of the log and of the events",
    "Order.log_key": "it is the secret of the log's hashes",
    "Order.revision": "the ETag holds it",
    "Order.unapproved": "it is what approvals are measured by; their `because` tells it in words",
    "Payment.told_as": _OURS,
    "Refund.also_settled_as": "the timeline tells it",
    "Refund.came_back": "the timeline tells it",
    "Refund.gateway": "the payment names it",
    "Refund.kind": "refunds and releases stand in lists of their own",
    "Restore.made_on": _UNDONE,
    "Restore.address": _UNDONE,
    "Restore.fees": _UNDONE,
    "Restore.lines": _UNDONE,
    "Restore.recalled": _UNDONE,
    "Restore.returning": _UNDONE,
    "Restore.shipping": _UNDONE,
    "Restore.version": _UNDONE,
    "Shipping.basis": _OURS,
    "Shipping.spared": _OURS,
    "Shipping.sold": _OURS,
    "Shipping.unrated": "`tax` is the sum of all taxes",
}
"""Field → why no reply shows it."""


class Shown(NamedTuple):
    """A value with every part, and what shows it."""

    of: Any
    view: Callable[[Any], Any]

    @property
    def reply(self) -> Any:
        """What the view makes of it."""
        return self.view(self.of)


def _of(type_: Any, view: Callable[[Any], Any], **more: object) -> Shown:
    return Shown(full(type_, given=GIVEN | {f"{type_.__name__}.{name}": value for name, value in more.items()}), view)


def _release(refund: Refund) -> Any:
    change: Change = full(Change, given=GIVEN)
    return change_view(replace(change, refunds=(refund,)))["releases"][0]


SHOWN: Mapping[str, Shown] = {
    "an order": _of(Order, order_view),
    "a change": _of(Change, change_view),
    "a release": _of(Refund, _release, kind="release", credit_memo=None),
    "an asset": _of(Asset, asset_view),
    "a product": _of(Product, product_view),
    "a stock level": _of(StockLevel, stock_view),
    "a delegation": _of(Delegation, delegation_view),
    "an entry of the log": _of(LogEntry, entry_view),
    "a verification": _of(Verification, verification_view),
    "a version of a policy": _of(PolicyVersion, version_view),
}


def walked(value: Any, view: Any) -> Iterator[tuple[str, bool]]:
    """Each field of a value, and of the values in it, and whether its view shows it."""
    for each in fields(value):
        name, held = f"{type(value).__name__}.{each.name}", getattr(value, each.name)
        found = found_in(view, RENAMED.get(name, each.name))
        yield name, found is not None
        for inner, shown in _pairs(held, found):
            yield from walked(inner, shown)


def _pairs(held: Any, found: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The dataclasses in a field with what shows each; money is shown as such, whatever it is in the domain."""
    several = tuple(held.values()) if isinstance(held, dict) else held if isinstance(held, tuple) else (held,)
    for inner, shown in zip(several, found if isinstance(found, list) else [found], strict=False):
        if is_dataclass(inner) and isinstance(shown, dict) and set(shown) != {"amount", "currency"}:
            yield inner, shown


def found_in(view: Any, path: str) -> Any:
    """What stands in a view at a path such as `lines.0.progress`; None where nothing does."""
    for step in filter(None, path.split(".")):
        if isinstance(view, list) and step.isdigit():
            view = view[int(step)] if int(step) < len(view) else None
        else:
            view = view.get(step) if isinstance(view, dict) else None
    return view


def shown_nowhere(values: Iterable[Shown]) -> set[str]:
    """Fields that are met in these values and in none of their views."""
    told = [each for shown in values for each in walked(shown.of, shown.reply)]
    return {name for name, _ in told} - {name for name, is_shown in told if is_shown}
