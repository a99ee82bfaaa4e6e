"""Golden files on disk: JSON with one entry a line, and DynamoDB's attribute values with binaries as base64."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

HERE = Path(__file__).parent
PLANS = HERE / "plans"
ROWS = HERE / "rows.json"
VALUES = HERE / "values.json"
LATER: tuple[int, ...] = (2,)
"""The shapes after the first that have golden rows of their own: `rows-2.json`, and `values-2.json` for what they read
as."""


def of_shape(path: Path, number: int) -> Path:
    """The file of a shape's rows or values; the first shape bears no number."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}.json")


def read(path: Path) -> Json:
    content: Json = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(path: Path, content: Mapping[str, Mapping[str, Any]], *, again: bool) -> None:
    """Each entry of each section on a line of its own.

    Raises:
        FileExistsError: the file is there, and `again` was not said.
    """
    if path.exists() and not again:
        raise FileExistsError(f"{path.name} is there: golden files are added to, not written again")
    sections = (f"{json.dumps(name)}: {{\n{_lines(entries)}\n}}" for name, entries in content.items())
    path.write_text("{" + ",\n".join(sections) + "}\n", encoding="utf-8")


def _lines(entries: Mapping[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(name)}: {compact(value)}" for name, value in entries.items())


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@cache
def documents() -> dict[str, str]:
    """The policy documents as they were when the golden plans were made, as JSON texts by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "policies").glob("*.json"))}


# --------------------------------------------------------------------------------------------------- attribute values


def json_of(row: Json) -> Json:
    """A row of the wire as JSON can hold it: binaries in base64."""
    return {name: _encoded(typed) for name, typed in row.items()}


def wire_of(row: Json) -> Json:
    """The row as the client brings it: binaries as bytes."""
    return {name: _decoded(typed) for name, typed in row.items()}


def typed(plain: Mapping[str, Any]) -> Json:
    """Attribute values of texts and numbers."""
    return {name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in plain.items()}


def _encoded(value: Json) -> Json:
    return {"B": b64encode(value["B"]).decode()} if "B" in value else value


def _decoded(value: Json) -> Json:
    return {"B": b64decode(value["B"])} if "B" in value else value
