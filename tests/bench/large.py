"""Large changes that wait: bytes of the manager's inbox and of one change, time and memory of the sweep.

The emulator is in the same process: compare times with themselves only. Its state machines would be too, and each of
their executions takes memory that is not the sweep's, so that what the sweep starts is counted and runs nowhere.

`python -m tests.bench.large 300` measures one number of changes in a process of its own, so that no memory of another
measurement is reused, and prints JSON.
"""

import gc
import json
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared import bootstrap
from tests.bench import orders
from tests.fakes.builders import AGENT, MANAGER
from tests.fakes.world import Workflows
from tests.support.cloud import Cloud, a_cloud
from tests.unit.http.client import Reply

Json = dict[str, Any]

LINES = 1_500
COUNTS = (3, 30, 300)
FEW = 3
"""Changes of which it does not take long to end all, each with several tries."""


def large_changes() -> Json:
    """By the number of waiting changes of 1,500 lines each."""
    return {f"{count}_changes_of_{LINES}_lines": _apart(count) for count in COUNTS}


def _apart(count: int) -> Any:
    asked = [sys.executable, "-m", "tests.bench.large", str(count)]
    return json.loads(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)


def measured(count: int) -> Json:
    with a_cloud() as cloud:
        change_id = _waiting(cloud, count)
        whole = cloud.http(MANAGER, "GET", f"/changes/{change_id}")
        inbox, inbox_mb = _peak_mb(lambda: _pages(cloud, "/changes?waiting_for=manager&limit=50"))
        cloud.clock.passes(minutes=5)
        machines = Workflows()
        with patch.object(bootstrap, "workflows", cache(lambda: machines)):
            rss_before = _rss_mb()
            took = _seconds(lambda: cloud.invoke("SweepFunction", {}))
            rss_after = _rss_mb()
            _, sweep_mb = _peak_mb(lambda: cloud.invoke("SweepFunction", {}))
            ending = _ending(cloud) if count <= FEW else {}
    return {
        "sweep_started": len(machines.started),
        "sweep_rss_before_mb": rss_before,
        "sweep_rss_after_mb": rss_after,
        "change_bytes": _size(whole),
        "inbox_pages": len(inbox),
        "inbox_largest_page_bytes": max(map(_size, inbox)),
        "inbox_peak_mb": inbox_mb,
        "sweep_s": took,
        "sweep_peak_mb": sweep_mb,
        **ending,
    }


def _ending(cloud: Cloud) -> Json:
    """All are over. They are of one order, so that all but the first end in conflicts, after several tries."""
    cloud.clock.passes(days=3)
    ended, ending_mb = _peak_mb(lambda: _seconds(lambda: cloud.invoke("SweepFunction", {})))
    return {"sweep_of_expired_s": ended, "sweep_of_expired_peak_mb": ending_mb}


def _waiting(cloud: Cloud, count: int) -> str:
    """One change of all lines, which asks a manager, and as many copies of its row as are wanted."""
    order = orders.placed(cloud, LINES)
    edits = [
        {"op": "set_unit_price", "line_id": f"l{line}", "unit_price": {"amount": "9.00", "currency": "USD"}}
        for line in range(1, LINES + 1)
    ]
    body = {"reason_code": "price_correction", "edits": edits}
    digest = cloud.http(AGENT, "POST", f"{order['path']}/amendments?dry_run=true", body).body["digest"]
    body["accept"] = {"digest": digest}
    made = cloud.http(AGENT, "POST", f"{order['path']}/amendments", body, if_match=order["etag"])
    assert (made.status, made.body["status"]) == (201, "pending_approval"), made.body
    dynamodb, key = cloud.aws("dynamodb"), {"change_id": {"S": made.body["change_id"]}, "part": {"S": "RECORD"}}
    row = dynamodb.get_item(TableName="ChangesTable", Key=key)["Item"]
    for number in range(1, count):
        dynamodb.put_item(TableName="ChangesTable", Item=row | {"change_id": {"S": f"chg_copy_{number:04}"}})
    return str(made.body["change_id"])


def _pages(cloud: Cloud, path: str) -> list[Reply]:
    replies, cursor = list[Reply](), ""
    while cursor is not None:
        replies.append(cloud.http(MANAGER, "GET", f"{path}&cursor={cursor}" if cursor else path))
        if replies[-1].status != 200:
            break
        cursor = replies[-1].body["next_cursor"]
    return replies


def _size(reply: Reply) -> int:
    return len(json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode())


def _rss_mb() -> int:
    """The memory of this process as Linux counts it, the emulator's tables among it."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024 // 1024


def _seconds(work: Callable[[], Any]) -> float:
    started = time.monotonic()
    with suppress(ExceptionGroup):
        work()
    return round(time.monotonic() - started, 2)


def _peak_mb(work: Callable[[], Any]) -> tuple[Any, float]:
    """Returns what the work returns, and the most that was allocated at once while it went on."""
    gc.collect()
    tracemalloc.start()
    result = work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, round(peak / 1024 / 1024, 1)


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        found = measured(int(sys.argv[1]))
    sys.stdout.write(json.dumps(found))
