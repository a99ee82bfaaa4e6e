"""Payment links: made once a key, for the exact amount; found and closed with what came by them; reported with a
signature."""

import io
import json
import urllib.error
import urllib.request
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
import stripe

from infra.local.gateway import Answer
from infra.local.payment_links import PaymentLinks
from shared.adapters.gateways.adyen.gateway import AdyenGateway
from shared.adapters.gateways.common.no_links import NoLinks
from shared.adapters.gateways.manual.gateway import ManualGateway
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.adapters.gateways.sandbox.gateway import SandboxGateway
from shared.adapters.gateways.store_credit.gateway import StoreCredit
from shared.adapters.gateways.stripe.gateway import StripeGateway
from shared.domain.order.payment import BY_LINK
from shared.domain.refusal import Refusal
from shared.ports.gateways import (
    GatewayDeclined,
    GatewayUnavailable,
    GatewayUnknown,
    LinkOrder,
    LinkPaid,
    LinkPayment,
    PaymentLink,
)
from tests.fakes.world import NOW
from tests.unit.gateways.test_callback_readers import SECRET, header, of_stripe
from tests.unit.gateways.test_stripe import Transport, refused

Json = dict[str, Any]
ORDER = LinkOrder(
    key="plk_0a",
    order_id="ord_0b",
    change_id="chg_0c",
    amount=2000,
    currency="USD",
    expires_at=NOW + timedelta(hours=3),
)
MADE = LinkOrder(
    **{field: getattr(ORDER, field) for field in ORDER.__slots__ if field != "reference"}, reference="cs_1"
)
OURS = {"inflight_key": "plk_0a", "inflight_change": "chg_0c", "inflight_order": "ord_0b"}


def test_policy_collects_by_link_through_just_those_gateways_that_make_links() -> None:
    adapters = {
        "adyen": AdyenGateway,
        "manual": ManualGateway,
        "bank_transfer": ManualGateway,
        "store_credit": StoreCredit,
        "sandbox": SandboxGateway,
        "stripe": StripeGateway,
    }
    assert {name for name, adapter in adapters.items() if not issubclass(adapter, NoLinks)} == BY_LINK


def test_a_gateway_without_links_says_so() -> None:
    there = ManualGateway()
    with pytest.raises(GatewayDeclined, match="no payment links"):
        there.make_link(ORDER)
    assert (there.find_link(ORDER), there.close_link(ORDER)) == (None, None)


# --------------------------------------------------------------------------------------------------------------- stripe


def session(status: str = "open", payment: str = "unpaid", **more: Any) -> tuple[int, Json]:
    return 200, {
        "object": "checkout.session",
        "id": "cs_1",
        "url": "https://checkout.stripe.com/c/pay/cs_1" if status == "open" else None,
        "status": status,
        "payment_status": payment,
        "payment_intent": None,
        "amount_total": 2000,
        "currency": "usd",
    } | more


PAID = session("complete", "paid", payment_intent="pi_1")


def at_stripe(*answers: tuple[int, Json] | Exception) -> tuple[StripeGateway, Transport]:
    transport = Transport(list(answers))
    client = stripe.StripeClient("sk_test_0", http_client=transport, max_network_retries=0)
    return StripeGateway(lambda: client, "https://portal.example"), transport


def test_stripe_makes_a_checkout_session_under_our_key_for_the_exact_amount() -> None:
    there, transport = at_stripe(session())
    made = there.make_link(ORDER)
    assert made == PaymentLink(reference="cs_1", url="https://checkout.stripe.com/c/pay/cs_1")
    (sent,) = transport.sent
    assert (sent.method, sent.path, sent.key) == ("post", "/v1/checkout/sessions", "plk_0a")
    assert sent.values["line_items[0][price_data][unit_amount]"] == ["2000"]
    assert sent.values["line_items[0][price_data][currency]"] == ["usd"]
    assert sent.values["expires_at"] == [str(int(ORDER.expires_at.timestamp()))]
    assert {sent.values[f"metadata[{name}]"][0] for name in OURS} == set(OURS.values())
    assert sent.values["success_url"] == ["https://portal.example"]


def test_stripe_is_asked_in_its_own_units() -> None:
    there, transport = at_stripe(session(currency="isk"))
    there.make_link(LinkOrder(key="k", order_id="o", change_id="c", amount=5, currency="ISK", expires_at=NOW))
    assert transport.sent[0].values["line_items[0][price_data][unit_amount]"] == ["500"]


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (stripe.APIConnectionError("reset"), GatewayUnknown),
        (refused(500, "api_error"), GatewayUnknown),
        (refused(429, "rate_limit_error"), GatewayUnavailable),
        (refused(400), GatewayDeclined),
        (refused(401, "authentication_error"), GatewayDeclined),
    ],
)
def test_a_link_that_stripe_may_have_made_is_unknown_and_one_it_refused_is_declined(
    trouble: Any, meaning: type[Exception]
) -> None:
    there, _ = at_stripe(trouble)
    with pytest.raises(meaning):
        there.make_link(ORDER)


def test_a_session_is_found_by_its_reference_with_what_came() -> None:
    there, transport = at_stripe(PAID, session())
    assert there.find_link(MADE) == PaymentLink(
        reference="cs_1", url="", open=False, payments=(LinkPayment(reference="pi_1", amount=2000, currency="USD"),)
    )
    found = there.find_link(MADE)
    assert found
    assert (found.open, found.payments) == (True, ())
    assert there.find_link(ORDER) is None
    assert [sent.path for sent in transport.sent] == ["/v1/checkout/sessions/cs_1"] * 2


def test_money_that_a_slow_method_has_not_brought_yet_is_none() -> None:
    there, _ = at_stripe(session("complete", "unpaid", payment_intent="pi_1"))
    found = there.find_link(MADE)
    assert found
    assert found.payments == ()


def test_an_open_session_is_expired_and_a_paid_one_is_left_alone() -> None:
    there, transport = at_stripe(session(), session("expired"), PAID)
    assert [each.open for each in (there.close_link(MADE), there.close_link(MADE)) if each] == [False, False]
    assert [sent.path.rpartition("/")[2] for sent in transport.sent] == ["cs_1", "expire", "cs_1"]


def test_a_session_that_is_paid_while_it_is_closed_is_told_as_paid() -> None:
    there, _ = at_stripe(session(), refused(400), PAID)
    closed = there.close_link(MADE)
    assert closed
    assert [each.amount for each in closed.payments] == [2000]


def paid_event(type_: str = "checkout.session.completed", **values: Any) -> Json:
    found = {"object": "checkout.session", "id": "cs_1", "payment_status": "paid", "payment_intent": "pi_1"}
    found |= {"amount_total": 2000, "currency": "usd", "metadata": OURS}
    return {"type": type_, "data": {"object": found | values}}


THE_PAYMENT = LinkPaid(
    order_id="ord_0b", key="plk_0a", reference="pi_1", amount=2000, currency="USD", change_id="chg_0c"
)


@pytest.mark.parametrize("type_", ["checkout.session.completed", "checkout.session.async_payment_succeeded"])
def test_stripes_report_of_a_paid_session_is_read(type_: str) -> None:
    assert of_stripe(paid_event(type_)) == [THE_PAYMENT]


@pytest.mark.parametrize(
    "values",
    [{"payment_status": "unpaid"}, {"metadata": {}}, {"metadata": None}],
)
def test_a_session_that_is_unpaid_or_none_of_ours_is_passed_over(values: Json) -> None:
    assert of_stripe(paid_event(**values)) == []


@pytest.mark.parametrize("wrong", [{"amount_total": None}, {"amount_total": "20"}, {"currency": "zz"}])
def test_a_paid_session_whose_amount_cannot_be_read_is_not_passed_over(wrong: Json) -> None:
    assert [(paid.reference, paid.amount) for paid in of_stripe(paid_event(**wrong))] == [("pi_1", None)]


# -------------------------------------------------------------------------------------------------------------- sandbox


@pytest.fixture
def links() -> PaymentLinks:
    return PaymentLinks("http://local", lambda: NOW)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, links: PaymentLinks) -> SandboxGateway:
    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        key = request.get_header("Idempotency-key")
        path = request.full_url.removeprefix("http://sandbox/links").strip("/")
        if request.method == "GET":
            answer = links.find(path)
        elif path.endswith("/close"):
            answer = links.close(path.partition("/")[0])
        else:
            answer = links.make(key, json.loads(request.data))  # type: ignore[arg-type]
        return body(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return SandboxGateway("http://sandbox/")


def body(answer: Answer) -> io.BytesIO:
    if answer.status >= 400:
        raise urllib.error.HTTPError("", answer.status, "", Message(), None)
    return io.BytesIO(json.dumps(answer.body).encode())


def test_the_sandbox_makes_one_link_a_key_and_refuses_another_under_it(sandbox: SandboxGateway) -> None:
    assert sandbox.make_link(ORDER) == sandbox.make_link(ORDER)
    with pytest.raises(GatewayDeclined):
        sandbox.make_link(
            LinkOrder(key="plk_0a", order_id="o", change_id="c", amount=1, currency="USD", expires_at=NOW)
        )


def test_the_sandbox_finds_and_closes_a_link_with_what_came(sandbox: SandboxGateway, links: PaymentLinks) -> None:
    assert (sandbox.find_link(ORDER), sandbox.close_link(ORDER)) == (None, None)
    made = sandbox.make_link(ORDER)
    closed = sandbox.close_link(ORDER)
    assert closed
    assert (made.open, closed.open, closed.reference) == (True, False, made.reference)
    paid = links.pay("plk_0a", {"insist": True})
    found = sandbox.find_link(ORDER)
    assert found
    assert found.payments == (LinkPayment(reference=paid.body["reference"], amount=2000, currency="USD"),)


def part(amount: str, **more: Any) -> Json:
    return {"amount": {"amount": amount, "currency": "USD"}, **more}


def test_a_closed_link_takes_no_money_unless_the_gateway_cannot_refuse_it(
    sandbox: SandboxGateway, links: PaymentLinks
) -> None:
    sandbox.make_link(ORDER)
    sandbox.close_link(ORDER)
    assert (links.pay("plk_0a", {}).status, links.pay("plk_0a", {"insist": "yes"}).status) == (409, 409)
    assert links.find("plk_0a").body["payments"] == []
    assert links.pay("plk_0a", {"insist": True}).status == 200


def test_a_link_takes_no_more_than_it_asks_for_and_a_part_leaves_it_open(
    sandbox: SandboxGateway, links: PaymentLinks
) -> None:
    sandbox.make_link(ORDER)
    assert links.pay("plk_0a", part("19.99")).status == 200
    found = sandbox.find_link(ORDER)
    assert found
    assert found.open
    assert [links.pay("plk_0a", part("0.01")).status for _ in range(2)] == [200, 409]
    assert [link["status"] for link in links.all()] == ["closed"]


def test_a_link_takes_no_money_once_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((NOW, NOW + timedelta(seconds=1), NOW + timedelta(hours=3)))
    late = PaymentLinks("http://local", lambda: next(times))
    request = {**part("20.00"), "order_id": "o", "change_id": "c", "expires_at": ORDER.expires_at.isoformat()}
    assert late.make("k", request).status == 200
    assert [late.pay("k", part("1.00")).status, late.pay("k", part("1.00")).status] == [200, 409]


@pytest.mark.parametrize("until", [None, 7, "tomorrow", "2026-11-20T12:00:00"])
def test_a_link_without_a_time_that_can_be_read_is_not_made(links: PaymentLinks, until: object) -> None:
    request = {**part("20.00"), "order_id": "o", "change_id": "c", "expires_at": until}
    assert links.make("k", request).status == 422


def of_sandbox(report: Json) -> list[Any]:
    raw = json.dumps(report).encode()
    return list(SandboxCallbacks(SECRET).read(raw, {"Inflight-Signature": header(raw)}, NOW))


def test_the_sandboxs_report_of_a_payment_by_a_link_is_read(sandbox: SandboxGateway, links: PaymentLinks) -> None:
    sandbox.make_link(ORDER)
    (paid,) = of_sandbox(dict(links.pay("plk_0a", part("12.00")).body))
    assert (paid.order_id, paid.key, paid.amount, paid.currency) == ("ord_0b", "plk_0a", 1200, "USD")
    assert paid.change_id == "chg_0c"


@pytest.mark.parametrize("change_id", [None, 7, ["chg_0c"], {}])
def test_a_change_that_a_report_does_not_name_in_words_is_found_by_its_link(change_id: Any) -> None:
    report = {"order_id": "ord_0b", "link_key": "plk_0a", "reference": "r", "change_id": change_id}
    assert [paid.change_id for paid in of_sandbox(report)] == [None]


@pytest.mark.parametrize("wrong", [{"order_id": 7}, {"reference": ""}, {"link_key": 3}])
def test_a_report_of_another_shape_is_refused(wrong: Json) -> None:
    report = {
        "order_id": "ord_0b",
        "link_key": "plk_0a",
        "reference": "r",
        "amount": {"amount": "1", "currency": "USD"},
    }
    with pytest.raises(Refusal):
        of_sandbox(report | wrong)


@pytest.mark.parametrize("amount", [None, "20.00", {"amount": 20, "currency": "USD"}])
def test_an_amount_by_a_link_that_cannot_be_read_is_told_as_none(amount: Any) -> None:
    report = {"order_id": "ord_0b", "link_key": "plk_0a", "reference": "r", "amount": amount}
    assert [paid.amount for paid in of_sandbox(report)] == [None]


def test_a_link_that_nobody_knows_is_not_paid(links: PaymentLinks) -> None:
    assert links.pay("plk_no", {"insist": True}).status == 404
    assert (links.make(None, {}).status, links.make("k", {}).status, links.close("k").status) == (400, 422, 404)
