"""Runs the commands of a page of the docs against a local run, and brings what each block of them printed."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.service import ROOT, Service

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RACING = "<!-- whoever comes first -->"
"""Stands in a page before a sample whose lists hold what departments and gateway do side by side."""
_SCRATCH = "/tmp/"  # noqa: S108  where pages keep what they got
_END = "=== end of block"
_DIFFERS = (
    (re.compile(r"\b(chg|ord|ref)_[0-9a-f]{24}\b"), r"\1_…"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"\bsandbox-\d{6}\b"), "sandbox-…"),
)
_WAIT = """
sleep() {  # not so many seconds, but until the change at hand waits for nobody but people, and they have their letter
  for _ in $(seq 600); do
    as agent $api/changes/$change | jq -e "$waits_for_people" > /dev/null &&
      { [ "$(as agent $api/changes/$change | jq -r .status)" != pending_confirmation ] || has_letter; } && return
    command sleep 0.2
  done
}
has_letter() {
  curl -sS "$api/dev/mail?to=ada@example.com" | jq -e '.items[-1].text | contains("/confirmations/")' > /dev/null
}
waits_for_people='all(.waits[].party; IN("warehouse", "billing", "logistics", "payment gateway") | not)'
"""


@dataclass(frozen=True)
class Sample:
    """One block of commands, at a line of its page, and what the page says that they print; None if it says nothing."""

    line: int
    commands: str
    told: str | None
    racing: bool = False


def samples(page: Path) -> Iterator[Sample]:
    """The blocks of commands of a page, each with the sample that follows it."""
    text = page.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] != "sh":
            continue
        between = text[block.end() : following.start()].strip() if following else "the end"
        told = following[2] if following and following[1] != "sh" and between in ("", _RACING) else None
        yield Sample(text[: block.start()].count("\n") + 1, block[2], told, racing=between == _RACING)


def printed(service: Service, found: list[Sample], folder: Path) -> list[str]:
    """What each block prints, one after the other in one shell. The page's port and scratch files become this run's."""
    port = str(service.ports[0])
    script = _WAIT + "".join(f"{each.commands}\necho '{_END}'\n" for each in found)
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(".local/8000/", f".local/{port}/")
    script = script.replace(_SCRATCH, f"{folder}/")
    done = subprocess.run(["bash", "-u"], input=script, cwd=ROOT, capture_output=True, text=True, check=False)
    outputs = done.stdout.replace("\r", "").split(f"{_END}\n")
    assert len(outputs) == len(found) + 1, done.stderr
    return outputs[:-1]


def as_told(output: str, *, racing: bool = False) -> Counter[str]:
    """The lines of an output without ids, digests and times, which differ in every run; their order may too."""
    for pattern, instead in _DIFFERS:
        output = pattern.sub(instead, output)
    return Counter(line for line in output.splitlines() if line.strip() and not (racing and line.startswith("[")))
