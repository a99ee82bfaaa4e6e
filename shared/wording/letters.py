"""Writes the letters to customers in plain words: the terms to confirm, and the news of a refund. It is pure.

A letter goes to the customer alone, so it may name what they bought; it never repeats a street or a note of staff: of
a new delivery address it tells the town.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.order.order import Order, display
from shared.domain.plain_text import leads_somewhere, plain
from shared.domain.planning.plan import ChangePlan, extent_of, planned_order
from shared.wording.durations import counted
from shared.wording.plan_in_words import changes_in_words, method_of, money_in_words, one_line

LONGEST_NAME = 80
"""Characters of a name that a letter greets by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter without its envelope: the subject in one line, and plain text."""

    subject: str
    text: str


def request_to_confirm(order: Order, change: Change, link: str, *, reminder: bool = False) -> Written:
    """Returns the letter with the terms of a change that waits for the customer, the deadline, and the link to answer
    by."""
    what = f"the {_kind(order, change.plan)} your order {_name_of(order)}"
    opening = "we have not heard from you yet. We" if reminder else "we"
    paragraphs = [
        _greeting(order),
        f"{opening} were asked for {what}. Nothing happens before you agree.",
        _list("What changes", changes_in_words(order, change.plan)),
        _list("What it means in money", money_in_words(order, change.plan)),
        f"Please look at it and confirm or decline{_until(change.expires_at)}:\n\n{link}",
        "If you do nothing, your order stays as it is.",
        _closing(order),
    ]
    return Written(subject=f"{'Reminder: p' if reminder else 'P'}lease confirm {what}", text=_joined(paragraphs))


def request_to_pay(order: Order, change: Change) -> Written:
    """Returns the letter that asks for the payment that a change waits for, with its link. `order` is as it is now."""
    what = f"the {_kind(order, change.plan)} your order {_name_of(order)}"
    wanted = change.collection
    paragraphs = [
        _greeting(order),
        f"we are ready for {what}. It takes effect once you have paid for it.",
        _list("What changes", changes_in_words(order, change.plan)),
        _list("What it means in money", money_in_words(order, change.plan)),
        f"Please pay {display(wanted.amount, order.currency)}{_until(change.expires_at)}:\n\n{wanted.url}"
        if wanted
        else "",
        "If you do nothing, your order stays as it is.",
        _closing(order),
    ]
    return Written(subject=f"Please pay for {what}", text=_joined(paragraphs))


def cancelled(order: Order, change: Change) -> Written:
    """Returns the letter that tells of a cancellation or an exchange that gives no money back. `order` is as it is
    now."""
    what = "your order" if extent_of(order) == "whole" else "a part of your order"
    done = "exchanged" if change.kind == "exchange" else "cancelled"
    paragraphs = [
        _greeting(order),
        f"we have {done} {what} {_name_of(order)}.",
        _list("What has changed", changes_in_words(order, change.plan)),
        _list("What it means in money", money_in_words(order, change.plan)),
        _closing(order),
    ]
    return Written(subject=f"We have {done} {what} {_name_of(order)}", text=_joined(paragraphs))


def refund_settled(order: Order, refund: Refund, *, days: int = 0) -> Written:
    """Returns the letter that money is on its way back. `days` is the time that the payment method may take to show
    it."""
    amount = display(refund.amount, order.currency)
    facts = [f"Amount: {amount}", f"To: your {method_of(order, refund.payment_id)}"]
    if refund.credit_memo:
        facts.append(f"Credit memo: {refund.credit_memo}")
    paragraphs = [
        _greeting(order),
        f"we have refunded {amount} for your order {_name_of(order)}.",
        _list("The refund", facts),
        f"It may take up to {counted(days, 'day')} until you see it there." if days else "",
        _closing(order),
    ]
    return Written(subject=f"Your refund of {amount} for order {_name_of(order)}", text=_joined(paragraphs))


def _kind(order: Order, plan: ChangePlan) -> str:
    if not plan.cancelled:
        return "change of"
    if plan.kind == "exchange":
        return "exchange of a part of"
    return "cancellation of" if extent_of(planned_order(order, plan)) == "whole" else "cancellation of a part of"


def _greeting(order: Order) -> str:
    """Greets by name, unless what stands there is none: it is too long for one, or leads somewhere."""
    name = plain(order.customer.name or "")
    is_one = 0 < len(name) <= LONGEST_NAME and not leads_somewhere(name)
    return f"Hello {name}," if is_one else "Hello,"


def _closing(order: Order) -> str:
    return f"Thank you.\n\nOur number of your order: {order.order_id}"


def _until(deadline: datetime | None) -> str:
    return f" by {deadline.day} {deadline:%B %Y, %H:%M} UTC" if deadline else ""


def _name_of(order: Order) -> str:
    """Returns the name by which the customer knows the order."""
    return one_line(order.channel_order_id)


def _list(heading: str, entries: Iterable[str]) -> str:
    return "\n".join([f"{heading}:", *(f"- {entry}" for entry in entries)])


def _joined(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
