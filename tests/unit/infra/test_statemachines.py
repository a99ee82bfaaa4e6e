"""The state machines' own rules: readable in the console, bounded in time, and never retrying in step."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.domain.policy.documents.collection import LONGEST_LINK
from shared.domain.policy_making.findings import LONGEST

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "infra/statemachines").glob("*.asl.yaml"))
Machine = dict[str, Any]


@pytest.fixture(params=FILES, ids=lambda path: path.name.split(".")[0])
def machine(request: pytest.FixtureRequest, template: Any, resources: dict[str, dict[str, Any]]) -> Machine:
    """A state machine with the template's longest waits in it."""
    text: str = request.param.read_text()
    for name, given in substitutions_of(request.param, resources).items():
        if given.get("Ref") in template["Parameters"]:
            text = text.replace(f"${{{name}}}", str(template["Parameters"][given["Ref"]]["MaxValue"]))
    read: Machine = yaml.safe_load(text)
    return read


def substitutions_of(path: Path, resources: dict[str, dict[str, Any]]) -> Machine:
    """What the template puts into the definition, by the placeholder's name."""
    (given,) = [
        resource["Properties"]["DefinitionSubstitutions"]
        for resource in resources.values()
        if resource.get("Properties", {}).get("DefinitionUri") == str(path.relative_to(ROOT))
    ]
    return dict(given)


def tasks_of(machine: Machine) -> dict[str, Machine]:
    return {name: state for name, state in machine["States"].items() if state["Type"] == "Task"}


# Waits whose length policy says: three levels of approval with two looks each; one customer with three looks and two
# letters that may be late; one payment with two looks and a letter that may be late.
LONGEST_WAITS = {
    "WaitForDecision": 3 * LONGEST + 6 * 203,
    "WaitForCustomer": LONGEST + 3 * 203 + 2 * 4_153,
    "WaitForPayment": LONGEST_LINK * 3600 + 2 * 203 + 4_153,
}


def limit_of(name: str, task: Machine) -> int:
    """Its own, or the longest that policy allows."""
    return int(task["TimeoutSeconds"]) if "TimeoutSeconds" in task else LONGEST_WAITS[name]


def longest_seconds(name: str, task: Machine) -> float:
    """All attempts at their limit, with the longest waits between them."""
    retries = task["Retry"]
    if task["Resource"].endswith("waitForTaskToken"):  # its own limit stands for the answer; a failed asking is short
        attempts = limit_of(name, task) + 15 * sum(retry["MaxAttempts"] for retry in retries)
    else:
        attempts = task["TimeoutSeconds"] * (1 + sum(retry["MaxAttempts"] for retry in retries))
    waits = sum(
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry.get("MaxDelaySeconds", float("inf")))
        for retry in retries
        for attempt in range(retry["MaxAttempts"])
    )
    return float(attempts + waits)


def test_every_state_explains_itself_in_one_line(machine: Machine) -> None:
    for name, state in machine["States"].items():
        assert state.get("Comment", "").endswith("."), name
        assert "\n" not in state["Comment"], name


def test_no_state_leads_nowhere_or_is_never_reached(machine: Machine) -> None:
    targets = {machine["StartAt"]}
    for state in machine["States"].values():
        branches = [state, *state.get("Choices", []), *state.get("Catch", [])]
        targets |= {branch["Next"] for branch in branches if "Next" in branch}
        targets |= {state["Default"]} if "Default" in state else set()
    assert targets == set(machine["States"])


def test_every_task_has_a_limit_and_retries_with_jitter(machine: Machine) -> None:
    for name, task in tasks_of(machine).items():
        assert limit_of(name, task) > 0, name
        assert task["Retry"], name
        assert all(retry["JitterStrategy"] == "FULL" for retry in task["Retry"]), name


def test_errors_are_retried_by_name(machine: Machine) -> None:
    for name, task in tasks_of(machine).items():
        errors = [error for retry in task["Retry"] for error in retry["ErrorEquals"]]
        assert "States.ALL" not in errors, name
        assert len(errors) == len(set(errors)), name


def test_the_machine_outlives_its_slowest_path(machine: Machine) -> None:
    assert sum(longest_seconds(*named) for named in tasks_of(machine).items()) < machine["TimeoutSeconds"]


def test_a_payload_carries_ids_only(machine: Machine) -> None:
    allowed = re.compile(r"step|round|attempt|seconds|task_token|failure|paid|\w+_id")
    for name, task in tasks_of(machine).items():
        keys = [key.removesuffix(".$") for key in task["Parameters"]["Payload"]]
        assert all(allowed.fullmatch(key) for key in keys), name


def test_a_declined_payment_link_is_not_asked_for_again() -> None:
    states = yaml.safe_load((ROOT / "infra/statemachines/collection.asl.yaml").read_text())["States"]
    for name in ("MakeLink", "CloseLink"):
        first = states[name]["Retry"][0]
        assert (first["ErrorEquals"], first["MaxAttempts"]) == (["GatewayDeclined"], 0)


def test_a_declined_refund_is_not_asked_for_again() -> None:
    refund = yaml.safe_load((ROOT / "infra/statemachines/refund.asl.yaml").read_text())["States"]["Refund"]
    retried = [error for retry in refund["Retry"] for error in retry["ErrorEquals"]]
    assert {"GatewayUnavailable", "GatewayUnknown", "States.Timeout"} <= set(retried)
    assert not {"GatewayDeclined", "States.TaskFailed"} & set(retried)
    assert refund["Catch"][0] == {"ErrorEquals": ["GatewayDeclined"], "ResultPath": "$.failure", "Next": "FallOut"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_the_template_gives_every_substitution(path: Path, resources: dict[str, dict[str, Any]]) -> None:
    assert set(substitutions_of(path, resources)) == set(re.findall(r"\$\{(\w+)\}", path.read_text()))
