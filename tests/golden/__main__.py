"""`python -m tests.golden write` makes golden files: those that are not there yet, with `--again` all of them.

`python -m tests.golden read` writes anew what the golden rows read as, in today's names of fields: for a change that
renames a field on purpose. It leaves plans and rows as they are.

`python -m tests.golden expect NAME...` writes anew what the named plans come to, for a rule that changes on purpose;
`expect --all` does so for every plan that comes to something else. Orders, requests and rows stay as they are.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.golden.files import LATER, PLANS, ROWS, VALUES, of_shape, read, write
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


def _expect(names: list[str]) -> None:
    """Writes the outcome of these plans as it is now; of all that differ, if none is named."""
    from tests.golden import test_plans as golden
    from tests.golden.inner import outcome

    for path in sorted(PLANS.glob("*.json")):
        content, differ = read(path), []
        for name, each in content["plans"].items():
            if names and name not in names:
                continue
            now = outcome(golden.order_of(each["order"]), golden.planned(name))
            if now != each["expected"]:
                each["expected"] = now
                differ.append(name)
        if differ:
            write(path, content, again=True)
            print(f"written: {path.name}: {', '.join(differ)}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    command, again = arguments[:1], "--again" in arguments
    if command == ["expect"] and arguments[1:]:
        _expect([] if arguments[1:] == ["--all"] else arguments[1:])
        return 0
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
