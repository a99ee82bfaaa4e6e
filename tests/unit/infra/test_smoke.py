"""The smoke test's looks into a stack: each knows a stack that is as it should be from one that is not."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.smoke import __main__ as smoke
from infra.smoke.api import Api, Json, Reply
from infra.smoke.aws import Stack
from infra.smoke.walk import NotAsPromised, Walk

PHYSICAL = {"Archive": "arn:aws:events:eu-central-1:1:archive/kept", "LogTable": "log", "AnchorsBucket": "anchors"}
PHYSICAL |= {"UsageOfServices": "u1", "UsageOfStaff": "u2", "ChangesTable": "changes"}


class FakeSession:
    """AWS clients whose calls answer as told: a value, or an error to raise."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Json]] = []

    def client(self, service: str) -> Any:
        return SimpleNamespace(**{name: self._answering(name) for name in (*self.answers, "describe_stack_resource")})

    def _answering(self, name: str) -> Callable[..., Any]:
        def call(**asked: Any) -> Any:
            self.asked.append((name, asked))
            if name == "describe_stack_resource":
                return {"StackResourceDetail": {"PhysicalResourceId": PHYSICAL[asked["LogicalResourceId"]]}}
            if isinstance(self.answers[name], Exception):
                raise self.answers[name]
            return self.answers[name]

        return call


class FakeApi(Api):
    def __init__(self, *replies: Reply) -> None:
        super().__init__("https://api.example", {})
        object.__setattr__(self, "replies", list(replies))

    def call(self, method: str, path: str, body: Json | None = None, user: str = "", **headers: str) -> Reply:
        return self.replies.pop(0)  # type: ignore[attr-defined,no-any-return]


def stack(*replies: Reply, **answers: Any) -> Stack:
    return Stack("inflight", FakeApi(*replies), FakeSession(**answers), usage_seconds=0)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Asked")


WALK = Walk(FakeApi(), order={"order_id": "ord_1"})
DENIED = error("AccessDeniedException")
LOCKED = {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}}}

Look = Callable[[Stack], str]
FIREWALL: Look = lambda stack: stack.stops_what_looks_like_an_attack()  # noqa: E731
USAGE: Look = lambda stack: stack.counts_by_usage_plans()  # noqa: E731
ARCHIVE: Look = lambda stack: stack.archives_its_events()  # noqa: E731
LOG: Look = lambda stack: stack.lets_nobody_write_the_log(WALK)  # noqa: E731
ANCHORS: Look = lambda stack: stack.locks_its_anchors()  # noqa: E731
LETTERS: Look = lambda stack: stack.writes_letters(WALK)  # noqa: E731
ORDER = Reply(201, {"etag": '"1.0"', "location": "/orders/ord_2"}, {"order_id": "ord_2"})


def asked(status: str) -> tuple[Reply, ...]:
    return Reply(200, {}, {}), ORDER, Reply(201, {}, {"change_id": "chg_1", "status": status})


KEPT: list[tuple[Look, Stack]] = [
    (FIREWALL, stack(Reply(403, {}, {"status": 403}))),
    (USAGE, stack(get_usage={"items": {"key": [[3, 97]]}})),
    (ARCHIVE, stack(describe_archive={"State": "ENABLED", "RetentionDays": 30, "EventCount": 4})),
    (LOG, stack(put_item=DENIED, transact_write_items=DENIED)),
    (ANCHORS, stack(get_object_lock_configuration=LOCKED)),
    (LETTERS, stack(*asked("pending_confirmation"), get_item={"Item": {}})),
]
BROKEN: list[tuple[Look, Stack]] = [
    (FIREWALL, stack(Reply(200, {}, {"status": "ok"}))),
    (FIREWALL, stack(Reply(403, {}, {"message": "Forbidden"}))),
    (USAGE, stack(get_usage={"items": {}})),
    (USAGE, stack(get_usage={})),
    (ARCHIVE, stack(describe_archive={"State": "DISABLED", "RetentionDays": 30, "EventCount": 4})),
    (ARCHIVE, stack(describe_archive={"State": "ENABLED", "RetentionDays": 7, "EventCount": 4})),
    (LOG, stack(put_item={}, transact_write_items=DENIED)),
    (LOG, stack(put_item=DENIED, transact_write_items={})),
    (LOG, stack(put_item=error("ConditionalCheckFailedException"), transact_write_items=DENIED)),
    (LETTERS, stack(*asked("committed"), get_item={"Item": {}})),
]


@pytest.mark.parametrize(("look", "there"), KEPT)
def test_a_stack_as_it_should_be_is_so(look: Look, there: Stack) -> None:
    assert look(there)


@pytest.mark.parametrize(("look", "there"), BROKEN)
def test_a_stack_that_is_not_as_promised_is_found_out(look: Look, there: Stack) -> None:
    with pytest.raises(NotAsPromised):
        look(there)


def test_nothing_of_the_log_is_written_where_an_entry_may_stand() -> None:
    there = stack(put_item=DENIED, transact_write_items=DENIED)
    LOG(there)
    (put,) = [said for name, said in there.session.asked if name == "put_item"]
    assert put["ConditionExpression"] == "attribute_not_exists(order_id)"


@pytest.mark.parametrize(
    "trouble", [error("ValidationError"), KeyError("etag"), OSError("no route"), NotAsPromised("no")]
)
def test_a_promise_that_cannot_even_be_looked_at_is_told_and_the_next_one_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any, trouble: Exception
) -> None:
    def fails() -> str:
        raise trouble

    (tmp_path / "tokens.json").write_text("{}")
    monkeypatch.setenv("TOKENS", str(tmp_path / "tokens.json"))
    monkeypatch.setenv("API", "https://api.example")
    monkeypatch.setattr(smoke, "steps", lambda *_: [("first", fails), ("second", lambda: "fine")])
    assert smoke.main() == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("FAILED  first: ")
    assert second == "ok      second: fine"
