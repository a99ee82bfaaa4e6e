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
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import apigateway_v1, lambda_svc, ses, stepfunctions

from infra.local import recording
from infra.local.gateway_responses import DEFAULT_STATUS, MARK
from infra.local.process import BASE_PATH

WORKERS_PER_FUNCTION = 4
FAILURE = "__failure__"
USAGE_KEY = "usageIdentifierKey"
RENAMED = {"www-authenticate": "x-amzn-Remapped-WWW-Authenticate"}

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


def mark_gateway_refusals() -> None:
    """Marks the gateway's own refusals, so that the front can give them the template's form.

    ministack ignores a template's GatewayResponses, and shows a failed function's exception to the caller.
    """

    def refuse(error: Any, _request: Result) -> tuple[int, dict[str, str], bytes]:
        status = DEFAULT_STATUS.get(error.response_type, 500)
        return status, {MARK: error.response_type}, (error.message or "").encode()

    class FunctionFailedError(Exception):
        pass

    shape = apigateway_v1._lambda_proxy_response
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    def shape_or_fail(result: Result) -> tuple[Result, None]:
        response, error = shape(result)
        answered = isinstance(result.get("body"), dict) and "statusCode" in result["body"]
        if error or not (answered or result.get("throttle")):
            raise FunctionFailedError
        return response, None

    async def invoke_or_refuse(*args: Any, **kwargs: Any) -> Any:
        try:
            return await invoke(*args, **kwargs)
        except FunctionFailedError:
            return 502, {MARK: "DEFAULT_5XX"}, b"Internal server error"

    apigateway_v1._gateway_error_response = refuse
    apigateway_v1._lambda_proxy_response = shape_or_fail
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_or_refuse


def count_by_the_authorizers_keys() -> None:
    """Counts requests by the API keys that the authorizer gives: ministack knows keys of a header only, and forgets the
    `ApiKeySourceType` of a template. The key travels in the context of the authorizer's cached answer, and is taken
    out before a function sees it."""
    given: ContextVar[str] = ContextVar("given", default="")
    ask, authorize, check = (
        apigateway_v1._invoke_authorizer_lambda,
        apigateway_v1._authorize_request_v1,
        apigateway_v1._check_api_key,
    )

    async def ask_and_keep(*args: Any) -> Any:
        result = await ask(*args)
        body = (result or {}).get("body")
        if isinstance(body, dict) and USAGE_KEY in body:
            body["context"] = {**(body.get("context") or {}), USAGE_KEY: body[USAGE_KEY]}
        return result

    async def authorize_and_take(*args: Any) -> Any:
        error, context = await authorize(*args)
        given.set((context or {}).get(USAGE_KEY, ""))
        return error, context and {name: value for name, value in context.items() if name != USAGE_KEY}

    def check_the_given(method: Result, api_id: str, stage: str, _: Result) -> Any:
        return check(method, api_id, stage, {"x-api-key": given.get()})

    apigateway_v1._invoke_authorizer_lambda = ask_and_keep
    apigateway_v1._authorize_request_v1 = authorize_and_take
    apigateway_v1._check_api_key = check_the_given


def call_functions_as_behind_a_domain() -> None:
    """Lets events name the path that callers used, as behind a domain with a base path: ministack knows no such
    mapping. The front takes the base path off before it asks ministack."""
    base, build = os.environ[BASE_PATH], apigateway_v1._build_lambda_event_v1

    def build_as_mapped(*args: Any, **kwargs: Any) -> Result:
        event: Result = build(*args, **kwargs)
        path = f"{base}{event['path']}"
        return {**event, "path": path, "requestContext": {**event["requestContext"], "path": path}}

    apigateway_v1._build_lambda_event_v1 = build_as_mapped


def rename_headers() -> None:
    """Renames the one header of ours that API Gateway does not let a function send (Amazon API Gateway developer guide,
    "Important notes": `WWW-Authenticate` of an integration)."""
    shape = apigateway_v1._lambda_proxy_response

    def shape_and_rename(result: Result) -> tuple[Result, Any]:
        response, error = shape(result)
        headers = (response or {}).get("multiValueHeaders") or {}
        renamed = {RENAMED.get(name.lower(), name): values for name, values in headers.items()}
        return ({**response, "multiValueHeaders": renamed} if headers else response), error

    apigateway_v1._lambda_proxy_response = shape_and_rename


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
    believe_mail_senders()
    from ministack.app import main as run_ministack

    run_ministack()


if __name__ == "__main__":
    main()
