"""Who is let in at all, and how much the callers of one kind may ask for: the door, over HTTP."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.portal import eventually
from tests.e2e.service import Service

REFUSED = (
    "expired",
    "not_yet_valid",
    "of_another_issuer",
    "of_another_pool",
    "for_another_audience",
    "of_another_use",
)


@pytest.mark.parametrize("name", REFUSED)
def test_a_token_that_does_not_hold_here_is_not_let_in(hasty: Service, name: str) -> None:
    reply = hasty.http("GET", "/orders", headers={"Authorization": f"Bearer {hasty.refused_tokens[name]}"})

    assert (reply.status, reply.problem) == (401, "unauthenticated")
    assert set(hasty.refused_tokens) == set(REFUSED)


def test_a_token_that_proves_nothing_comes_nowhere(hasty: Service) -> None:
    """The payload of a good token, under no signature, a guessed one, and one that belongs to another payload."""
    header, payload, signature = hasty.tokens["operator"].split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    other = hasty.tokens["agent"].split(".")[2]
    forged = {"alg none": f"{unsigned}.{payload}.", "none, signed": f"{unsigned}.{payload}.{signature}"}
    forged |= {"another's signature": f"{header}.{payload}.{other}", "no token": "x"}
    for name, token in forged.items():
        reply = hasty.http("GET", "/policies", headers={"Authorization": f"Bearer {token}"})
        assert reply.status == 401, name
    assert hasty.http("GET", "/policies", user="operator").status == 200


@contextmanager
def allowed(service: Service, plan: str, requests: int) -> Iterator[None]:
    """So many, and no more for a long time, to all callers of one kind together; then as the template has it."""
    gateway = service.aws("apigateway")
    (found,) = [each for each in gateway.get_usage_plans()["items"] if each["description"].startswith(f"What {plan} ")]

    def throttle(rate: float, burst: int) -> None:
        told = {"/throttle/rateLimit": rate, "/throttle/burstLimit": burst}
        changes = [{"op": "replace", "path": path, "value": str(value)} for path, value in told.items()]
        gateway.update_usage_plan(usagePlanId=found["id"], patchOperations=changes)

    throttle(0.01, requests)
    try:
        yield
    finally:
        throttle(found["throttle"]["rateLimit"], found["throttle"]["burstLimit"])


def test_services_that_ask_too_often_are_told_to_wait_and_nobody_else_is(hasty: Service) -> None:
    def statuses(user: str, **headers: str) -> list[int]:
        return [hasty.http("GET", "/orders", user=user, headers=headers).status for _ in range(6)]

    assert statuses("agent") == [200] * 6
    with allowed(hasty, "services", 4):
        service = [hasty.http("GET", "/orders", user="service") for _ in range(6)]
        assert {reply.problem for reply in service[4:]} == {"too-many-requests"}
        assert {reply.headers["Retry-After"] for reply in service[4:]} == {"1"}
        assert statuses("agent") == statuses("customer") == [200] * 6
        key = "inflight-usage-of-staff-inflight"
        assert statuses("service", **{"x-api-key": key}) == [429] * 6, "a key of the caller's own counts for nothing"
    eventually(lambda: hasty.http("GET", "/orders", user="service").status != 429, "services are let in again")
