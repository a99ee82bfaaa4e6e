"""`python -m tests.golden write` makes the golden files that are not there yet; `--again` makes all of them anew."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.golden.files import PLANS, ROWS, write
from tests.golden.plans import stories
from tests.golden.stored import told


def files() -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for book in stories():
        yield PLANS / f"{book.family}.json", {"orders": book.orders, "plans": book.plans}
    yield ROWS, told()


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["write"]:
        print(__doc__, file=sys.stderr)
        return 2
    refused = 0
    for path, content in files():
        try:
            write(path, content, again="--again" in arguments)
        except FileExistsError as error:
            refused += 1
            print(error, file=sys.stderr)
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
