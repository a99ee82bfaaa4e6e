"""Reports known vulnerabilities of pinned packages, by pip-audit; if no index of advisories can be reached, it says so.

`python -m infra.gates.advisories FILE…` exits with 1 if a vulnerability is known, and with 0 if none is or no index
answered. The network must not break a build, and a build without it must not look like one that has asked.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 60
"""Seconds for all the questions about one file; pip-audit gives an index up after 5."""
ACCEPTED: dict[str, str] = {}
"""Advisory → the reason that it does not concern us."""

UNREACHABLE = "skipped: no index of advisories reachable"


def main(files: list[str]) -> int:
    """Prints the known vulnerabilities of each file; stops at the first file that gets no answer."""
    worst = 0
    for file in files:
        known, line = judged(_ask(file))
        print(f"advisories: {file}: {line}", *known, sep="\n  ")
        worst = max(worst, int(bool(known)))
        if line == UNREACHABLE:
            break
    return worst


def judged(dependencies: list[dict[str, Any]]) -> tuple[list[str], str]:
    """Returns each known vulnerability, and one line on the whole."""
    asked = [each for each in dependencies if "skip_reason" not in each]
    if not asked:
        return [], UNREACHABLE
    known = [
        f"{each['name']} {each['version']}: {found['id']}, mended in {' '.join(found['fix_versions']) or 'no release'}"
        for each in asked
        for found in each["vulns"]
        if found["id"] not in ACCEPTED
    ]
    unknown = len(dependencies) - len(asked)
    return known, f"{len(asked)} releases, {len(known)} known vulnerabilities, {unknown} not in the index"


def _ask(file: str) -> list[dict[str, Any]]:
    """Returns pip-audit's findings for each dependency; nothing if it got no answer."""
    audit = [str(Path(sys.executable).with_name("pip-audit")), "--requirement", file]
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--timeout", "5", "--progress-spinner", "off"]
    try:
        ended = subprocess.run([*audit, *options], capture_output=True, text=True, timeout=SECONDS, check=False)
        said: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return []
    return said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
