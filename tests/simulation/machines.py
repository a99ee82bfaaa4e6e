"""Step Functions: runs the state machines of the template, state by state, as workers of the simulation.

Only what our machines use is here: tasks that invoke a function (with a token or without), choices, ends, retries,
catches, timeouts. Anything else in a definition is an error, so that this never says more than AWS would.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

import yaml

from tests.simulation.scheduler import Crash, Scheduler
from tests.support.template import ROOT, resources

Json = dict[str, Any]
Invoke = Callable[[str, Json], Any]

KNOWN = {
    "SettlementSeconds": 604_800,
    "AWS::Partition": "aws",
}

RETRIES = "$$.State.RetryCount"


@dataclass
class Execution:
    name: str
    machine: str
    status: str = "RUNNING"
    state: str = ""
    error: str | None = None


@dataclass
class Waiting:
    """A task token that is out: until when, and what it was answered."""

    until: float
    answer: Json | None = None
    spent: bool = False


class Failed(Exception):
    """A task failed with this error name."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause


@dataclass
class StepFunctions:
    """The simulated service, and the worker of each execution."""

    scheduler: Scheduler
    rng: Random
    now: Callable[[], float]
    invoke: Invoke
    executions: dict[str, Execution] = field(default_factory=dict)
    tokens: dict[str, Waiting] = field(default_factory=dict)

    def answer(self, operation: str, given: Json) -> tuple[int, Json]:
        if operation == "StartExecution":
            return self._start(given)
        if operation == "SendTaskSuccess":
            return self._succeed(given)
        raise NotImplementedError(operation)

    def _start(self, given: Json) -> tuple[int, Json]:
        machine, name = given["stateMachineArn"], given["name"]
        if f"{machine}/{name}" in self.executions:
            return 400, {"__type": "ExecutionAlreadyExists", "message": name}
        execution = self.executions[f"{machine}/{name}"] = Execution(name, machine)
        data = json.loads(given["input"])
        self.scheduler.spawn(f"machine {name}", lambda: self._run(execution, data))
        return 200, {"executionArn": name, "startDate": 0}

    def _succeed(self, given: Json) -> tuple[int, Json]:
        waiting = self.tokens.get(given["taskToken"])
        if waiting is None or waiting.spent:
            return 400, {"__type": "TaskDoesNotExist", "message": "the token was used"}
        if self.now() >= waiting.until:
            return 400, {"__type": "TaskTimedOut", "message": "the task has timed out"}
        waiting.answer, waiting.spent = json.loads(given["output"]), True
        return 200, {}

    def _run(self, execution: Execution, data: Json) -> None:
        definition = definition_of(execution.machine)
        execution.state = definition["StartAt"]
        while True:
            state = definition["States"][execution.state]
            if state["Type"] in ("Succeed", "Fail"):
                execution.status = "SUCCEEDED" if state["Type"] == "Succeed" else "FAILED"
                execution.error = state.get("Error")
                return
            if state["Type"] == "Choice":
                execution.state = _chosen(state, data)
                continue
            data, execution.state = self._task(state, data)

    def _task(self, state: Json, data: Json) -> tuple[Json, str]:
        tried: dict[int, int] = {}
        while True:
            try:
                result = self._attempt(state, data, sum(tried.values()))
                return _placed(state, data, result, "ResultPath"), state["Next"]
            except Failed as failure:
                if self._retries(state, failure, tried):
                    continue
                catcher = next((each for each in state.get("Catch", []) if _matches(each, failure.name)), None)
                if catcher is None:
                    raise
                error = {"Error": failure.name, "Cause": failure.cause}
                return _placed(catcher, data, error, "ResultPath"), catcher["Next"]

    def _retries(self, state: Json, failure: Failed, tried: dict[int, int]) -> bool:
        for number, retrier in enumerate(state.get("Retry", [])):
            if not _matches(retrier, failure.name):
                continue
            count = tried[number] = tried.get(number, 0) + 1
            if count > retrier["MaxAttempts"]:
                return False
            wait = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** (count - 1)
            longest = retrier.get("MaxDelaySeconds", wait)
            self._sleep_until(self.now() + min(wait, longest) * self.rng.random())
            return True
        return False

    def _sleep_until(self, until: float) -> None:
        self.scheduler.block("waits to retry", lambda: self.now() >= until, lambda: until)

    def _attempt(self, state: Json, data: Json, retries: int) -> Any:
        waits = state["Resource"].endswith(".waitForTaskToken")
        token = f"token-{len(self.tokens) + 1}" if waits else ""
        patience = state.get("TimeoutSecondsPath")
        until = self.now() + (_looked_up(patience, data) if patience else state["TimeoutSeconds"])
        if waits:
            self.tokens[token] = Waiting(until=until)
        given = _resolved(state["Parameters"], {**data, RETRIES: retries}, token)
        payload = self._invoked(given["FunctionName"], given["Payload"])
        if not waits:
            answer = {"Payload": payload}
            return _resolved(state["ResultSelector"], answer, "") if "ResultSelector" in state else answer
        waiting = self.tokens[token]
        self.scheduler.block(
            "waits for its token",
            lambda: waiting.answer is not None or self.now() >= until,
            lambda: until,
        )
        waiting.spent = True
        if waiting.answer is None:
            raise Failed("States.Timeout")
        return waiting.answer

    def _invoked(self, function: str, payload: Json) -> Any:
        try:
            return self.invoke(function, payload)
        except Crash:
            self.scheduler.note("crashed")
            raise Failed("Lambda.Unknown", "the process died") from None
        except Exception as error:
            cause = json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)})
            raise Failed(type(error).__name__, cause) from error


@cache
def definition_of(machine: str) -> Json:
    """A machine's definition with the template's substitutions, functions by their logical ids."""
    properties = resources("AWS::Serverless::StateMachine")[machine]
    text = (ROOT / properties["DefinitionUri"]).read_text()
    for name, given in properties["DefinitionSubstitutions"].items():
        value = str(KNOWN[given["Ref"]]) if "Ref" in given else given["Fn::GetAtt"].partition(".")[0]
        text = text.replace(f"${{{name}}}", value)
    definition: Json = yaml.safe_load(text)
    return definition


def _matches(rule: Json, error: str) -> bool:
    names = rule["ErrorEquals"]
    task_failed = "States.TaskFailed" in names and error != "States.Timeout"
    return error in names or "States.ALL" in names or task_failed


def _chosen(state: Json, data: Json) -> str:
    for choice in state["Choices"]:
        if "IsPresent" in choice:
            if (choice["Variable"].removeprefix("$.") in data) == choice["IsPresent"]:
                return str(choice["Next"])
            continue
        wanted = choice["StringEquals"] if "StringEquals" in choice else choice["BooleanEquals"]
        if _looked_up(choice["Variable"], data) == wanted:
            return str(choice["Next"])
    return str(state["Default"])


def _placed(rule: Json, data: Json, result: Any, key: str) -> Json:
    path = rule.get(key, "$")
    if path is None:
        return data
    if path == "$":
        return dict(result)
    return {**data, path.removeprefix("$."): result}


def _resolved(template: Any, data: Json, token: str) -> Any:
    if not isinstance(template, dict):
        return template
    return dict(_pairs(template, data, token))


def _pairs(template: Json, data: Json, token: str) -> Iterable[tuple[str, Any]]:
    for name, value in template.items():
        if not name.endswith(".$"):
            yield name, _resolved(value, data, token)
        elif value == "$$.Task.Token":
            yield name.removesuffix(".$"), token
        elif value == RETRIES:
            yield name.removesuffix(".$"), data[RETRIES]
        else:
            yield name.removesuffix(".$"), _looked_up(value, data)


def _looked_up(path: str, data: Json) -> Any:
    found: Any = data
    for part in path.removeprefix("$").strip(".").split("."):
        found = found[part]
    return found
