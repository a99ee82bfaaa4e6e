"""The waits of moto's executions, on a clock that a test moves: moto itself waits in real seconds."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint, CallbackOutcome

_LOOK_SECONDS = 0.02


class Timers:
    """A task's time is up once so many seconds have passed here since it began; none pass by themselves."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._over = False
        self._answers_wanted = 0

    @property
    def waits_for_answer(self) -> bool:
        """Tells if some execution waits for the answer to a task token, so that its time goes on."""
        return self._answers_wanted > 0

    def passes(self, seconds: float) -> None:
        """Let the time of every task that is under way go on by so much."""
        self._seconds += seconds

    def close(self) -> None:
        """End all waits: their test is over."""
        self._over = True

    def wait(self, ended: Callable[[float], bool], seconds: float | None, began: float | None = None) -> bool:
        """Wait until `ended`, which waits so many real seconds itself, or until this time is up; whether it ended."""
        until = (self._seconds if began is None else began) + (seconds or float("inf"))
        while self._seconds < until and not self._over:
            if ended(_LOOK_SECONDS):
                return True
        return ended(0)

    def wait_for_answer(self, ended: Callable[[float], bool], seconds: float | None) -> None:
        """Waits as `wait` does, and is seen to."""
        began = self._seconds
        self._answers_wanted += 1
        try:
            self.wait(ended, seconds, began)
        finally:
            self._answers_wanted -= 1


@contextmanager
def waits_by(timers: Timers) -> Iterator[None]:
    """Inside, executions wait by these timers, for functions and for tokens."""

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return timers.wait(super().wait, timeout)

    def answered(endpoint: CallbackEndpoint, timeout: float | None = None) -> CallbackOutcome | None:
        timers.wait_for_answer(endpoint._notify_event.wait, timeout)
        return endpoint.get_outcome()

    with (
        patch.object(execute_state, "threading", SimpleNamespace(Event=Event)),
        patch.object(CallbackEndpoint, "wait", answered),
    ):
        yield
