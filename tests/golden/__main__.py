"""`python -m tests.golden write` makes golden files: those that are not there yet, with `--again` all of them.

`python -m tests.golden read` writes anew what the golden rows read as, in today's names of fields: for a change that
renames a field on purpose. It leaves plans and rows as they are.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.golden.files import LATER, PLANS, ROWS, VALUES, of_shape, write
from tests.golden.plans import FAMILIES, book_of
from tests.golden.stored import told, values


def _missing(again: bool) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for family in FAMILIES:
        if again or not (PLANS / f"{family}.json").exists():
            book = book_of(family)
            yield PLANS / f"{family}.json", {"orders": book.orders, "plans": book.plans}
    if again or not ROWS.exists():
        yield ROWS, told()
    newest = of_shape(ROWS, max(LATER))
    if not newest.exists():
        yield newest, told()


def main(arguments: list[str]) -> int:
    command, again = arguments[:1], "--again" in arguments
    if command not in (["write"], ["read"]):
        print(__doc__, file=sys.stderr)
        return 2
    if command == ["write"]:
        for path, content in _missing(again):
            write(path, content, again=again)
            print(f"written: {path.name}", file=sys.stderr)
    if command == ["read"] or again or not VALUES.exists():
        write(VALUES, {"values": values()}, again=True)
    for number in LATER:
        if command == ["read"] or not of_shape(VALUES, number).exists():
            write(of_shape(VALUES, number), {"values": values(of_shape(ROWS, number))}, again=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
