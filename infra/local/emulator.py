"""Runs ministack with the corrections that this project needs, as a process of its own (`python -m …`).

Each correction is a function here and gives its reason. They reach into ministack 1.5.33, which requirements/local.in
pins: check them when that pin moves.
"""

import hashlib
import os
import signal
import sys
import tempfile
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, ses, stepfunctions

from infra.local import recording
from infra.local.emulator_gateway import (
    call_functions_as_behind_a_domain,
    count_by_the_authorizers_keys,
    mark_gateway_refusals,
    pass_every_header_on,
    rename_headers,
)

WORKERS_PER_FUNCTION = 4
FAILURE = "__failure__"

Result = dict[str, Any]


def die_with_the_runner() -> None:
    """Kills this process group once the runner is gone, however it ended: the runner holds the other end of our stdin.

    Lambda workers that are in the middle of a call would outlive ministack by a minute.
    """

    def watch() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="die-with-the-runner").start()


def report_failures_as_lambda_does() -> None:
    """Lets a function that raised keep its process, and gives the exception its own name.

    ministack ends the process, so the next call starts cold, and reports `Runtime.HandlerError` for every exception, so
    no Retry or Catch of a state machine finds its error by name. The worker now hands the failure over as a result.
    """
    said = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
    failure = '{"errorMessage": str(e), "errorType": type(e).__name__, "stackTrace": traceback.format_exc()}'
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if said not in script:
        raise RuntimeError("this ministack reports a failed function in another way than 1.5.33 does")
    result = f'json.dumps({{"status": "ok", "result": {{"{FAILURE}": {failure}}}}})'
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(said, result)
    execute = lambda_svc._execute_function_warm

    def execute_and_unwrap(func: Result, event: Any, request_id: str) -> Result:
        result: Result = execute(func, event, request_id)
        body = result.get("body")
        if not (isinstance(body, dict) and FAILURE in body):
            return result
        trace = body[FAILURE].pop("stackTrace")
        return {"body": body[FAILURE], "error": True, "log": f"{result.get('log', '')}\n{trace}"}

    lambda_svc._execute_function_warm = execute_and_unwrap


def write_calls_down() -> None:
    """Lets functions write their AWS calls down where the environment names a file for that (`recording.py`)."""
    if recording.FILE not in os.environ:
        return
    begins = "    _ms_install_invoke_depth()\n    try:\n"
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if begins not in script:
        raise RuntimeError("this ministack starts a function in another way than 1.5.33 does")
    code = f"exec(compile(open({recording.__file__!r}).read(), 'recording', 'exec'), recording := {{}})"
    run = f"    {code}\n    recording['record_calls']()\n"
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(begins, f"    _ms_install_invoke_depth()\n{run}    try:\n")


def show_what_functions_log() -> None:
    """Copies function logs into the emulator's own log, where they can be read without asking CloudWatch."""
    execute = lambda_svc._execute_function_warm

    def execute_and_show(func: Result, event: Any, request_id: str) -> Result:
        result: Result = execute(func, event, request_id)
        if log := (result.get("log") or "").strip():
            print(f"{_name(func)}: {log}", flush=True)
        return result

    lambda_svc._execute_function_warm = execute_and_show


def unpack_code_once() -> None:
    """Let all workers of one code share one unpacked copy, where ministack unpacks it again for each of them.

    A worker has some 500 files. Deleting those of 14 workers took 7 s on a slow disk, most of the time that a run took
    to stop, and writing them was most of a cold start. Functions read their code and write nothing beside it.
    """
    unpacking = threading.Lock()

    class UnpackedOnce(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_args: Any) -> None:
            content = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:32]
            shared = Path(tempfile.gettempdir()) / f"code-{content}"
            with unpacking:
                if not shared.exists():
                    new = shared.with_suffix(".new")
                    super().extractall(new)
                    new.rename(shared)
            Path(path).rmdir()
            Path(path).symlink_to(shared)

    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": UnpackedOnce})


def wait_less_for_logs() -> None:
    """Waits 3 ms, not 50, for a function that logs nothing: with 50 no function answers more than 18 calls a second."""
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (0.003, 0.002, 0.25)


def wait_as_long_as_the_input_says() -> None:
    """Honours TimeoutSecondsPath of a step that waits for a token: ministack knows constant timeouts only. It hands
    over the step's parameters, so the number must stand in their payload too, under the same name."""
    wait = stepfunctions._invoke_with_callback

    def wait_for(resource: str, given: Any, token: str, state: Result) -> Any:
        if path := state.get("TimeoutSecondsPath"):
            state = {**state, "TimeoutSeconds": given["Payload"][path.rpartition(".")[2]]}
        return wait(resource, given, token, state)

    stepfunctions._invoke_with_callback = wait_for


def cap_workers() -> None:
    """Limits the processes of one function and lets further callers wait, where ministack starts one per concurrent
    call.

    Uncapped, 32 clients made 45 processes of 55 MB each. A function must not call itself and wait.
    """
    execute: Callable[[Result, Any, str], Result] = lambda_svc._execute_function_warm
    slots: dict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(WORKERS_PER_FUNCTION))

    def in_a_slot(func: Result, event: Any, request_id: str) -> Result:
        with slots[_name(func)]:
            return execute(func, event, request_id)

    lambda_svc._execute_function_warm = in_a_slot


def believe_mail_senders() -> None:
    """Lets any address send mail. On AWS its owner proves it by DNS, which the local run does not have."""
    ses._identity_verified = lambda *_args, **_options: True


def _name(func: Result) -> str:
    return str((func.get("config") or func)["FunctionName"])


def main() -> None:
    """Corrects ministack, then runs it until it is told to stop."""
    die_with_the_runner()
    report_failures_as_lambda_does()
    write_calls_down()
    show_what_functions_log()
    unpack_code_once()
    wait_less_for_logs()
    wait_as_long_as_the_input_says()
    cap_workers()
    mark_gateway_refusals()
    count_by_the_authorizers_keys()
    call_functions_as_behind_a_domain()
    rename_headers()
    pass_every_header_on()
    believe_mail_senders()
    from ministack.app import main as run_ministack

    run_ministack()


if __name__ == "__main__":
    main()
