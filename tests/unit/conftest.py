"""What all unit tests share: nothing but time."""

import gc


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later collection of garbage: it stays for good, and is most of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
