"""Holds the committed descriptions of stored shapes to the domain's types, and says what to do where they differ."""

import json
from pathlib import Path

from infra.shapes.compare import drifts
from infra.shapes.describe import Description, description
from shared.adapters.dynamodb.stored import kinds, upcasters
from shared.adapters.dynamodb.stored.kind import Kind

FOLDER = Path(__file__).resolve().parents[2] / "shared/adapters/dynamodb/stored/shapes"

WHAT_TO_DO = """\
Stored orders would be misread. Either leave the field as it was, or give what is stored a new number:
  1. in shared/adapters/dynamodb/stored/upcasters.py, add to STEPS the number {next} with a function for each record
     above: `renamed(old, new)`, `explicit(field, old default)`, or one of your own
  2. run `python -m infra.generate`, which writes shapes/{next}.json and leaves the earlier ones as they are
  3. run `python -m tests.golden write`, which adds golden rows of the new shape"""


def current() -> Description:
    """The shape that today's types have."""
    found = [each for each in vars(kinds).values() if isinstance(each, Kind)]
    return description({each.name: each.type for each in found})


def misread(number: int = upcasters.NUMBER, after: Description | None = None) -> list[str]:
    """Names what rows of an earlier shape, or of the committed one, would lose, with the remedy."""
    after, words = after or current(), list[str]()
    for path in (FOLDER / f"{number}.json", FOLDER / f"{number - 1}.json"):
        if path.exists():
            stepped = upcasters.STEPS.get(number, {}) if path.stem != str(number) else {}
            found = drifts(json.loads(path.read_text(encoding="utf-8")), after)
            words += [each.words for each in found if each.record not in stepped]
    return [*words, WHAT_TO_DO.format(next=number + 1)] if words else []


def text_of(shape: Description) -> str:
    """A field a line, so that a difference shows as one."""
    kinds_ = ",\n".join(f'  "{name}": {json.dumps(type_)}' for name, type_ in shape["kinds"].items())
    records = ",\n".join(f'  "{name}": {{\n{_lines(fields)}\n  }}' for name, fields in shape["records"].items())
    return f'{{\n "kinds": {{\n{kinds_}\n }},\n "records": {{\n{records}\n }}\n}}\n'


def _lines(fields: Description) -> str:
    return ",\n".join(f'   "{name}": {json.dumps(field, ensure_ascii=False)}' for name, field in fields.items())
