"""`python -m tests.bench`: the measurements as JSON on stdout, and nothing else there."""

import json
import platform
import sys
from contextlib import redirect_stdout

from tests.bench.cancellations import cancellation_property
from tests.bench.clock import reference_ms
from tests.bench.functions import handler_cpu
from tests.bench.imports import cold_imports
from tests.bench.large import large_changes
from tests.bench.oracle import oracle
from tests.bench.planner import planner_cpu
from tests.bench.policy import policy_cpu
from tests.bench.round_trips import round_trips
from tests.bench.search import search
from tests.bench.stopping import starting_and_stopping


def main() -> None:
    with redirect_stdout(sys.stderr):  # the functions log to stdout
        measured = {
            "machine": {
                "python": platform.python_version(),
                "processor": platform.machine(),
                "reference_ms": reference_ms(),
            },
            "round_trips_and_capacity": round_trips(),
            "planner_cpu_ms": planner_cpu(),
            "policy_cpu": policy_cpu(),
            "cancellation_property": cancellation_property(),
            "oracle": oracle(),
            "handler_cpu_ms": handler_cpu(),
            "cold_import_ms": cold_imports(),
            "large_changes": large_changes(),
            "search": search(),
            "local_run_s": starting_and_stopping(),
        }
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
