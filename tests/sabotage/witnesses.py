"""Which test noticed a guard's removal: asked first the next time, so that a full run is quick."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

_KEPT = Path(__file__).with_name("witnesses.json")


def witnesses() -> dict[str, str]:
    """Tests by the name of the guard. Whoever adds a condition finds and keeps its test with `--remember`."""
    found: dict[str, str] = json.loads(_KEPT.read_text(encoding="utf-8"))
    return found


def remember(found: Mapping[str, str], guards: Collection[str]) -> None:
    """Keep what was found, beside what is known of others among `guards`, the names of all: the rest is forgotten."""
    known = witnesses() | dict(found)
    kept = {name: test for name, test in sorted(known.items()) if name in guards}
    _KEPT.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
