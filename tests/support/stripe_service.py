"""Runs a Stripe of our own for tests: localstripe in a thread, on a free port of the loopback, forgotten afterwards.

It holds what it is told and answers the real SDK, but ignores Idempotency-Key and has no cap on refunds: a test that
holds against it holds by our side alone.
"""

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from aiohttp import web

with warnings.catch_warnings(action="ignore"):
    from localstripe import resources, server

HOST = "127.0.0.1"
DEADLINE_SECONDS = 10


@contextmanager
def a_stripe() -> Iterator[str]:
    """Yields its address. Only one runs at a time in a process, because localstripe keeps its state in its modules."""
    loop, ready, address = asyncio.new_event_loop(), threading.Event(), [""]
    runner = web.AppRunner(server.app, access_log=None, shutdown_timeout=0)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        address[0] = f"http://{HOST}:{runner.addresses[0][1]}"
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    # Otherwise it would write its state into a file that all users of the machine share, and send webhooks to nobody.
    with (
        patch.object(resources.Store, "dump_to_disk", lambda _: None),
        patch.object(resources, "schedule_webhook", lambda _: None),
    ):
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            assert ready.wait(DEADLINE_SECONDS)
            yield address[0]
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(DEADLINE_SECONDS)
            resources.store.clear()
            assert not thread.is_alive()
