"""Executions as an operator sees them: by name, whether they still run, and in which state they ended."""

from tests.e2e.portal import Json, eventually
from tests.e2e.service import Service


def executions(service: Service, machine: str) -> dict[str, Json]:
    """Executions by name."""
    pages = service.aws("stepfunctions").get_paginator("list_executions")
    found = pages.paginate(stateMachineArn=service.outputs[machine]).search("executions[]")
    return {execution["name"]: execution for execution in found}


def how_it_ended(service: Service, name: str, machine: str = "ApprovalMachineArn") -> tuple[str, str]:
    """The status of an execution (an approval's by default) once it is over, and the state that it ended in."""

    def over() -> Json | None:
        execution = executions(service, machine).get(name)
        return execution if execution and execution["status"] != "RUNNING" else None

    ended = eventually(over, f"execution {name} ends")
    assert ended is not None
    history = service.aws("stepfunctions").get_execution_history(executionArn=ended["executionArn"])["events"]
    entered = [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]
    return str(ended["status"]), str(entered[-1])


def waits(service: Service, name: str) -> None:
    """The approval's execution has begun and waits."""
    eventually(lambda: name in executions(service, "ApprovalMachineArn"), f"execution {name} starts")
    assert executions(service, "ApprovalMachineArn")[name]["status"] == "RUNNING"
