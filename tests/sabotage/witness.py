"""A plugin of pytest that writes down what failed first, and how: only an answer of ours counts as noticing."""

import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

REPORT = "SABOTAGE_REPORT"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.failed and call.excinfo is not None:
        _write(item.nodeid, call.excinfo)
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where nothing but the names of tests is asked for, they are the report."""
    if session.config.option.collectonly:
        Path(os.environ[REPORT]).write_text(json.dumps([item.nodeid for item in session.items]))


def is_fair(failure: pytest.ExceptionInfo[BaseException]) -> bool:
    """Tells whether the code answered wrongly; of a group of exceptions it is enough that one says so."""
    return any(_is_answer(error) for error in _single(failure.value))


def _is_answer(error: BaseException) -> bool:
    """An assertion, an exception that did not come, one that the code itself raises, or one of a line of the test,
    which got another answer than it takes apart: not a broken edit."""
    kind = type(error)
    if issubclass(kind, AssertionError | pytest.fail.Exception) or kind.__module__.startswith("shared."):
        return True
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    in_test = bool(frames) and "tests" in Path(frames[-1]).parts
    return in_test and not issubclass(kind, ImportError | SyntaxError | NameError)


def _single(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for each in error.exceptions:
        yield from _single(each)


def _write(test: str, failure: pytest.ExceptionInfo[BaseException]) -> None:
    path = Path(os.environ[REPORT])
    if not path.exists():
        error = f"{failure.type.__name__}: {str(failure.value)[:300]}"
        path.write_text(json.dumps({"test": test, "fair": is_fair(failure), "error": error}))
