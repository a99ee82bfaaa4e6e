"""Copies `shared/` with one more field in the domain's types, so that a test can see where a new field shows up."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROBE = Path(__file__).with_name("throwaway_probe.py")

TYPES = {
    "audit/log.py": ("LogEntry", "FieldChange"),
    "order/line.py": ("Line",),
    "order/line_price.py": ("LineDiscount", "Tax"),
    "order/order.py": ("Order", "Shipping", "Fee"),
    "order/party.py": ("Address", "Customer"),
    "planning/plan.py": (
        "ChangePlan", "LineChange", "PlannedRefund", "PlannedFee", "CancelledUnits", "StockDelta", "NeededApproval",
        "NeededConfirmation", "ReducedAuthorisation",
    ),
}  # fmt: skip
"""The types that get a field `throwaway`; lines and orders get a personal one, `secret`, too."""

_PLAIN = "    throwaway: str | None = None"
_PERSONAL = '    secret: str = field(default="", metadata=erased_as(""))'
_IMPORTS = ["from dataclasses import field", "from shared.domain.fields import erased_as"]


def found_in_a_copy(into: Path) -> dict[str, Any]:
    """What the probe finds in a copy below `into`, by the name of each place."""
    shutil.copytree(ROOT / "shared", into / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    for path, names in TYPES.items():
        file = into / "shared" / "domain" / path
        file.write_text(_with_fields(file.read_text(), names))
    path = os.pathsep.join((str(into), str(ROOT)))
    done = subprocess.run(
        [sys.executable, str(PROBE)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _with_fields(source: str, names: tuple[str, ...]) -> str:
    lines, tree = source.splitlines(), ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in names]
    for each in reversed(classes):  # from below, so that the numbers of the lines above hold
        end = max(node.end_lineno or 0 for node in each.body if isinstance(node, ast.AnnAssign))
        lines[end:end] = [_PLAIN, _PERSONAL] if each.name in ("Line", "Order") else [_PLAIN]
    docstring_ends = tree.body[0].end_lineno or 0
    lines[docstring_ends:docstring_ends] = _IMPORTS
    return "\n".join(lines) + "\n"
