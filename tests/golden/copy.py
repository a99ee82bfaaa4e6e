"""A throw-away copy of the code, in which the domain is changed and the golden rows are read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.golden.files import HERE, VALUES, read

ROOT = HERE.parents[1]


class Copy:
    """The code and its golden files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("shared", "functions", "infra", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("template.yaml", "pyproject.toml"):
            shutil.copy(ROOT / name, folder / name)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace what the pattern `old` finds, which must be there once."""
        file = self._folder / path
        text, count = re.subn(old, new, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count == 1, f"{path}: {old} is there {count} times"
        file.write_text(text, encoding="utf-8")

    def misread(self) -> str:
        """What the check of shapes says of the copy."""
        return self._run("-c", "from infra.shapes import check; print('\\n'.join(check.misread()))")

    def described(self, number: int) -> None:
        """Commit the description of the copy's types as this shape."""
        self._run(
            "-c",
            f"from infra.shapes import check as c; (c.FOLDER / '{number}.json').write_text(c.text_of(c.current()))",
        )

    def values(self) -> dict[str, Any]:
        """What the golden rows read as in the copy."""
        self._run("-m", "tests.golden", "read")
        values: dict[str, Any] = read(self._folder / VALUES.relative_to(ROOT))["values"]
        return values

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self._folder, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def renamed(value: Any, names: dict[str, str]) -> Any:
    """The JSON value with other names of fields, wherever they stand."""
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    return {names.get(name, name): renamed(each, names) for name, each in value.items()}
