"""Every condition of a DynamoDB write, found in the code itself, so that a new one cannot be forgotten.

A string of an adapter that compares or asks for an attribute is a condition, unless it is what a query reads by. Each
part between ANDs guards something of its own. A part is removed by making it true whatever it says, `(c OR NOT (c))`:
its values stay in use, which DynamoDB insists on.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.sabotage.guard import ROOT, Guard, NotThere

_CONDITION = re.compile(r"attribute_(not_)?exists\(|(=|<>|<=|>=|<|>|\bIN\b) *\(?:\w")
_NO_CONDITION = re.compile(r"\s*(SET|ADD|REMOVE|DELETE)\b")
_OF_READS = frozenset({"KeyConditionExpression"})
_READERS = frozenset({("listing.py", "_condition")})
"""Functions that put together what a query reads by."""


@dataclass(frozen=True)
class Condition:
    """A literal in the code: where it stands, in which function, and its parts."""

    path: str
    function: str
    start: int
    source: str

    @property
    def parts(self) -> tuple[str, ...]:
        text = re.sub(r"""^f?"(.*)"$""", r"\1", self.source)
        return tuple(part for part in text.split(" AND ") if part)

    def without(self, part: str) -> Guard:
        name = f"{Path(self.path).stem}.{self.function}: {part}"
        end = self.start + len(self.source)
        literal = self.source.replace(part, f"({part} OR NOT ({part}))")

        def edit(source: str) -> str:
            if source[self.start : end] != self.source:
                raise NotThere(f"{name}: {self.path} was changed meanwhile")
            return source[: self.start] + literal + source[end:]

        return Guard(name, self.path, edit)


def condition_guards() -> list[Guard]:
    return [condition.without(part) for condition in conditions() for part in condition.parts]


def conditions() -> Iterator[Condition]:
    for path in sorted((ROOT / "shared/adapters").rglob("*.py")):
        yield from _in_file(path)


def _in_file(path: Path) -> Iterator[Condition]:
    source = path.read_text()
    tree = ast.parse(source)
    starts = [0, *(index + 1 for index, letter in enumerate(source) if letter == "\n")]
    for scope in ast.walk(tree):
        name = "module" if scope is tree else getattr(scope, "name", "")
        if not isinstance(scope, ast.Module | ast.FunctionDef) or (path.name, name) in _READERS:
            continue
        for node in _literals(scope):
            segment = ast.get_source_segment(source, node) or ""
            if _CONDITION.search(segment) and not _NO_CONDITION.match(segment.lstrip('f"')):
                yield Condition(str(path.relative_to(ROOT)), name, _offset(source, starts, node), segment)


def _literals(node: ast.AST) -> Iterator[ast.expr]:
    """Strings of a scope itself, but for docstrings and for what queries read by."""
    read_by = _read_by(node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) or child in read_by:
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child
        else:
            yield from _literals(child)


def _read_by(node: ast.AST) -> list[ast.expr]:
    """What is given to a query as the condition on its key, as an argument or in a dictionary of arguments."""
    if isinstance(node, ast.keyword):
        return [node.value] if node.arg in _OF_READS else []
    if isinstance(node, ast.Dict):
        named = zip(node.keys, node.values, strict=True)
        return [each for key, each in named if isinstance(key, ast.Constant) and key.value in _OF_READS]
    return []


def _offset(source: str, starts: list[int], node: ast.expr) -> int:
    """Where a node begins, in characters; the tree counts bytes."""
    line = source[starts[node.lineno - 1] :].partition("\n")[0]
    return starts[node.lineno - 1] + len(line.encode()[: node.col_offset].decode())
