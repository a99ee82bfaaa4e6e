"""Copies `shared/` with one more edit, added as docs/contributor.md says, so that a test can see where it shows up."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROBE = Path(__file__).with_name("new_edit_probe.py")
EDITS, REQUEST = "domain/planning/edits", "http/resources/edit/request.py"

EDIT = '''"""The edit `extend_line`: some more days of a line."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.line_draft import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendLine(LineEdit):
    line_id: str
    days: int
    text: str | None = None
    price: Money | None = None
    op: Literal["extend_line"] = "extend_line"
    parts: ClassVar[tuple[str, ...]] = ("price",)

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is not None:
            draft.wish(line, pointer, Wish(content={"end_date": self._extended}))

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return into.end_date != line.end_date

    def _extended(self, line: Line) -> Line:
        return replace(line, end_date=line.end_date + timedelta(days=self.days) if line.end_date else None)
'''
MODEL = """class ExtendLine(GivenEdit):
    op: Literal["extend_line"]
    line_id: Id
    days: Units
    text: Text | None = None
    price: Money | None = None


"""


def found_in_a_copy(into: Path) -> dict[str, Any]:
    """What the probe finds in a copy below `into`, by the name of each place."""
    shared = into / "shared"
    shutil.copytree(ROOT / "shared", shared, ignore=shutil.ignore_patterns("__pycache__"))
    _add_edit(shared)
    done = subprocess.run(
        [sys.executable, str(PROBE)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(into), str(ROOT)))},
        cwd=into,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _add_edit(shared: Path) -> None:
    """Its own file, its place in the union, its request, and a rule that allows it: four files, with its test five."""
    (shared / EDITS / "extend_line.py").write_text(EDIT)
    union = "from shared.domain.planning.edits.extend_line import ExtendLine\nfrom shared.domain"
    _replace(
        shared / EDITS / "requested.py",
        ("from shared.domain", union),
        ("    ReplaceSku\n", "    ReplaceSku\n    | ExtendLine\n"),
    )
    _replace(
        shared / REQUEST,
        ("Edit = Annotated[", f"{MODEL}Edit = Annotated["),
        ("    SetQuantity\n", "    SetQuantity\n    | ExtendLine\n"),
    )
    document = shared / "policies/eligibility.json"
    policy = json.loads(document.read_text())
    policy["rules"].append(
        {
            "id": "extending",
            "edits": ["extend_line", "extend_line.price"],
            "roles": ["agent"],
            "outcome": "allow",
            "words": "Longer.",
        }
    )
    document.write_text(json.dumps(policy))


def _replace(file: Path, *pairs: tuple[str, str]) -> None:
    source = file.read_text()
    for old, new in pairs:
        assert old in source, f"{old!r} stands no more in {file.name}"
        source = source.replace(old, new, 1)
    file.write_text(source)
