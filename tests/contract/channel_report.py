"""Reports the outcome of every recorded payload: `python -m tests.contract.channel_report`.

It prints for each folder the number of payloads, of orders taken, and of refusals by code; then each payload that was
refused although it is an order (`--all`: the others too).
"""

import sys
from collections import Counter

from shared.adapters.channels import read
from shared.domain.refusal import Refusal
from tests.contract.channel_corpus import CHANNELS, ROOT, Recorded, recorded

TAKEN = "taken"


def outcome(payload: Recorded) -> tuple[str, str]:
    """Returns "taken" or the code of the refusal, and its words."""
    try:
        read(payload.channel, payload.raw)
    except Refusal as refused:
        pointer = refused.violations[0].pointer if refused.violations else ""
        return refused.code, f"{refused.detail} {pointer}".strip()
    return TAKEN, ""


def counts(folder: str) -> Counter[str]:
    return Counter(outcome(payload)[0] for payload in recorded(folder))


def report(folder: str) -> str:
    payloads = [(payload, *outcome(payload)) for payload in recorded(folder)]
    tally = Counter(code for _, code, _ in payloads)
    files = len({payload.name.partition("#")[0] for payload, _, _ in payloads})
    lines = [f"{folder}: {files} files, {len(payloads)} payloads, {tally.pop(TAKEN, 0)} orders taken"]
    lines += [f"  {count:4} {code}" for code, count in tally.most_common()]
    lines += [
        f"       {payload.name}: {code}: {words}"
        for payload, code, words in payloads
        if code not in (TAKEN, "not-an-order") or "--all" in sys.argv
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    if not ROOT.is_dir():
        sys.exit(f"There are no recorded payloads in {ROOT}.")
    for each in CHANNELS:
        print(report(each))  # noqa: T201
