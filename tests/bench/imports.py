"""Cold starts: how long a fresh interpreter takes to import a function, and to have its clients."""

import os
import subprocess
import sys
from statistics import median

from tests.support.clients import REGION
from tests.support.template import ROOT

FUNCTIONS = ("authorize", "read", "amend", "publish")
RUNS = 7

_SCRIPT = """
import time
started = time.perf_counter()
import functions.{name}.handler
imported = time.perf_counter()
{ready}
print((imported - started) * 1000, (time.perf_counter() - started) * 1000)
"""
_READY = {
    "authorize": "",
    "read": "from shared import bootstrap; bootstrap.services()",
    "amend": "from shared import bootstrap; bootstrap.services()",
    "publish": "from shared import bootstrap; bootstrap.services(); bootstrap.bus()",
}


def cold_imports() -> dict[str, dict[str, float]]:
    """Median ms: of the import, and until the AWS clients are there too. Python's own start is in neither."""
    return {name: _cold(name) for name in FUNCTIONS}


def _cold(name: str) -> dict[str, float]:
    runs = [_run(_SCRIPT.format(name=name, ready=_READY[name])) for _ in range(RUNS + 1)][1:]
    imports, ready = zip(*runs, strict=True)
    return {"import": round(median(imports), 1), "import_and_clients": round(median(ready), 1)}


def _run(script: str) -> tuple[float, float]:
    """The first run also compiles; on Lambda the package brings its bytecode."""
    environment = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": REGION, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported, ready = done.stdout.split()[-2:]
    return float(imported), float(ready)
