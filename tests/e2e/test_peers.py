"""What Vendure 3.7.3 and Medusa 2.21.2 were measured to do under pressure (PEERS.md), row by row, with real clients.

Each docstring is a row of the table: the case, and what the two did. `ours` says what we did; all rows side by side:
`python -m tests.e2e.peers_report`. The order, unless said otherwise: 4 × 10.00 plus 20 % tax is 48.00, paid, of 20 on
hand. "8 at once" are 8 threads with a connection each, released by one barrier.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.e2e.crowd import Act, Outcome, at_once, four_mugs, insist, outcome, outcomes, the_winner
from tests.e2e.portal import Json, Placed, Portal, a_line, amendment, cancellation, to_quantity, units
from tests.e2e.service import Reply

Ours = Callable[[str], None]

ALL_GONE = Outcome(status="cancelled", version=2, quantity=0, total="0.00", refunded="48.00", stock=(20, 20, 0, 0))
ONE_GONE = Outcome(status="pending", version=2, quantity=3, total="36.00", refunded="12.00", stock=(20, 17, 0, 3))


@pytest.fixture
def ours(request: pytest.FixtureRequest) -> Ours:
    """Says what came of this row with us."""
    return lambda words: request.node.user_properties.append((request.function.__doc__, words))


def actions(portal: Portal, order: Placed) -> Counter[str]:
    return Counter(entry["action"] for entry in portal.log(order)["items"])


def left(portal: Portal, order: Placed) -> int:
    return int(portal.reads(order.path)["lines"][0]["quantity"])


def looking_again(portal: Portal, order: Placed, *lines: Json, user: str = "customer") -> Act:
    """A client that reads the ETag and the terms anew whenever somebody was faster, until there is an answer."""

    def once() -> Reply:
        etag, plan = portal.etag(order), portal.terms(order, cancellation(*lines), user)
        return portal.asks_to_cancel(order, cancellation(*lines, consent=plan), user=user, etag=etag)

    return lambda: insist(once, frozenset({409, 412, 429}))


# ------------------------------------------------------------------------------------------------- the same at once


def test_refund_all(portal: Portal, ours: Ours) -> None:
    """8 at once: refund all. Vendure: 384.00 refunded. Medusa: 48.00."""
    order = four_mugs(portal)
    body = cancellation(consent=portal.terms(order, cancellation()))

    replies = at_once([lambda: portal.asks_to_cancel(order, body)] * 8)

    the_winner(replies)
    after = outcome(portal, order)
    assert after == ALL_GONE
    assert len(portal.refunds(order)) == actions(portal, order)["order_cancelled"] == 1
    ours(f"{after.refunded} refunded once, 7 refused, 4 units released once")


@pytest.mark.parametrize("clients", [8, 32])
def test_one_unit_less(portal: Portal, ours: Ours, clients: int) -> None:
    """8 at once: quantity 4→3 with refund. Vendure: 48.00 refunded, 4 HTTP errors. Medusa: 48.00 refunded, also in
    sequence."""
    order = four_mugs(portal)
    body = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))

    replies = at_once([lambda: portal.asks(order, body)] * clients)

    the_winner(replies)
    after = outcome(portal, order)
    assert after == ONE_GONE
    assert actions(portal, order)["order_amended"] == 1
    ours(f"{after.refunded} once, {clients - 1} of {clients} refused")


def test_cancel_a_unit_of_one_version(portal: Portal, ours: Ours) -> None:
    """8 at once: cancel 1 of 4 units, all on the version they saw. Vendure: 8 accepted, quantity 3: 7 lost.
    Medusa: –."""
    order = four_mugs(portal)
    body = cancellation(units(1), consent=portal.terms(order, cancellation(units(1))))

    replies = at_once([lambda: portal.asks_to_cancel(order, body)] * 8)

    the_winner(replies)
    after = outcome(portal, order)
    assert after == ONE_GONE
    ours(f"1 accepted, quantity {after.quantity}, {after.refunded} back, 7 refused")


def test_cancel_a_unit_until_none_is_left(portal: Portal, ours: Ours) -> None:
    """8 at once: cancel 1 of 4 units, each until it is told yes or no. Vendure: 8 accepted, quantity 3: 7 lost.
    Medusa: –."""
    order = four_mugs(portal)

    replies = at_once([looking_again(portal, order, units(1))] * 8)

    assert outcomes(replies) == {201: 4, 422: 4}
    assert {reply.problem for reply in replies if reply.status == 422} == {"already-cancelled"}
    after = outcome(portal, order)
    assert after == replace(ALL_GONE, version=5)
    assert [refund["amount"]["amount"] for refund in portal.refunds(order)] == ["12.00"] * 4
    ours(f"4 accepted, each counted: quantity 0, 4 × 12.00 = {after.refunded} back; 4 told that nothing is left")


def test_cancel_the_order(portal: Portal, ours: Ours) -> None:
    """8 at once: cancel the order. Vendure: right status, 32 units released of 4. Medusa: one refund, reserved 24,
    total 96 left behind."""
    order = four_mugs(portal)
    users = ["customer", "agent", "agent_2", "manager"] * 2

    replies = at_once([looking_again(portal, order, user=user) for user in users])

    assert outcomes(replies) == {201: 1, 422: 7}
    assert {reply.problem for reply in replies if reply.status == 422} == {"already-cancelled"}
    after = outcome(portal, order)
    assert after == ALL_GONE
    assert actions(portal, order)["order_cancelled"] == 1
    ours(f"one effect, {after.refunded} once, 4 units released once, total {after.total}")


@pytest.mark.parametrize(("kind", "clients"), [("amendment", 8), ("amendment", 32), ("cancellation", 8)])
def test_the_same_request_again(portal: Portal, ours: Ours, kind: str, clients: int) -> None:
    """The same request retried. Vendure: cancels another unit. Medusa: pays again."""
    order = four_mugs(portal)
    key = f"once-for-{kind}-{clients}"
    amend = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))
    cancel = cancellation(units(1), consent=portal.terms(order, cancellation(units(1))))
    ask: Act = {
        "amendment": lambda: portal.asks(order, amend, key=key),
        "cancellation": lambda: portal.asks_to_cancel(order, cancel, key=key),
    }[kind]

    replies = at_once([ask] * clients)
    after = outcome(portal, order)
    late = ask()

    assert outcomes([*replies, late]) == {201: clients + 1}
    assert len({(reply.body, reply.etag) for reply in (*replies, late)}) == 1
    assert after == outcome(portal, order) == ONE_GONE
    ours(f"{clients} at once and one later: the same answer, quantity {after.quantity}, {after.refunded} once")


# --------------------------------------------------------------------------------------------------- one against other


def cancels_one(portal: Portal, order: Placed, line: int, etag: str) -> Reply:
    lines = [units(line, f"l{line}")]
    plan = portal.terms(order, cancellation(*lines))
    return portal.asks_to_cancel(order, cancellation(*lines, consent=plan), etag=etag)


def amends_one(portal: Portal, order: Placed, line: int, etag: str) -> Reply:
    edit = to_quantity(4 - line, f"l{line}")
    return portal.asks(order, amendment(edit, accept=portal.previews(order, edit)), etag=etag)


@pytest.mark.parametrize(
    ("first", "second"), [(cancels_one, cancels_one), (amends_one, amends_one), (cancels_one, amends_one)]
)
def test_two_lines_of_one_order(
    portal: Portal, ours: Ours, first: Callable[..., Reply], second: Callable[..., Reply]
) -> None:
    """Two lines of one order at once. Vendure: deadlock errors, lost updates. Medusa: –."""
    mugs, cups = (a_line(f"l{n}", sku=portal.a_sku(on_hand=20), quantity=4, price="10.00") for n in (1, 2))
    order = portal.places(mugs, cups, paid="96.00")
    asks = [(first, 1), (second, 2)]

    replies = at_once([lambda ask=ask, line=line: ask(portal, order, line, order.etag) for ask, line in asks])

    assert sorted(outcomes(replies)) in ([201, 412], [201, 409])
    one = next(line for reply, (_, line) in zip(replies, asks, strict=True) if reply.status == 201)
    assert [line["quantity"] for line in portal.reads(order.path)["lines"]] == ([3, 4] if one == 1 else [4, 2])
    (loser,) = [(ask, line) for ask, line in asks if line != one]
    again = loser[0](portal, order, loser[1], portal.etag(order))
    assert again.status == 201
    after = outcome(portal, order)
    assert (after.version, after.total, after.refunded) == (3, "60.00", "36.00")
    assert [portal.stock(line["sku"])[3] for line in order.body["lines"]] == [3, 2]
    ours("one at once, the other refused and accepted when it looked again: both kept")


@pytest.mark.parametrize("edit", [to_quantity(3), to_quantity(5)], ids=["one less", "one more"])
def test_confirm_and_cancel_an_approved_edit(portal: Portal, ours: Ours, edit: Json) -> None:
    """4 confirm + 4 cancel at once, of an edit that is ready. Vendure: –. Medusa: cancelled with 3–17 units reserved,
    total 72–144."""
    order = four_mugs(portal)
    draft = portal.drafts(order, edit)
    assert portal.goes_on(draft, "submit", order.etag).json["status"] == "approved"
    consent = portal.terms(order, cancellation())
    confirm: Act = lambda: portal.goes_on(draft, "accept", order.etag)  # noqa: E731
    cancel: Act = lambda: portal.asks_to_cancel(order, cancellation(consent=consent))  # noqa: E731

    replies = at_once([confirm, cancel] * 4)

    assert the_winner(replies, 200).json["status"] == "committed"
    assert left(portal, order) == edit["quantity"]
    assert portal.stock(order.sku) == (20, 20 - edit["quantity"], 0, edit["quantity"])
    assert portal.cancels(order, etag=portal.etag(order)).json["status"] == "committed"
    assert outcome(portal, order) == replace(ALL_GONE, version=3)
    ours("the edit, once; every cancellation is told that it is open. Cancelled afterwards: 48.00 back, none reserved")


def test_confirm_and_cancel_in_one_call(portal: Portal, ours: Ours) -> None:
    """4 confirm + 4 cancel at once, each in its one call. Vendure: –. Medusa: cancelled with 3–17 units reserved,
    total 72–144."""
    order = four_mugs(portal)
    more = amendment(to_quantity(5), accept=portal.previews(order, to_quantity(5)))
    none = cancellation(consent=portal.terms(order, cancellation()))

    replies = at_once([lambda: portal.asks(order, more), lambda: portal.asks_to_cancel(order, none)] * 4)

    kind = the_winner(replies).json["kind"]
    after = outcome(portal, order)
    five = Outcome(status="pending", version=2, quantity=5, total="60.00", refunded="0", stock=(20, 15, 0, 5))
    assert after == (five if kind == "amendment" else ALL_GONE)
    ours("one of the 8, whole: 5 units and 60.00, or none and 48.00 back")


@pytest.mark.parametrize("against", ["withdraw", "decline"])
def test_confirm_or_not_by_one_link(portal: Portal, ours: Ours, against: str) -> None:
    """4 confirm + 4 cancel at once, of a cancellation that waits for its customer. Vendure: –. Medusa: cancelled with
    3–17 units reserved, total 72–144."""
    order = four_mugs(portal)
    change = portal.cancels(order, units(1), user="agent").json
    link = portal.link(order)
    ends: dict[str, Act] = {
        "withdraw": lambda: portal.withdraws(change, order.etag),
        "decline": lambda: portal.says(link, "decline"),
    }

    replies = at_once([lambda: portal.says(link), ends[against]] * 4)

    told = the_winner(replies, 200).json["status"]
    assert told in ("committed", "withdrawn" if against == "withdraw" else "declined")
    assert portal.change(change)["status"] in (told, "completed")
    untouched = Outcome(status="pending", version=1, quantity=4, total="48.00", refunded="0", stock=(20, 16, 0, 4))
    assert outcome(portal, order) == (ONE_GONE if told == "committed" else untouched)
    assert "open_change" not in portal.reads(order.path)
    ours("one outcome, told to one client: one unit and 12.00, or nothing at all")


def test_one_more_for_each_of_twenty(portal: Portal, ours: Ours) -> None:
    """10 units left, 20 orders take one more. Vendure: 20 accepted, counter 23–25. Medusa: 15 accepted."""
    sku = portal.a_sku(on_hand=30)
    orders = [portal.places(a_line(sku=sku, quantity=1, price="10.00"), paid="12.00") for _ in range(20)]
    plans = [portal.previews(order, to_quantity(2)) for order in orders]
    assert portal.stock(sku) == (30, 10, 0, 20)

    def one_more(order: Placed, plan: Json) -> Act:
        return lambda: insist(lambda: portal.asks(order, amendment(to_quantity(2), accept=plan)))

    replies = at_once([one_more(order, plan) for order, plan in zip(orders, plans, strict=True)])

    assert outcomes(replies) == {201: 10, 422: 10}
    assert {reply.problem for reply in replies if reply.status == 422} == {"insufficient-stock"}
    assert portal.stock(sku) == (30, 0, 0, 30)
    assert Counter(left(portal, order) for order in orders) == {1: 10, 2: 10}
    ours("10 accepted, 10 told that there is not enough; 0 left, 30 allocated")


# ------------------------------------------------------------------------------------------------- what leaves no trace


def test_cancel_while_an_edit_is_open(portal: Portal, ours: Ours) -> None:
    """Cancel while an edit is open. Vendure: error, but quantity set to 0. Medusa: 400 after refunding."""
    order = four_mugs(portal)
    draft = portal.drafts(order, to_quantity(5))
    before = portal.everything(order)

    refused = portal.asks_to_cancel(order, cancellation(consent=portal.terms(order, cancellation())))

    assert (refused.status, refused.problem) == (409, "change-open")
    assert refused.json["open_change"] == draft["change_id"]
    assert portal.everything(order) == before
    portal.goes_on(draft, "undo", order.etag)
    assert portal.cancels(order).json["status"] == "committed"
    assert outcome(portal, order) == ALL_GONE
    ours("refused, naming the edit; nothing done. Once it is undone: 48.00 back")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        pytest.param([units(1), units(5, "l2")], "more-than-left", id="more than is left"),
        pytest.param([units(1), units(1, "l9")], "unknown-line", id="a line that is not there"),
        pytest.param([units(1), units(0, "l2")], "quantity-not-positive", id="no unit"),
    ],
)
def test_a_refused_call(portal: Portal, ours: Ours, lines: list[Json], problem: str) -> None:
    """Refused call, whose first half alone could be done. Vendure: partly committed. Medusa: partly committed."""
    mugs, cups = (a_line(f"l{n}", sku=portal.a_sku(on_hand=20), quantity=4, price="10.00") for n in (1, 2))
    order = portal.places(mugs, cups, paid="96.00")
    before = portal.everything(order)

    refused = portal.asks_to_cancel(order, cancellation(*lines))

    assert (refused.status, refused.problem) == (422, problem)
    assert portal.everything(order) == before
    ours("no trace: version, log, stock and ledger as before")


# ----------------------------------------------------------------------------------------------------------- the price


@pytest.fixture
def three_mugs(portal: Portal) -> Placed:
    """3 × 10.00 less 10 % plus 20 % tax: 32.40, all of it paid."""
    sku = portal.a_sku(on_hand=20)
    return portal.places(a_line(sku=sku, quantity=3, price="10.00"), percent_off="10", paid="32.40")


@pytest.mark.parametrize(
    "drop",
    [
        pytest.param(lambda portal, order: portal.cancels(order, units(1)), id="cancelled"),
        pytest.param(lambda portal, order: portal.amends(order, to_quantity(2)), id="amended"),
    ],
)
def test_the_price_of_a_unit(
    portal: Portal, ours: Ours, three_mugs: Placed, drop: Callable[[Portal, Placed], Reply]
) -> None:
    """3 × 10.00, −10 %, +20 % = 32.40; drop one unit: new total / refund. Vendure: 22.40 / 10.00. Medusa: 20.40 /
    12.00."""
    change = drop(portal, three_mugs).json

    after = outcome(portal, three_mugs)
    assert (after.total, after.refunded) == ("21.60", "10.80")
    assert [refund["amount"]["amount"] for refund in change["plan"]["refunds"]] == ["10.80"]
    ours(f"{after.total} / {after.refunded}")


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"refund": {"amount": "0.01", "currency": "USD"}}, "/refund"),
        ({"amount": {"amount": "32.40", "currency": "USD"}}, "/amount"),
        ({"refunds": [{"payment_id": "pay-1", "amount": {"amount": "32.40", "currency": "USD"}}]}, "/refunds"),
        ({"lines": [units(1) | {"amount": {"amount": "32.40", "currency": "USD"}}]}, "/lines/0/amount"),
        ({"consent": {"digest": "0" * 64, "amount": "32.40"}}, "/consent/amount"),
    ],
)
def test_the_amount_of_a_refund_cannot_be_named(
    portal: Portal, ours: Ours, three_mugs: Placed, more: Json, pointer: str
) -> None:
    """Is the refund amount checked against the change? Vendure: no: 0.01 and 32.40 both go through. Medusa: no: any
    amount."""
    before = portal.everything(three_mugs)

    refused = portal.asks_to_cancel(three_mugs, cancellation(units(1)) | more)

    assert (refused.status, refused.problem, refused.pointers) == (422, "unknown-field", [pointer])
    assert portal.everything(three_mugs) == before
    ours("there is none to name: it follows from the change, and a field for it is refused")
