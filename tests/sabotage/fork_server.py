"""Runs pytest in forks of one process that has imported the libraries already, and nothing of ours.

`python fork_server.py` reads one JSON object a line, `{"place", "arguments", "report", "longest", "compile"}`, and
answers each with one: `{"code", "output"}`. Most of the time of a short test goes into importing boto3, moto and
pydantic; a fork has them at once. Our own packages are imported in the fork alone, from the place that it is given,
and the fork refuses to work when they come from anywhere else.

This file is run by its path: it imports the standard library only, so that no module of ours is loaded before a fork.
"""

import gc
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

LIBRARIES = (
    "_hypothesis_pytestplugin",
    "anyio.pytest_plugin",
    "aws_lambda_powertools.event_handler.api_gateway",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.idempotency",
    "boto3",
    "botocore.retries.standard",
    "greenlet",
    "hypothesis.stateful",
    "hypothesis.strategies",
    "jsonschema",
    "moto",
    "moto.core.botocore_stubber",
    "moto.dynamodb.responses",
    "moto.events.responses",
    "moto.ses.responses",
    "moto.sqs.responses",
    "moto.stepfunctions.responses",
    "pydantic",
    "pytest",
    "xdist.plugin",
    "yaml",
)
"""One that is not installed is passed over: it would only have saved time."""

OURS = ("shared", "functions", "tests")


def main() -> None:
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).parent]
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    _load()
    for line in requests:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


def _load() -> None:
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    if loaded := sorted(set(sys.modules) & set(OURS)):
        raise SystemExit(f"{loaded} would be older than the place of a fork")
    gc.collect()
    gc.freeze()


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork, and wait for the end of the child. One that takes longer than it may is killed with all that it started:
    its code is None."""
    output = Path(asked["report"]).with_suffix(".out")
    child = os.fork()
    if child == 0:
        _in_the_fork(asked, output)
    code = _ended(child, asked["longest"])
    return {"code": code, "output": output.read_text(errors="replace")[-2000:] if output.exists() else ""}


def _ended(child: int, seconds: float) -> int | None:
    def too_late(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except TimeoutError:
        _kill(child)
        os.waitpid(child, 0)
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _kill(child)


def _kill(group: int) -> None:
    """What a test has started and left behind ends with it."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _in_the_fork(asked: dict[str, Any], output: Path) -> None:
    code: int = 70
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _redirect(output)
        code = _tested(asked)
    except BaseException as error:  # noqa: BLE001 (nothing may come back into the server's own loop)
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        os._exit(code)


def _redirect(output: Path) -> None:
    """Standard input is empty, and whatever is printed goes to a file."""
    for number, path, flags in ((0, "/dev/null", os.O_RDONLY), (1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.dup2(1, 2)


def _tested(asked: dict[str, Any]) -> int:
    place = asked["place"]
    sys.dont_write_bytecode = not asked["compile"]
    os.environ |= {"PYTHONPATH": place, "SABOTAGE_REPORT": asked["report"], "PATIENCE": "15"}
    os.chdir(place)
    sys.path.insert(0, place)
    for name in OURS:
        module = importlib.import_module(name)
        if not str(module.__file__).startswith(place + os.sep):
            raise ImportError(f"{name} comes from {module.__file__}, not from {place}")
    import pytest

    return int(pytest.main(asked["arguments"]))


if __name__ == "__main__":
    main()
