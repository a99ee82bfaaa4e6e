"""A copy of the code without one guard, and the tests that could notice, cheapest first."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.sabotage.guard import ROOT, Guard
from tests.sabotage.runner import Found, Runner

STORES = ("tests/integration",)
STAGES: tuple[tuple[str, ...], ...] = (
    ("tests/unit/usecases", "tests/unit/functions"),
    ("tests/unit/http", "tests/unit/gateways"),
    STORES,
    ("tests/unit/domain", "tests/unit/channels", "tests/unit/infra", "tests/unit/stored", "tests/properties"),
    ("tests/golden",),
    ("tests/workflow",),
    ("tests/simulation",),
)
_CODE = ("shared", "functions", "infra")
"""Linked file by file, so that one can be replaced without touching the origin's; guards stand only here."""
_BESIDE = (
    "tests",
    "docs",
    "requirements",
    "template.yaml",
    "pyproject.toml",
    "Makefile",
    ".ci",
    "samconfig.toml",
)


@dataclass(frozen=True)
class Outcome:
    """Which test noticed, if any; `doubts` are failures that prove nothing: of a broken edit, or of a red suite."""

    guard: Guard
    test: str = ""
    error: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """`origin` is the repository as it was when the run began: whoever works on meanwhile disturbs nothing. As many
    guards are tried at once as there are `runners`."""

    origin: Path
    runners: SimpleQueue[Runner]

    def tried(self, guard: Guard, witness: str | None = None, *, searching: bool = True) -> Outcome:
        """Remove the guard, and run tests until one notices: the `witness` first, and then all, if `searching`."""
        doubts: list[str] = []
        with self.placed(guard) as place:
            for tests in _stages(guard, witness, searching=searching):
                found = self.first_failure(place, tests)
                if found and found["fair"] and (found["test"] == witness or self._is_certain(place, found["test"])):
                    return Outcome(guard, found["test"], found["error"], tuple(doubts))
                if found:
                    doubts.append(f"{found['test']}: {found['error']}")
        return Outcome(guard, doubts=tuple(doubts))

    def failing(self, *tests: str) -> str | None:
        """One of the tests that fails on the code as it is, if any does: such a test notices nothing."""
        with self.placed(None) as place, self._runner() as runner:
            found = runner.first_failure(place, tests, compiling=True)
        return f"{found['test']}: {found['error']}" if found else None

    def existing(self, tests: Collection[str]) -> frozenset[str]:
        """Those of the tests that are there: others were renamed, moved, or lost a parameter. A name without
        parameters stands for all of them."""
        files = sorted({each.partition("::")[0] for each in tests})
        with self.placed(None) as place, self._runner() as runner:
            found = runner.collected(place, [each for each in files if (place / each).exists()])
        return frozenset(tests) & (found | {each.partition("[")[0] for each in found})

    def first_failure(self, place: Path, tests: tuple[str, ...]) -> Found | None:
        """The first of these tests that fails at a place; None when all pass."""
        with self._runner() as runner:
            return runner.first_failure(place, tests)

    def _is_certain(self, place: Path, test: str) -> bool:
        """Whether it fails without the guard again, and passes with it: one that fails now and then proves nothing."""
        return self.first_failure(place, (test,)) is not None and self.failing(test) is None

    @contextmanager
    def _runner(self) -> Iterator[Runner]:
        runner = self.runners.get()
        try:
            yield runner
        finally:
            self.runners.put(runner)

    @contextmanager
    def placed(self, guard: Guard | None) -> Iterator[Path]:
        """A directory with the code, without the guard. All files but the one that differs are the origin's own."""
        with tempfile.TemporaryDirectory(prefix="sabotage-") as name:
            place = Path(name).resolve()
            for each in _CODE:
                shutil.copytree(self.origin / each, place / each, copy_function=os.link)
            for each in _BESIDE:
                (place / each).symlink_to(self.origin / each)
            if guard:
                assert Path(guard.path).parts[0] in _CODE, guard.path
                replace(place / guard.path, guard.edit((self.origin / guard.path).read_text()))
            yield place


@contextmanager
def bench(jobs: int = 1) -> Iterator[Bench]:
    """A bench on which so many guards can be tried at once."""
    runners = [Runner() for _ in range(jobs)]
    idle = SimpleQueue[Runner]()
    try:
        with tempfile.TemporaryDirectory(prefix="sabotage-origin-") as name:
            origin = Path(name)
            _copy(origin)
            for each in runners:
                idle.put(each)
            yield Bench(origin, idle)
    finally:
        for each in runners:
            each.close()


def replace(path: Path, text: str) -> None:
    """The new text in a file of its own, since the old one is the origin's too; and no bytecode of the old, which would
    pass for it within the same second."""
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()
    path.unlink()
    path.write_text(text)


def _copy(origin: Path) -> None:
    for each in (*_CODE, *_BESIDE):
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, origin / each)  # with what is compiled: times are copied too
        elif (ROOT / each).exists():
            shutil.copy2(ROOT / each, origin / each)


def _stages(guard: Guard, witness: str | None, *, searching: bool) -> Iterator[tuple[str, ...]]:
    if guard.redundant:
        return
    if witness:
        yield (witness,)
    if not searching:
        return
    if "dynamodb" in guard.path:
        yield STORES
    yield from STAGES
