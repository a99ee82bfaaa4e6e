"""What letters say: the terms in plain words and exact amounts, and nothing that others could smuggle in."""

from dataclasses import replace
from datetime import date

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.order.order import Order
from shared.domain.order.progress import Progress
from shared.domain.plain_text import leads_somewhere
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit, Edit, SetDiscount, SetShippingMethod
from shared.domain.planning.edits import Money as EditMoney
from shared.domain.planning.plan import LineChange
from shared.domain.planning.planner import PlanContext, plan
from shared.wording import letters
from shared.wording.plan_in_words import changes_in_words
from tests.fakes import a_world, an_order
from tests.fakes.builders import HOME
from tests.fakes.confirmations import a_cancellation, planned_by_an_agent
from tests.fakes.world import NOW

LINK = "https://portal.example/confirmations/abc"
REFUND = Refund(refund_id="ref_1", payment_id="pay-1", amount=1080, status="settled", credit_memo="CM-ord_1-2-1")
DELIVERED = Progress(picked=2, packed=2, shipped=2, delivered=2, delivered_on=date(2026, 11, 19))
GONE = Progress(picked=3, packed=3, shipped=3)
ORDER = an_order().with_line("MUG", 3, 1000).with_line("LAMP", 1, 5000).paid()
WHOLE, ONE = CancelOrder(), CancelUnits(line_id="l1", quantity=1)


def cancelling(order: Order, *edits: Edit) -> Change:
    services = a_world().services
    return a_cancellation(services, order, edits, planned_by_an_agent(services, order, edits))


def terms(order: Order, *edits: Edit) -> list[str]:
    """The lines of the letter that begin with a dash, without it."""
    text = letters.request_to_confirm(order, cancelling(order, *edits), LINK).text
    return [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]


CASES: dict[str, tuple[Order, tuple[Edit, ...], list[str]]] = {
    "some units": (
        ORDER.build(),
        (ONE,),
        ["Cancelled: 1 × Mug, 2 of 3 left", "Refund: 12.00 USD to your card", "New total of the order: 84.00 USD"],
    ),
    "the whole order": (
        ORDER.build(),
        (WHOLE,),
        [
            "Cancelled: 3 × Mug",
            "Cancelled: 1 × Lamp",
            "Refund: 96.00 USD to your card",
            "New total of the order: 0.00 USD",
        ],
    ),
    "units to send back, with a fee and a credit": (
        ORDER.build(l1=DELIVERED),
        (
            CancelUnits(line_id="l1", quantity=2, exception="return"),
            Credit(amount=EditMoney(amount=100, currency="USD")),
        ),
        [
            "Cancelled: 2 × Mug, 1 of 3 left",
            "To be sent back by you: 1 × Mug",
            "Fee: 1.80 USD (restocking). Restocking of units that had been delivered: 15 % of 12.00 USD.",
            "Lamp: 59.17 USD in all instead of 60.00 USD",
            "Credit: 1.00 USD (goodwill). A goodwill credit; the goods stay with the customer.",
            "Refund: 23.20 USD to your card",
            "New total of the order: 72.80 USD",
        ],
    ),
    "units on their way": (
        ORDER.build(l1=GONE),
        (CancelUnits(line_id="l1", quantity=1, exception="intercept"),),
        [
            "Cancelled: 1 × Mug, 2 of 3 left",
            "Stopped on the way to you: 1 × Mug",
            "Fee: 1.20 USD (restocking). Restocking of units that had left the warehouse: 10 % of 12.00 USD.",
            "Refund: 10.80 USD to your card",
            "New total of the order: 85.20 USD",
        ],
    ),
    "two payments": (
        an_order().with_line("MUG", 3, 1000).paid(1600).paid(2000, "pay-2", "gift_card").build(),
        (WHOLE,),
        [
            "Cancelled: 3 × Mug",
            "Refund: 20.00 USD to your gift card",
            "Refund: 16.00 USD to your card",
            "New total of the order: 0.00 USD",
        ],
    ),
    "nothing captured yet": (
        an_order().with_line("MUG", 3, 1000).authorised().build(),
        (ONE,),
        [
            "Cancelled: 1 × Mug, 2 of 3 left",
            "No longer reserved: 12.00 USD on your card",
            "New total of the order: 24.00 USD",
        ],
    ),
    "nothing paid": (
        an_order().with_line("MUG", 3, 1000).build(),
        (ONE,),
        [
            "Cancelled: 1 × Mug, 2 of 3 left",
            "Refund: none",
            "New total of the order: 24.00 USD",
        ],
    ),
    "a currency without decimals": (
        an_order().in_currency("JPY").with_line("MUG", 3, 1000, taxes=()).paid().build(),
        (ONE,),
        ["Cancelled: 1 × Mug, 2 of 3 left", "Refund: 1000 JPY to your card", "New total of the order: 2000 JPY"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_terms_name_what_goes_and_every_amount(case: str) -> None:
    order, edits, said = CASES[case]
    assert sorted(terms(order, *edits)) == sorted(said)


def test_a_request_says_until_when_and_where_to_answer() -> None:
    written = letters.request_to_confirm(ORDER.build(), cancelling(ORDER.build(), ONE), LINK)
    assert written.subject == "Please confirm the cancellation of a part of your order D-1"
    assert written.text.startswith("Hello Ada,\n\nwe were asked for")
    assert f"confirm or decline by 22 November 2026, 12:00 UTC:\n\n{LINK}\n" in written.text
    assert "Our number of your order: ord_1" in written.text


def test_a_reminder_says_that_it_is_one_on_the_same_terms() -> None:
    order, change = ORDER.build(), cancelling(ORDER.build(), WHOLE)
    first, second = (letters.request_to_confirm(order, change, LINK, reminder=each) for each in (False, True))
    assert second.subject == "Reminder: please confirm the cancellation of your order D-1"
    assert second.text.split("What changes", 1)[1] == first.text.split("What changes", 1)[1]


def test_an_amendment_to_confirm_names_what_else_changes() -> None:
    order = ORDER.build()
    mug, lamp = order.lines
    plan = replace(
        cancelling(order, ONE).plan,
        cancelled=(),
        lines=(
            LineChange(line_id="l1", change="changed", before=mug, after=replace(mug, quantity=4, unit_price=900)),
            LineChange(line_id="l2", change="changed", before=lamp, after=replace(lamp, end_date=date(2027, 1, 31))),
            LineChange(line_id="l3", change="added", before=None, after=replace(mug, line_id="l3", title="Cup")),
        ),
        address_after=replace(HOME, line1="2 Other Street"),
    )
    change = replace(cancelling(order, ONE), kind="amendment", plan=plan)

    written = letters.request_to_confirm(order, change, LINK)

    assert written.subject == "Please confirm the change of your order D-1"
    for line in (
        "More of: Mug, 4 instead of 3",
        "Mug: 9.00 USD each instead of 10.00 USD",
        "Lamp: runs from now to 2027-01-31 instead of from now to open end",
        "Added: 3 × Cup at 10.00 USD",
        "Delivery address: 62701 Springfield, IL, US, another street",
    ):
        assert f"- {line}\n" in written.text
    assert "Other Street" not in written.text


def test_words_of_others_cannot_make_lines_or_headers_of_their_own() -> None:
    order = an_order("D-1\r\nBcc: all@example.com").with_line("MUG", 3, 1000).paid().build()
    order = replace(order, customer=replace(order.customer, name="Ada\n\nhttps://evil.example"))
    order = replace(order, lines=tuple(replace(line, title="Mug\n\n- Refund: 0.00 USD") for line in order.lines))

    written = letters.request_to_confirm(order, cancelling(order, ONE), LINK)

    assert "\n" not in written.subject
    assert "\r" not in written.subject
    assert not [line for line in written.text.splitlines() if line.startswith(("https://evil", "- Refund: 0.00"))]


def test_a_settled_refund_names_amount_method_memo_and_order() -> None:
    written = letters.refund_settled(ORDER.build(), REFUND, days=5)
    assert written.subject == "Your refund of 10.80 USD for order D-1"
    for line in ("Amount: 10.80 USD", "To: your card", "Credit memo: CM-ord_1-2-1"):
        assert f"- {line}\n" in written.text
    assert "It may take up to 5 days until you see it there." in written.text
    assert written.text.endswith("Our number of your order: ord_1\n")


@pytest.mark.parametrize(("days", "said"), [(0, ""), (1, "It may take up to 1 day until")])
def test_a_method_that_shows_a_refund_at_once_needs_no_waiting(days: int, said: str) -> None:
    text = letters.refund_settled(ORDER.build(), replace(REFUND, credit_memo=None), days=days).text
    assert said in text
    assert ("It may take" in text) == bool(said)
    assert "Credit memo" not in text


def test_a_customer_without_a_name_is_greeted_all_the_same() -> None:
    order = ORDER.build()
    order = replace(order, customer=replace(order.customer, name=None))
    assert letters.refund_settled(order, REFUND).text.startswith("Hello,\n")


def test_a_letter_says_what_changes_when_a_discount_or_the_price_of_shipping_does() -> None:
    """Else a customer would be asked to agree to an amount, and not told what it is for."""
    order = ORDER.shipped_for(500).build()
    context = PlanContext(role="agent", policy=ShippedPolicies().current(), reason_code="price_correction", now=NOW)
    less = plan(order, (SetDiscount(line_id="l2", type="percent", value="10"),), context).plan
    assert list(changes_in_words(order, less)) == ["Lamp: 54.00 USD in all instead of 60.00 USD"]
    cheaper = SetShippingMethod(method=order.shipping.method, price=EditMoney(amount=300, currency="USD"))
    assert list(changes_in_words(order, plan(order, (cheaper,), context).plan)) == [
        "Shipping: 3.00 USD instead of 5.00 USD"
    ]


SMUGGLED = [
    *("Ada, pay at http://evil.example", "evil.com", "www.evil.example", "Ada evil。com", "eve@evil.example"),
    "A" * 81,
]


@pytest.mark.parametrize("name", SMUGGLED)
def test_no_name_smuggles_a_link_into_a_greeting(name: str) -> None:
    order = ORDER.build()
    order = replace(order, customer=replace(order.customer, name=name))
    assert letters.refund_settled(order, REFUND).text.startswith("Hello,\n")


@pytest.mark.parametrize("text", SMUGGLED[:-1])
def test_no_title_and_no_number_of_an_order_smuggles_a_link_into_a_letter(text: str) -> None:
    order = replace(ORDER.build(), channel_order_id=text)
    order = replace(order, lines=tuple(replace(line, title=text) for line in order.lines))
    context = PlanContext(role="agent", policy=ShippedPolicies().current(), reason_code="customer_request", now=NOW)
    planned = plan(order, (SetDiscount(line_id="l2", type="percent", value="10"),), context).plan
    written = letters.refund_settled(order, REFUND)
    for told in (*changes_in_words(order, planned), written.subject, *written.text.splitlines()[2:4]):
        assert not leads_somewhere(told.replace("54.00", "").replace("60.00", "").replace(" USD", "")), told
