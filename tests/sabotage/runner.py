"""Runs pytest at a place: in a fork of a process that has the libraries already (fork_server.py)."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROBUST = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.sabotage.witness")
LONGEST = 900
"""Seconds of one run. A guard whose removal hangs the tests is noticed, if not kindly."""

Found = dict[str, Any]
"""What failed first: `test`, `error`, and whether the failure is `fair`."""


class Runner:
    """One fork server, which runs one thing at a time. `longest` is in seconds."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        script = Path(__file__).with_name("fork_server.py")
        self._server = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def first_failure(self, place: Path, tests: Sequence[str], *, compiling: bool = False) -> Found | None:
        """The first test that fails at a place; None when all pass. `compiling` keeps bytecode beside the sources."""
        report = place / "report.json"
        report.unlink(missing_ok=True)
        ended = self._run(place, ["-x", *ROBUST, *tests], report, compiling)
        if report.exists():
            found: Found = json.loads(report.read_text())
            return found
        if ended.code is None:
            return {"test": tests[0], "fair": True, "error": "it never ended"}
        if ended.code != 0:
            return {"test": tests[0], "fair": False, "error": ended.output[-500:]}
        return None

    def collected(self, place: Path, files: Sequence[str]) -> frozenset[str]:
        """The ids of all tests that these files have; a file that cannot be imported has none."""
        names = place / "collected.json"
        names.unlink(missing_ok=True)
        arguments = ["--collect-only", "--continue-on-collection-errors", *ROBUST, *files]
        self._run(place, arguments, names, compiling=True)
        return frozenset(json.loads(names.read_text())) if names.exists() else frozenset()

    def close(self) -> None:
        if self._server.stdin and self._server.stdout:
            self._server.stdin.close()
            self._server.stdout.close()
        self._server.wait()

    def _run(self, place: Path, arguments: Sequence[str], report: Path, compiling: bool) -> "_Ended":
        asked = {
            "place": str(place),
            "arguments": list(arguments),
            "report": str(report),
            "longest": self._longest,
            "compile": compiling,
        }
        if self._server.stdin is None or self._server.stdout is None:
            raise RuntimeError("the server has no pipes")
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return _Ended(**json.loads(self._server.stdout.readline()))


@dataclass(frozen=True)
class _Ended:
    """How a run ended: pytest's exit code, None when it was killed; and the end of what it printed."""

    code: int | None
    output: str
