"""Problem details: every code is listed once, nothing internal gets out, and trouble of ours asks for patience."""

import ast
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.domain.policy.documents.checks import CheckCode
from shared.domain.policy.documents.eligibility import EligibilityRule
from shared.domain.refusal import Refusal
from shared.http.door.problem_types import PROBLEMS
from shared.http.door.problems import problem_of
from shared.ports.stores import Conflict
from tests.fakes import World
from tests.unit.http.client import Client, example

ROOT = Path(__file__).parents[3]
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
REFUSING = re.compile(r"refus|violation|require|_number", re.IGNORECASE)


def refused_codes() -> dict[str, str]:
    """Code → file, of whatever is refused anywhere: texts like codes in calls that refuse, and in tables of codes."""
    found = {}
    for path in (ROOT / "shared").rglob("*.py"):
        if path.name != "problem_types.py":
            for node in ast.walk(ast.parse(path.read_text())):
                for text in _codes(node):
                    found[text] = str(path.relative_to(ROOT))
    return found


def _codes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        values: list[ast.expr] = list(node.args) if REFUSING.search(name) else []
    elif isinstance(node, ast.Dict):
        values = [part for value in node.values if isinstance(value, ast.Tuple) for part in value.elts]
    else:
        values = []
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return [text for text in texts if CODE.fullmatch(text)]


def test_every_code_that_is_refused_with_is_a_listed_problem() -> None:
    missing = {code: path for code, path in refused_codes().items() if code not in PROBLEMS}
    assert not missing, "add them to shared/http/door/problem_types.py"


def test_every_listed_problem_is_refused_with_somewhere() -> None:
    by_the_gateway = set(re.findall(r"/problems/([a-z-]+)", (ROOT / "template.yaml").read_text()))
    of_policy = {*get_args(EligibilityRule.__annotations__["code"]), *get_args(CheckCode)}
    assert set(PROBLEMS) - set(refused_codes()) - by_the_gateway - of_policy == set()


def test_the_gateway_s_own_refusals_are_listed_with_the_same_status_and_title() -> None:
    text = re.sub(r"\n\s+", "", (ROOT / "template.yaml").read_text())
    told = re.findall(r'/problems/([a-z-]+)","title":"([^"]+)","status":(\d+)', text)
    assert len(told) > 5
    for code, title, status in told:
        assert PROBLEMS[code] == (int(status), title)


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    reply = problem_of(Refusal("unknown-line", "No such line.", pointer="/edits/0/line_id"), "abc")
    assert json.loads(reply.body or "") == {
        "type": "https://inflight.example/problems/unknown-line",
        "title": "No such line",
        "status": 422,
        "detail": "No such line.",
        "instance": "urn:uuid:abc",
        "errors": [{"pointer": "/edits/0/line_id", "code": "unknown-line", "detail": "No such line."}],
    }
    assert reply.headers["Content-Type"] == "application/problem+json"


class Throttled(Exception):
    response: Any = {"Error": {"Code": "ProvisionedThroughputExceededException"}}  # noqa: RUF012 (botocore's shape)


@pytest.mark.parametrize("error", [Throttled(), Conflict("head"), Refusal("too-busy", "Busy.")])
def test_what_will_pass_asks_for_patience(error: Exception) -> None:
    reply = problem_of(error)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "1")


def test_a_fault_of_ours_tells_the_caller_nothing_and_the_log_nothing_personal(
    world: World, service: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("ada@example.com")

    monkeypatch.setattr(world.services.orders, "write", broken)
    reply = service.post("/orders", example("order-direct"))
    assert (reply.status, reply.code) == (500, "internal-error")
    assert not re.search(r"KeyError|Traceback|\.py|ada@", json.dumps(reply.body))
    logged = caplog.records[-1]
    assert (logged.levelname, vars(logged)["error"]) == ("ERROR", "KeyError")
    assert "ada@" not in str(vars(logged))


def test_an_unlisted_route_is_no_route(agent: Client) -> None:
    reply = agent.get("/orders/ord_1/secrets")
    assert (reply.status, reply.code) == (404, "not-found")
