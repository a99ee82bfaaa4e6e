"""Writes what is generated: the OpenAPI document, event schemas and examples, the template, and the stored shapes.

`python -m infra.generate` writes; `--check` writes nothing, but prints what has drifted, and fails if anything has.
"""

import difflib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.events.examples import example_of
from infra.events.schemas import TYPES, detail_model, schema_of
from infra.openapi.document import document
from infra.shapes import check as shapes
from infra.stacks.join import joined
from shared.adapters.dynamodb.stored.upcasters import NUMBER

ROOT = Path(__file__).resolve().parents[1]
EVENTS = ROOT / "infra/events"


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {ROOT / "functions/docs/openapi.json": _text(document()), ROOT / "template.yaml": joined()}
    files[shapes.FOLDER / f"{NUMBER}.json"] = shapes.text_of(shapes.current())
    for type_ in TYPES:
        example = example_of(type_)
        detail_model(type_).model_validate(example["detail"])
        files[EVENTS / f"{type_}.v1.schema.json"] = _text(schema_of(type_))
        files[EVENTS / f"{type_}.v1.example.json"] = _text(example)
    return files


def drifted(files: dict[Path, str]) -> Iterable[str]:
    """Differences between the files and what they should hold, file by file."""
    for path, wanted in files.items():
        found = path.read_text(encoding="utf-8") if path.exists() else ""
        name = str(path.relative_to(ROOT))
        yield from difflib.unified_diff(found.splitlines(), wanted.splitlines(), name, "generated", lineterm="", n=1)
    for path in sorted(set(EVENTS.glob("*.json")) - set(files)):
        yield f"{path.relative_to(ROOT)} is generated no more"


def main(arguments: list[str]) -> int:
    if misread := shapes.misread():
        print("\n".join(misread), file=sys.stderr)
        return 1
    files = generated()
    if "--check" in arguments:
        lines = list(drifted(files))
        print("\n".join(lines[:200]), file=sys.stderr)
        return 1 if lines else 0
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in set(EVENTS.glob("*.json")) - set(files):
        path.unlink()
    return 0


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
