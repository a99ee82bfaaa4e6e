"""A copy of the code without one guard, and the tests that could notice, cheapest first."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sabotage.guard import ROOT, Guard
from tests.sabotage.witness import REPORT

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
_CODE = ("shared", "functions")
_BESIDE = (
    "tests",
    "infra",
    "docs",
    "requirements",
    "template.yaml",
    "pyproject.toml",
    "Makefile",
    ".ci",
    "samconfig.toml",
)
_LONGEST = 900
"""Seconds of one stage. A guard whose removal hangs the tests is noticed, if not kindly."""


@dataclass(frozen=True)
class Outcome:
    """Which test noticed, if any; `doubts` are failures that prove nothing: of a broken edit, or of a red suite."""

    guard: Guard
    test: str = ""
    error: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """`origin` is the repository as it was when the run began: whoever works on meanwhile disturbs nothing."""

    origin: Path

    def tried(self, guard: Guard, witness: str | None = None) -> Outcome:
        """Remove the guard, and run tests until one notices: the `witness` first."""
        doubts: list[str] = []
        with self._place(guard) as place:
            for tests in _stages(guard, witness):
                found = _first_failure(place, tests)
                if found and found["fair"] and (found["test"] == witness or self._is_certain(place, found["test"])):
                    return Outcome(guard, found["test"], found["error"], tuple(doubts))
                if found:
                    doubts.append(f"{found['test']}: {found['error']}")
        return Outcome(guard, doubts=tuple(doubts))

    def is_sound(self, *tests: str) -> bool:
        """Whether the tests pass on the code as it is: one that fails anyway notices nothing."""
        with self._place(None) as place:
            return _first_failure(place, tests) is None

    def _is_certain(self, place: Path, test: str) -> bool:
        """Whether it fails without the guard again, and passes with it: one that fails now and then proves nothing."""
        return _first_failure(place, (test,)) is not None and self.is_sound(test)

    @contextmanager
    def _place(self, guard: Guard | None) -> Iterator[Path]:
        """A directory with the code, without the guard."""
        with tempfile.TemporaryDirectory(prefix="sabotage-") as name:
            place = Path(name)
            for each in _CODE:
                shutil.copytree(self.origin / each, place / each)  # with what is compiled: times are copied too
            for each in _BESIDE:
                (place / each).symlink_to(self.origin / each)
            if guard:
                _replace(place / guard.path, guard.edit((self.origin / guard.path).read_text()))
            yield place


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="sabotage-origin-") as name:
        origin = Path(name)
        for each in (*_CODE, *_BESIDE):
            if (ROOT / each).is_dir():
                shutil.copytree(ROOT / each, origin / each)
            elif (ROOT / each).exists():
                shutil.copy2(ROOT / each, origin / each)
        yield Bench(origin)


def _stages(guard: Guard, witness: str | None) -> Iterator[tuple[str, ...]]:
    if guard.redundant:
        return
    if witness:
        yield (witness,)
    if "dynamodb" in guard.path:
        yield STORES
    yield from STAGES


def _replace(path: Path, text: str) -> None:
    """The new text, and no bytecode of the old, which would pass for it within the same second."""
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()
    path.write_text(text)


def _first_failure(place: Path, tests: tuple[str, ...]) -> dict[str, Any] | None:
    report = place / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "tests.sabotage.witness"]
    environment = os.environ | {REPORT: str(report), "PYTHONPATH": str(place)}
    try:
        run = subprocess.run(
            [*command, *tests], cwd=place, env=environment, capture_output=True, text=True, timeout=_LONGEST
        )
    except subprocess.TimeoutExpired:
        return {"test": tests[0], "fair": True, "error": "it never ended"}
    if report.exists():
        found: dict[str, Any] = json.loads(report.read_text())
        return found
    if run.returncode != 0:
        return {"test": tests[0], "fair": False, "error": (run.stdout + run.stderr)[-500:]}
    return None
