"""What a sweep says of a job that failed: which, and why, and nothing that is personal."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.sweep.handler import handler as sweep
from shared.domain.change.states import ChangeStatus
from shared.ports.bus import PublishFailed
from shared.ports.stores import Write
from shared.usecases.core.time_left import TimeLeft
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, an_order
from tests.unit.functions.stories import a_paid_order
from tests.unit.usecases.approvals import asked_for
from tests.unit.usecases.stories import taken

CONTEXT: Any = SimpleNamespace(function_name="sweep", get_remaining_time_in_millis=lambda: 50_000)
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "of Ada"}}, "Query")
FOUND: list[tuple[Exception, str]] = [
    (KeyError("Ada"), "KeyError"),
    (DENIED, "ClientError AccessDeniedException"),
    (ExceptionGroup("of Ada", [DENIED, KeyError("Ada")]), "ClientError AccessDeniedException, KeyError"),
]


def words(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


@pytest.mark.parametrize(("trouble", "named"), FOUND, ids=[named for _, named in FOUND])
def test_a_job_that_failed_is_named_with_what_failed_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception, named: str
) -> None:
    def broken(*_: object) -> int:
        raise trouble

    monkeypatch.setattr(world.services.orders, "finish_staged", broken)
    with pytest.raises(ExceptionGroup):
        sweep({}, CONTEXT)
    assert words(caplog) == [f"sweep: not finished: {named}"]
    assert "Ada" not in caplog.text


def test_events_that_are_not_published_are_named_by_their_order(world: World, caplog: pytest.LogCaptureFixture) -> None:
    order = a_paid_order(world)
    world.clock.passes(minutes=5)
    world.bus.broken = PublishFailed("1 of 1: ['InternalFailure']")
    with pytest.raises(ExceptionGroup):
        sweep({}, CONTEXT)
    failed = "PublishFailed 1 of 1: ['InternalFailure']"
    assert words(caplog) == [
        f"not published: events from 1 of {order.order_id}: {failed}",
        f"sweep: not published: {failed}",
    ]


def waiting_changes(world: World, count: int) -> list[str]:
    made = [taken(world, an_order(f"D-{number}").with_line("MUG", 3, 1000).paid()) for number in range(count)]
    return [asked_for(world, order, accept=False).change_id for order in made]


def test_a_sweep_goes_on_until_its_time_is_nearly_up_and_then_ends_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write takes 4 of the sweep's 50 seconds, so that ten cannot be ended at once."""
    ids, written, write = waiting_changes(world, 10), list[Write](), world.services.orders.write
    monkeypatch.setattr(world.services.orders, "write", lambda made: (written.append(made), write(made)))
    hurried: Any = SimpleNamespace(
        function_name="sweep", get_remaining_time_in_millis=lambda: 50_000 - 4_000 * len(written)
    )
    world.clock.passes(days=3)
    assert 0 < sweep({}, hurried)["expired"] < len(ids)
    sweep({}, CONTEXT)
    assert {world.memory.changes[each].status for each in ids} == {ChangeStatus.EXPIRED}


def test_no_job_of_a_sweep_takes_the_time_of_those_after_it() -> None:
    left = iter([100.0, 30.0, 30.0, 24.0])
    time = TimeLeft(lambda: next(left), kept=10)
    first = time.share_of(3)
    assert first.kept == pytest.approx(70)
    assert first.is_up
    assert time.share_of(2).kept == pytest.approx(20)
    assert not TimeLeft(lambda: 24.0, kept=10).is_up


def test_a_job_that_failed_keeps_nothing_alive_of_what_it_worked_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten large changes that cannot be written would else stay in memory together."""
    (change_id,) = waiting_changes(world, 1)
    world.clock.passes(days=3)
    monkeypatch.setattr(world.services.orders, "write", failing)
    with pytest.raises(ExceptionGroup) as raised:
        mind_deadlines(world.services)
    (trouble,) = raised.value.exceptions
    assert (trouble.__traceback__, trouble.__context__, trouble.__cause__) == (None, None, None)
    assert world.memory.changes[change_id].is_open


def failing(_: object) -> None:
    try:
        raise KeyError("first")
    except KeyError as error:
        raise TimeoutError from error
