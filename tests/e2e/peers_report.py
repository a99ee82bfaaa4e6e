"""The table of PEERS.md with our column, from a run of test_peers.py: `python -m tests.e2e.peers_report`."""

import sys
from pathlib import Path

import pytest

ROWS = Path(__file__).with_name("test_peers.py")


class Table:
    """Collects what the tests say of their rows."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for row, ours in report.user_properties if report.when == "call" and report.passed else ():
            self.rows.append((*_cells(row), str(ours)))


def _cells(docstring: str) -> tuple[str, ...]:
    """The case, Vendure's cell and Medusa's of `<case>. Vendure: <cell>. Medusa: <cell>.`"""
    case, _, rest = " ".join(docstring.split()).partition(" Vendure: ")
    vendure, _, medusa = rest.partition(" Medusa: ")
    return case.rstrip("."), vendure.rstrip("."), medusa.rstrip(".")


def main() -> int:
    table = Table()
    ended = pytest.main(["--quiet", str(ROWS)], plugins=[table])
    lines = [f"| {' | '.join(row)} |" for row in dict.fromkeys(table.rows)]
    print("\n".join(["", "| case | Vendure | Medusa | Inflight |", "|---|---|---|---|", *lines]))  # noqa: T201
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
