"""Executions are named, so that starting one twice, or answering a token twice, is no error."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.adapters.stepfunctions import StepFunctionsWorkflows


class Refusing:
    """Step Functions, answering everything with one error."""

    def __init__(self, code: str) -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": ""}}, "any")

    def __getattr__(self, _: str) -> Any:
        def refuse(**_: object) -> None:
            raise self._error

        return refuse


def fails(code: str, act: str) -> bool:
    machines = {"approval": "a", "confirmation": "c", "refund": "r", "collection": "p"}
    workflows = StepFunctionsWorkflows(Refusing(code), **machines)  # type: ignore[arg-type]
    acts = {
        "approval": lambda: workflows.start_approval("chg_1", "ord_1", 1),
        "confirmation": lambda: workflows.start_confirmation("chg_1", "ord_1", 1),
        "collection": lambda: workflows.start_collection("chg_1", "ord_1", 1),
        "refund": lambda: workflows.start_refund("ref_1", "chg_1", "ord_1", "pay-1"),
        "letter": lambda: workflows.start_letter("chg_1", "ord_1"),
        "answer": lambda: workflows.answer("token", "approved"),
    }
    try:
        acts[act]()
    except ClientError:
        return True
    return False


@pytest.mark.parametrize("act", ["approval", "confirmation", "collection", "refund", "letter"])
def test_an_execution_that_is_there_already_is_no_error(act: str) -> None:
    assert not fails("ExecutionAlreadyExists", act)


@pytest.mark.parametrize("act", ["approval", "confirmation", "collection", "refund", "letter", "answer"])
def test_whatever_else_goes_wrong_is_tried_again(act: str) -> None:
    assert fails("ThrottlingException", act)


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut"])
def test_a_token_that_is_spent_is_no_error(code: str) -> None:
    assert not fails(code, "answer")
