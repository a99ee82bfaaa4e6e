"""Writes docs/money-vectors.md anew: `python -m tests.contract.vectors_page > docs/money-vectors.md`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from tests.contract.does_not_fit import DOES_NOT_FIT
from tests.contract.medusa_carts import medusa
from tests.contract.sylius_scenarios import sylius_features
from tests.contract.vectors import (
    ROOT,
    Case,
    dinero,
    iso4217,
    moneyphp,
    rubymoney,
    sylius_distributors,
    vendure,
)

INTRODUCTION = """\
# Our money beside others'

`../shared/data/vectors` holds {total} cases in which six other systems split, round, tax and total money.
`tests/contract/test_money_vectors.py` reads them there: {fitting} give the same result here, to the last minor unit.
{listed} do not; they are listed below with both numbers and the reason. The test also fails if a listed case starts to
fit.

Allocations and roundings go through `shared.domain.money`. Carts and Sylius's scenarios go through intake (`accept`),
and a scenario's later edits of its cart through `plan`. A stand-in for the shop (`tests/contract/sylius_shop.py`)
chooses the promotions and rates that apply. It also calculates shipping with our own rounding, because shipping comes
to an order as amounts. Medusa keeps fractions of a cent, so its numbers are compared in cents, half-up.

A negative amount is shared out as the mirror of the positive one, so that a refund takes back the same parts that the
charge shared out: `allocate(-x) = -allocate(x)`. POLICY_AGREEMENT.json speaks of flooring toward −∞, but if the two
differ and a vector decides (Sylius: -1000 in 3), the vector has the mirror. POLICY_AGREEMENT.json also counts
allocations of moneyphp and Shopify; the folder has no cases of these, only moneyphp's roundings.

`python -m tests.contract.vectors_page > docs/money-vectors.md` writes this page.
"""


def cases() -> list[Case]:
    """Returns every case of every file."""
    sources = (dinero, iso4217, medusa, moneyphp, rubymoney, sylius_distributors, sylius_features, vendure)
    return list(chain.from_iterable(source() for source in sources)) if ROOT.is_dir() else []


def counts(every: Iterable[Case]) -> dict[str, tuple[int, int]]:
    """Returns for each file the number of cases that fit, and of those that are listed."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for case in every:
        found[case.file][case.id in DOES_NOT_FIT] += 1
    return {file: (fitting, listed) for file, (fitting, listed) in sorted(found.items())}


def page(every: list[Case]) -> str:
    return "\n".join(_lines(every)) + "\n"


def _lines(every: list[Case]) -> Iterator[str]:
    listed = [case for case in every if case.id in DOES_NOT_FIT]
    yield INTRODUCTION.format(total=len(every), fitting=len(every) - len(listed), listed=len(listed))
    yield from ("| file | fit | do not |", "|---|---:|---:|")
    yield from (f"| {file} | {fitting} | {others} |" for file, (fitting, others) in counts(every).items())
    yield from ("", "## What does not fit, and why")
    for reason in dict.fromkeys(DOES_NOT_FIT.values()):
        yield from ("", f"**{reason}.**", "", "| case | theirs | ours |", "|---|---|---|")
        for case in listed:
            if DOES_NOT_FIT[case.id] == reason:
                yield f"| {case.id} | {' · '.join(_sides(case)[0])} | {' · '.join(_sides(case)[1])} |"


def _sides(case: Case) -> tuple[list[str], list[str]]:
    """Returns their facts that differ from ours, and ours beside them; a refusal stands alone."""
    ours = case.ours()
    if "refused" in ours:
        return [_fact(*fact) for fact in case.theirs.items()], [f"refused: {ours['refused']}"]
    different = [name for name, fact in case.theirs.items() if ours[name] != fact]
    return [_fact(name, case.theirs[name]) for name in different], [_fact(name, ours[name]) for name in different]


def _fact(name: str, fact: object) -> str:
    return f"{name} {', '.join(map(str, fact)) if isinstance(fact, list) else fact}"


if __name__ == "__main__":
    if not ROOT.is_dir():
        sys.exit(f"There are no numbers of others in {ROOT}.")
    print(page(cases()), end="")  # noqa: T201
