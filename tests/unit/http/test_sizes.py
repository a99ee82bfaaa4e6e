"""Replies stay below 5 MB and pages below 1 MB, whatever is in them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.http.door import pages
from tests.fakes import World, an_order
from tests.unit.channels.shop_orders import a_shopify_line, a_shopify_order, a_tax, a_woo_line, a_woo_order
from tests.unit.http.client import Client, Reply, example
from tests.unit.usecases.approvals import asked_for, over_500, ruled
from tests.unit.usecases.stories import taken

PAGE, REPLY = 1_000_000, 5_000_000


def size(body: Any) -> int:
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def all_of(client: Client, path: str) -> list[Reply]:
    """Every page of a list."""
    replies, cursor = list[Reply](), ""
    while cursor is not None:
        replies.append(client.get(f"{path}{'&cursor=' + cursor if cursor else ''}"))
        cursor = replies[-1].body["next_cursor"]
    return replies


@pytest.fixture
def large(world: World) -> Change:
    """A change that touches each of 500 lines and waits for a manager."""
    ruled(world, over_500("manager"))
    change = with_lines(asked_for(world, taken(world, an_order().with_line("SOFA", 3, 50_100).paid())), 500)
    world.memory.changes[change.change_id] = change
    return change


def with_lines(change: Change, count: int, text: str = "Ö" * 300) -> Change:
    line, edit = change.plan.lines[0], change.edits[0]
    after = replace(line.after, title=text)
    lines = tuple(replace(line, line_id=f"l{number}", after=after) for number in range(count))
    return replace(change, edits=(edit,) * count, plan=replace(change.plan, lines=lines))


def waiting(world: World, change: Change, count: int, **more: Any) -> None:
    for number in range(count):
        again = replace(change, change_id=f"chg_{number:03}", **more)
        world.memory.changes[again.change_id] = again


def test_a_managers_inbox_is_small_however_large_the_changes_are(world: World, manager: Client, large: Change) -> None:
    waiting(world, large, 300)
    replies = all_of(manager, "/changes?waiting_for=manager&limit=100")
    assert sum(len(reply.body["items"]) for reply in replies) == 301
    assert max(size(reply.body) for reply in replies) < PAGE
    first = next(each for reply in replies for each in reply.body["items"] if each["change_id"] == "chg_000")
    assert (first["edit_count"], first["plan"]["line_count"]) == (500, 500)
    assert not {"edits", "lines"} & {*first, *first["plan"]}


def test_words_that_name_every_sku_are_cut_in_a_list(world: World, manager: Client, large: Change) -> None:
    (needed,) = large.plan.approvals
    plan = replace(large.plan, approvals=(replace(needed, because="The price of SKU is over its ceiling. " * 1500),))
    world.memory.changes[large.change_id] = replace(large, plan=plan)
    (listed,) = manager.get("/changes?waiting_for=manager").body["items"]
    assert size(listed) < 5_000
    assert listed["plan"]["approvals"][0]["because"].endswith(" …")


def test_a_page_that_would_be_too_large_ends_earlier_and_none_of_the_list_is_lost(
    world: World, manager: Client, large: Change
) -> None:
    """A hundred entries of a timeline, each with a note of 500 characters of two bytes, are 110 kB."""
    entry = replace(large.timeline[-1], note="Ö" * 2000)
    waiting(world, large, 40, timeline=(entry,) * 100)
    replies = all_of(manager, "/changes?waiting_for=manager&limit=100")
    found = [each["change_id"] for reply in replies for each in reply.body["items"]]
    assert sorted(found) == sorted({*found})
    assert len(found) == 41
    assert max(size(reply.body) for reply in replies) < PAGE
    assert len(replies) > 4


def test_one_that_is_larger_than_a_page_is_a_page_of_its_own(
    world: World, manager: Client, large: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_PAGE_BYTES", pages.AROUND + 100)
    waiting(world, large, 3)
    replies = all_of(manager, "/changes?waiting_for=manager&limit=100")
    assert [len(reply.body["items"]) for reply in replies] == [1] * 4


def test_a_summary_says_how_a_change_stands(world: World, manager: Client, large: Change) -> None:
    whole = manager.get(f"/changes/{large.change_id}").body
    (listed,) = manager.get("/changes?waiting_for=manager").body["items"]
    assert {name: listed[name] for name in listed if name not in ("plan", "edit_count")} == {
        name: whole[name] for name in whole if name not in ("plan", "edits")
    }
    plan = {name: value for name, value in listed["plan"].items() if name != "line_count"}
    assert plan == {name: whole["plan"][name] for name in plan}
    assert listed["status"] == ChangeStatus.PENDING_APPROVAL.value


# ------------------------------------------------------------------------------------------------------- a plan's lists


def test_a_plan_that_is_too_large_for_a_reply_is_cut_and_has_pages(
    world: World, manager: Client, large: Change
) -> None:
    huge = with_lines(large, 2_000, text="Ö" * 1_000)
    world.memory.changes[huge.change_id] = huge
    whole = manager.get(f"/changes/{huge.change_id}")
    assert size(whole.body) < REPLY
    (cut,) = whole.body["plan"]["left_out"]
    assert (cut["part"], cut["of"]) == ("lines", 2_000)
    assert cut["shown"] == len(whole.body["plan"]["lines"]) < 2_000
    replies = all_of(manager, f"/changes/{huge.change_id}/plan/lines?limit=1000")
    lines = [each for reply in replies for each in reply.body["items"]]
    assert [each["line_id"] for each in lines] == [each.line_id for each in huge.plan.lines]
    assert lines[: cut["shown"]] == whole.body["plan"]["lines"]
    assert max(size(reply.body) for reply in replies) < PAGE


def test_a_plan_of_ordinary_size_is_told_whole(world: World, manager: Client, large: Change) -> None:
    plan = manager.get(f"/changes/{large.change_id}").body["plan"]
    assert "left_out" not in plan
    assert len(plan["lines"]) == 500


def test_the_pages_of_a_plan_end_with_the_plan(world: World, manager: Client, large: Change) -> None:
    several = with_lines(large, 3)
    world.memory.changes[large.change_id] = several
    path = f"/changes/{large.change_id}/plan/lines?limit=2"
    cursor = manager.get(path).body["next_cursor"]
    world.memory.changes[large.change_id] = replace(several, plan=replace(several.plan, digest="another"))
    assert manager.get(f"{path}&cursor={cursor}").code == "malformed-cursor"


@pytest.mark.parametrize("part", ["rulings", "edits", "digest", "refunds", "LINES", "x" * 400])
def test_what_is_no_list_of_a_plan_has_no_pages(manager: Client, large: Change, part: str) -> None:
    reply = manager.get(f"/changes/{large.change_id}/plan/{part}")
    assert (reply.status, reply.code) == (404, "not-found")


@pytest.mark.parametrize("limit", ["0", "1001", "-1"])
def test_a_page_of_a_plan_has_bounds(manager: Client, large: Change, limit: str) -> None:
    reply = manager.get(f"/changes/{large.change_id}/plan/lines?limit={limit}")
    assert (reply.status, reply.code) == (422, "out-of-range")
    assert reply.body["errors"][0]["detail"] == "This is a number from 1 to 1,000."


# ---------------------------------------------------------------------------------------------------------------- a log


def test_a_log_is_read_in_pages_and_verified_as_a_whole(agent: Client, order_id: str) -> None:
    for price in ("9.00", "8.00", "7.00"):
        edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": price, "currency": "USD"}}
        etag = agent.get(f"/orders/{order_id}").headers["ETag"]
        body = {"reason_code": "price_correction", "edits": [edit]}
        agent.post(f"/orders/{order_id}/amendments", body, if_match=etag)
        undone = agent.get(f"/changes?order_id={order_id}").body["items"][-1]
        agent.post(f"/orders/{order_id}/amendments/{undone['change_id']}/undo", {}, if_match=etag)
    whole = agent.get(f"/orders/{order_id}/log?verify=true").body
    replies = all_of(agent, f"/orders/{order_id}/log?verify=true&limit=2")
    assert [each for reply in replies for each in reply.body["items"]] == whole["items"]
    assert (whole["next_cursor"], whole["verified"]) == (None, True)
    assert all(reply.body["verified"] for reply in replies)
    assert len(replies) > 2


# -------------------------------------------------------------------------------------------------------- a whole order


def an_order_of(lines: int, **of_a_line: Any) -> dict[str, Any]:
    body = example("order-direct")
    line = {name: value for name, value in body["lines"][0].items() if name != "line_id"} | {"taxes": [], **of_a_line}
    return body | {"lines": [line] * lines, "payments": [], "discounts": []}


def taxes(count: int, name: str = "VAT") -> list[dict[str, Any]]:
    return [{"name": name, "rate": "0.01"}] * count


OFF = {"type": "percent", "value": "1"}
CODED = OFF | {"code": "Ö" * 100}
TOO_LARGE: dict[str, tuple[dict[str, Any], str, str]] = {
    "lines": (an_order_of(2_001), "too-many-lines", "/lines"),
    "taxes of lines": (an_order_of(501, taxes=taxes(20)), "too-many", "/lines"),
    "shares of discounts": (an_order_of(1_001) | {"discounts": [OFF] * 10}, "too-many", "/lines"),
    "discounts and taxes": (an_order_of(600, taxes=taxes(10)) | {"discounts": [OFF] * 7}, "too-many", "/lines"),
    "texts of codes": (
        an_order_of(2_000) | {"discounts": [OFF | {"code": "Ö" * 100}] * 5},
        "order-too-large",
        "/lines",
    ),
}


@pytest.mark.parametrize(("body", "code", "pointer"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_an_order_that_no_reply_could_hold_is_refused(
    world: World, service: Client, body: dict[str, Any], code: str, pointer: str
) -> None:
    reply = service.post("/orders", body)
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])
    assert not world.memory.orders


def of_shopify(lines: int, taxes: int = 0) -> dict[str, Any]:
    charged = [a_tax("0.20", 0.01) for _ in range(taxes)]
    total = f"{20 * lines + taxes * lines / 5 + 6:.2f}"
    sold = [a_shopify_line(id=number, tax_lines=charged) for number in range(lines)]
    return a_shopify_order(line_items=sold, total_price=total, current_total_price=total)


def of_woocommerce(lines: int) -> dict[str, Any]:
    sold = [a_woo_line(id=number, taxes=[], total_tax="0.00") for number in range(lines)]
    return a_woo_order(line_items=sold, total=f"{20 * lines + 6:.2f}")


SHOPS: dict[str, tuple[str, dict[str, Any], str]] = {
    "direct, lines": ("direct", an_order_of(2_001), "too-many-lines"),
    "direct, taxes": ("direct", an_order_of(501, taxes=taxes(20)), "too-many"),
    "shopify, lines": ("shopify", of_shopify(2_001), "too-many-lines"),
    "shopify, taxes": ("shopify", of_shopify(501, taxes=20), "too-many"),
    "woocommerce, lines": ("woocommerce", of_woocommerce(2_001), "too-many-lines"),
}


@pytest.mark.parametrize(("channel", "body", "code"), SHOPS.values(), ids=SHOPS)
def test_a_shop_s_order_has_the_limits_of_every_order(
    world: World, service: Client, channel: str, body: dict[str, Any], code: str
) -> None:
    assert size(body) < REPLY / 5, "no limit of a body keeps it out"
    reply = service.post(f"/channels/{channel}/orders", body)
    assert (reply.status, reply.code) == (422, code)
    assert not world.memory.orders


LARGEST = {
    "lines, each with taxes": an_order_of(2_000, taxes=taxes(5)),
    "shares of discounts": an_order_of(2_000) | {"discounts": [OFF | {"code": "a" * 100}] * 5},
}


@pytest.mark.parametrize("body", LARGEST.values(), ids=LARGEST)
def test_the_largest_order_that_is_taken_is_a_reply_of_less_than_5_mb(service: Client, body: dict[str, Any]) -> None:
    reply = service.post("/orders", body)
    assert reply.status == 201, reply.body
    assert size(reply.body) < REPLY


def test_no_edit_makes_an_order_larger_than_one_may_be(world: World, agent: Client, service: Client) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})
    order = service.post("/orders", an_order_of(2_000)).body
    edits = [{"op": "add_line", "sku": "MUG-RED", "quantity": 1}]
    path = f"/orders/{order['order_id']}/amendments?dry_run=true"
    found = agent.post(path, {"reason_code": "customer_request", "edits": edits}).body["violations"]
    assert ("too-many-lines", "/edits") in [(each["code"], each["pointer"]) for each in found]
    fewer = [{"op": "cancel_line", "line_id": "l1"}]
    found = agent.post(path, {"reason_code": "customer_request", "edits": fewer}).body["violations"]
    assert "too-many-lines" not in [each["code"] for each in found]
