"""Reads the cases in `../shared/data/vectors`, which split, round and total money in other systems, each beside our
numbers.

The files are read in their place (see their README); they are no part of the project. `theirs` is the case's claim,
`ours` is our domain's result for the same input; the case fits if the two are equal.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from shared.domain import money
from shared.domain.refusal import Refusal

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "vectors"

Facts = Mapping[str, object]
"""The claims of a case by name: `{"parts": [34, 33, 33]}`; amounts in minor units."""


@dataclass(frozen=True)
class Case:
    """One case of one file. `work_out` returns our facts for its input, or raises our refusal; `split` is the amount
    and the weights, if the case is about an allocation."""

    file: str
    name: str
    theirs: Facts
    work_out: Callable[[], Facts]
    split: tuple[int, list[int]] | None = None

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}"

    def ours(self) -> Facts:
        """Returns our facts; a refusal of our domain is a fact too."""
        try:
            return self.work_out()
        except Refusal as refusal:
            return {"refused": refusal.code}
        except ValueError as error:
            return {"refused": str(error)}

    def fits(self) -> bool:
        ours = self.ours()
        return all(name in ours and ours[name] == fact for name, fact in self.theirs.items())


def loaded(file: str) -> Any:
    """Returns a file's content; numbers with a point as exact decimals, never as floats."""
    return json.loads((ROOT / file).read_bytes(), parse_float=Decimal)


def dinero() -> Iterator[Case]:
    file = "dinero_allocate.json"
    content = loaded(file)
    for index, case in enumerate(content["cases"]):
        weights = [_ratio(each) for each in _dinero_ratios(case["ratios"])]
        scale, base = _DINERO_UNITS[case["currency"]]
        parts = [Fraction(part["amount"], base ** (part["scale"] - scale)) for part in case["expected"]]
        yield _allocation(file, f"#{index} {case['currency']} {case['name']}", case["amount"], weights, parts)
    bad: dict[str, list[int]] = {"empty ratios": [], "negative ratios": [1, -1], "only zero ratios": [0, 0]}
    for name in content["must_raise"]:
        yield _raising(file, name, 100, bad[name])


_DINERO_UNITS = {"USD": (2, 10), "MGA": (1, 5)}
"""Scale and base of the amounts as dinero.js has them: an ariary is five iraimbilanja."""


def _dinero_ratios(text: str) -> list[Any]:
    quoted = re.sub(r"(\w+):", r'"\1":', text)
    return json.loads(re.sub(r",\s*\]", "]", quoted))


def _ratio(given: Any) -> Decimal:
    return Decimal(given["amount"]).scaleb(-given["scale"]) if isinstance(given, dict) else Decimal(given)


def rubymoney() -> Iterator[Case]:
    file = "rubymoney_allocation.json"
    for index, case in enumerate(loaded(file)["cases"]):
        parts = case["parts"]
        weights = [Decimal(part) for part in parts] if isinstance(parts, list) else [Decimal(1)] * parts
        name = case.get("name", f"over {_short(parts)}")
        yield _allocation(file, f"#{index} {case['amount']} {name}", case["amount"], weights, case["expected"])


def vendure() -> Iterator[Case]:
    file = "vendure_prorate.json"
    for index, case in enumerate(loaded(file)["cases"]):
        name = f"#{index} {case['total']} over {_short(case['weights'])}"
        yield _allocation(file, name, case["total"], case["weights"], case["expected"])


def sylius_distributors() -> Iterator[Case]:
    file = "sylius_distributors.json"
    content = loaded(file)
    for case in content["equal_split"]:
        yield _allocation(file, f"{case['amount']} in {case['n']}", case["amount"], [1] * case["n"], case["expected"])
    for case in content["proportional"]:
        name = f"{case['amount']} over {_short(case['weights'])}"
        yield _allocation(file, name, case["amount"], case["weights"], case["expected"])
    for case in content["minimum_price_proportional"]:
        totals = [line["total"] for line in case["lines"]]
        name = f"minimum prices, {case['name']}"
        yield _allocation(file, name, case["discount"], totals, case["expected"])
    for case in content["must_raise"]:
        amount, parts = case["equal_split"]
        yield _raising(file, f"{amount} in {parts}", amount, [1] * parts)


def moneyphp() -> Iterator[Case]:
    file = "moneyphp_rounding_modes.json"
    for index, case in enumerate(loaded(file)["cases"]):
        numerator, denominator = Decimal(case["value"]).as_integer_ratio()
        yield Case(
            file,
            f"#{index} {case['value']} {case['mode']}",
            {"rounded": int(case["expected"])},
            lambda numerator=numerator, denominator=denominator: {"rounded": money.divide(numerator, denominator)},
        )


def iso4217() -> Iterator[Case]:
    file = "iso4217_minor_units.json"
    for code, facts in loaded(file).items():
        yield Case(file, code, {"exponent": facts["minor_unit"]}, lambda code=code: {"exponent": money.exponent(code)})


def _allocation(file: str, name: str, amount: int, weights: Iterable[Decimal | int], parts: Iterable[Any]) -> Case:
    split = (amount, _whole(weights))
    return Case(file, name, {"parts": list(parts)}, lambda: {"parts": money.allocate(*split)}, split)


def _raising(file: str, name: str, amount: int, weights: list[int]) -> Case:
    return Case(file, f"must raise: {name}", {"refused": True}, lambda: {"refused": _refuses(amount, weights)})


def _refuses(amount: int, weights: list[int]) -> bool:
    try:
        money.allocate(amount, weights)
    except ValueError:
        return True
    return False


def _whole(weights: Iterable[Decimal | int]) -> list[int]:
    """Returns the weights as whole numbers in the same proportions."""
    ratios = [Fraction(weight) for weight in weights]
    scale = math.lcm(*(ratio.denominator for ratio in ratios))
    return [int(ratio * scale) for ratio in ratios]


def _short(parts: Any) -> str:
    return f"[{', '.join(str(part) for part in parts)}]" if isinstance(parts, list) else str(parts)
