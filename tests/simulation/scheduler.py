"""Who runs next: workers as greenlets, switched at points, all choices from one seed.

A worker runs until it reaches a point (a call to AWS or to a gateway) or blocks; then the seed chooses who goes on. So
the same seed gives the same interleaving, and its trace can be replayed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet


class Crash(BaseException):
    """The process died at this point: no handler of the code under test sees it."""


@dataclass(eq=False)
class Worker:
    """One thing under way. `ready` says whether a blocked worker may go on; `wakes_at` when it would at the latest."""

    name: str
    thread: greenlet = field(repr=False)
    ready: Callable[[], bool] | None = None
    wakes_at: Callable[[], float] | None = None
    saved: list[Any] = field(default_factory=list)


@dataclass
class Scheduler:
    """`on_switch` saves and restores what the code under test keeps in globals between two points of one worker."""

    rng: Random
    save: Callable[[], list[Any]]
    restore: Callable[[list[Any]], None]
    trace: list[str] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    current: Worker | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        self._hub = getcurrent()

    def spawn(self, name: str, work: Callable[[], None]) -> Worker:
        """Let `work` begin when the seed chooses it. A crash ends it silently."""
        worker = Worker(name=name, thread=greenlet(lambda: self._run(work), parent=self._hub))
        self.workers.append(worker)
        return worker

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Crash:
            self.note("crashed")

    def note(self, what: str) -> None:
        """One line of the trace."""
        self.trace.append(f"{self.steps:05} {self.current.name if self.current else 'hub'}: {what}")

    def point(self, what: str) -> None:
        """Let the seed choose who goes on; nothing happens outside of workers."""
        if self.current is None:
            return
        worker = self.current
        worker.saved = self.save()
        self._hub.switch()
        self.restore(worker.saved)
        self.note(what)

    def block(self, what: str, ready: Callable[[], bool], wakes_at: Callable[[], float] | None = None) -> None:
        """Wait until `ready`; the hub may move the clock to `wakes_at` when nobody else can run."""
        if self.current is None:
            raise RuntimeError("only workers can wait")
        self.current.ready, self.current.wakes_at = ready, wakes_at
        self.point(what)

    @property
    def runnable(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.ready is None or worker.ready()]

    def step(self, worker: Worker) -> None:
        """Let this worker run to its next point."""
        self.steps += 1
        worker.ready = None
        self.current = worker
        try:
            worker.thread.switch()
        finally:
            self.current = None
        if worker.thread.dead:
            self.workers.remove(worker)

    def stop(self) -> None:
        """End whatever is left."""
        for worker in list(self.workers):
            if worker.thread:
                worker.thread.throw(GreenletExit)
        self.workers.clear()
