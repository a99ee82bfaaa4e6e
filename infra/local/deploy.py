"""Deploys the packaged template to the emulator as a CloudFormation stack, and proves that it can run."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.local.package import Package

STACK = "inflight"
TIMEOUT_SECONDS = 60


class DeploymentFailedError(Exception):
    """The stack did not come up; the message names the resource and the reason."""


@dataclass(frozen=True)
class Stack:
    """The deployed stack: its outputs, and the id and stage of its API."""

    outputs: dict[str, str]
    api_id: str
    stage: str


def deploy(session: Any, package: Package, overrides: dict[str, str]) -> Stack:
    """Creates the stack with those of `overrides` that the template declares, and waits until it stands.

    Raises:
        DeploymentFailedError: a resource failed, or a state machine could not be executed.
    """
    cloudformation = session.client("cloudformation")
    declared = package.template.get("Parameters", {})
    try:
        cloudformation.create_stack(
            StackName=STACK,
            TemplateURL=package.uri.replace("s3://", "https://s3.amazonaws.com/"),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in overrides.items() if key in declared
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        raise DeploymentFailedError(f"stack {STACK}: {error}") from error
    stack = _wait(cloudformation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise DeploymentFailedError(_why_failed(cloudformation, stack))
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    for machine in _ids(resources, "AWS::StepFunctions::StateMachine"):
        _check_definition(session.client("stepfunctions"), machine)
    return Stack(
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        api_id=_ids(resources, "AWS::ApiGateway::RestApi")[0],
        stage=_ids(resources, "AWS::ApiGateway::Stage")[0],
    )


def _wait(cloudformation: Any) -> dict[str, Any]:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        time.sleep(0.05)
    raise DeploymentFailedError(f"the stack was not ready after {TIMEOUT_SECONDS} s")


def _why_failed(cloudformation: Any, stack: dict[str, Any]) -> str:
    lines = [f"stack {STACK}: {stack['StackStatus']} {stack.get('StackStatusReason', '')}"]
    for event in cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]:
        if "FAILED" in event["ResourceStatus"]:
            reason = event.get("ResourceStatusReason", "")
            lines.append(f"  {event['LogicalResourceId']} ({event['ResourceType']}): {reason}")
    return "\n".join(lines)


def _ids(resources: list[dict[str, Any]], kind: str) -> list[str]:
    return [resource["PhysicalResourceId"] for resource in resources if resource["ResourceType"] == kind]


def _check_definition(stepfunctions: Any, arn: str) -> None:
    """Reads the definition back, because the emulator accepts one that it can't execute and reports that only in each
    execution."""
    definition = stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
    try:
        machine = json.loads(definition)
    except ValueError as error:
        raise DeploymentFailedError(f"state machine {arn} has no valid JSON definition: {error}") from error
    start, states = machine.get("StartAt"), machine.get("States", {})
    if start not in states or "${" in definition:
        raise DeploymentFailedError(f"state machine {arn} starts nowhere or has a substitution left:\n{definition}")
