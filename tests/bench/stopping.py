"""How long `make run` takes to start, and after a signal until it and all its processes are gone: 5 s at most."""

import time

from tests.e2e.service import alive, running

PATHS = ("/orders", "/changes", "/policies", "/catalogue")


def starting_and_stopping() -> dict[str, float]:
    """Seconds on the wall, with a dozen processes of functions to stop."""
    began = time.perf_counter()
    with running() as service:
        ready = time.perf_counter()
        for user in ("agent", "operator", "service"):
            for path in PATHS:
                service.http("GET", path, user=user)
        family, told = service.processes, time.perf_counter()
        service.stop()
        while alive(family):
            time.sleep(0.01)
        return {"ready": round(ready - began, 1), "stopped": round(time.perf_counter() - told, 1)}
