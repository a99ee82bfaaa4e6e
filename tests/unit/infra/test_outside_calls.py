"""Every call to the outside × how it ends × what the machines then do: what ADR 0038 says in its table."""

import inspect
from typing import Any

import pytest
import yaml

from shared.adapters.gateways.connections import adyen, by_hand
from shared.domain.order.payment import UNASKABLE
from shared.ports import bus, gateways, mail
from shared.ports.outcomes import failure_of
from tests.support.template import ROOT
from tests.unit.gateways.orders import a_refund

DECLINED, UNKNOWN, UNAVAILABLE = "GatewayDeclined", "GatewayUnknown", "GatewayUnavailable"
ERRORS = (
    *(DECLINED, UNKNOWN, UNAVAILABLE, "MailFailed", "ValueError", "Refusal"),
    *("States.Timeout", "Lambda.Unknown", "Lambda.ServiceException", "Sandbox.Timedout"),
)
CALLS: dict[tuple[str, str, str], dict[str, tuple[int, str]]] = {
    # machine, state, function: error → how often it is tried again, and where it goes then
    ("refund", "Refund", "RefundFunction"): {
        DECLINED: (0, "FallOut"),
        UNKNOWN: (6, "FallOut"),
        UNAVAILABLE: (6, "FallOut"),
        "States.Timeout": (6, "FallOut"),
        "Lambda.Unknown": (6, "FallOut"),
        "ValueError": (0, "FallOut"),
    },
    ("refund", "AskOnceMore", "RefundFunction"): {
        DECLINED: (0, "FallOut"),
        UNAVAILABLE: (6, "FallOut"),
        "Lambda.Unknown": (6, "FallOut"),
        "ValueError": (0, "FallOut"),
    },
    ("refund", "AskAgain", "RefundFunction"): {
        UNAVAILABLE: (6, "NotAnswered"),
        "States.Timeout": (6, "NotAnswered"),
        "ValueError": (6, "NotAnswered"),
    },
    ("refund", "WaitForGateway", "RefundFunction"): {"States.Timeout": (0, "AskOnceMore")},
    ("refund", "TellCustomer", "MailFunction"): {"MailFailed": (20, "Settled"), "States.Timeout": (6, "Settled")},
    ("refund", "TellOfCancellation", "MailFunction"): {"MailFailed": (20, "Told"), "States.Timeout": (6, "Told")},
    ("collection", "MakeLink", "CollectFunction"): {
        DECLINED: (0, "GiveUp"),
        UNKNOWN: (7, "GiveUp"),
        UNAVAILABLE: (7, "GiveUp"),
        "States.Timeout": (7, "GiveUp"),
        "ValueError": (7, "GiveUp"),
    },
    ("collection", "CloseLink", "CollectFunction"): {
        DECLINED: (0, "CouldNotClose"),
        UNKNOWN: (8, "CouldNotClose"),
        UNAVAILABLE: (8, "CouldNotClose"),
        "Refusal": (8, "CouldNotClose"),  # what came cannot be booked: a person looks
    },
    ("collection", "WaitForPayment", "MailFunction"): {"MailFailed": (7, "CouldNotAsk")},
    ("confirmation", "WaitForCustomer", "MailFunction"): {"MailFailed": (7, "CouldNotAsk")},
}
BOOKS_ONLY = {
    ("refund", "Settle"),
    ("refund", "FallOut"),
    ("collection", "LookAfterIt"),  # asks the gateway at the deadline, and expires without its answer
    ("collection", "GiveUp"),
    ("confirmation", "LookAfterIt"),
    ("approval", "LookAfterIt"),
    ("approval", "WaitForDecision"),
}
"""Tasks that call nothing outside: they write our own tables."""


def states_of(machine: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / f"infra/statemachines/{machine}.asl.yaml").read_text())["States"]
    return read


def retried(task: dict[str, Any], error: str) -> int:
    for rule in task["Retry"]:
        any_of_ours = "States.TaskFailed" in rule["ErrorEquals"] and error != "States.Timeout"
        if error in rule["ErrorEquals"] or any_of_ours:
            return int(rule["MaxAttempts"])
    return 0


def caught(task: dict[str, Any], error: str) -> str:
    return next(rule["Next"] for rule in task["Catch"] if {error, "States.ALL"} & set(rule["ErrorEquals"]))


@pytest.mark.parametrize(("call", "error"), [(call, error) for call, errors in CALLS.items() for error in errors])
def test_a_call_to_the_outside_that_ends_so_goes_on_there(call: tuple[str, str, str], error: str) -> None:
    machine, state, function = call
    task = states_of(machine)[state]
    assert task["Parameters"]["FunctionName"] == f"${{{function}Arn}}"
    assert (retried(task, error), caught(task, error)) == CALLS[call][error]


def test_no_task_of_a_machine_is_missing_in_the_table() -> None:
    machines = [path.name.split(".")[0] for path in (ROOT / "infra/statemachines").glob("*.asl.yaml")]
    tasks = {
        (machine, name) for machine in machines for name, state in states_of(machine).items() if state["Type"] == "Task"
    }
    assert tasks - BOOKS_ONLY == {(machine, state) for machine, state, _ in CALLS}


@pytest.mark.parametrize("error", ERRORS)
def test_only_what_was_declined_counts_as_such(error: str) -> None:
    assert failure_of({"Error": error}).outcome == ("declined" if error == DECLINED else "unknown")


def test_every_error_of_a_port_to_the_outside_is_one_of_those() -> None:
    found = {
        name
        for port in (gateways, mail, bus)
        for name, each in inspect.getmembers(port, inspect.isclass)
        if issubclass(each, Exception) and each.__module__ == port.__name__
    }
    assert found - set(ERRORS) == {"BadSignature", "PublishFailed"}  # a report is refused; the sweep publishes again


def test_gateways_that_cannot_be_asked_are_those_that_answer_nothing() -> None:
    assert {"manual", "bank_transfer", "adyen"} == UNASKABLE
    assert by_hand().find(a_refund()) is None
    assert adyen({}).find(a_refund()) is None  # type: ignore[arg-type]
