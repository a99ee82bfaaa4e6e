"""Chooses the usage plan that a caller's requests count on: API Gateway throttles the callers of one kind together."""

from typing import Literal

from shared.usecases.core.access import Principal

Plan = Literal["customers", "staff", "services"]


def plan_of(principal: Principal) -> Plan:
    """Returns the plan. Callers who are staff as well count as staff; those without any role count as customers."""
    if "service" in principal.roles:
        return "services"
    return "staff" if principal.roles - {"customer"} else "customers"


def usage_key(principal: Principal, stack: str) -> str:
    """Returns the API key of that plan, as the template of this stack has it. It is no secret: the gateway takes keys
    from the authorizer only (Amazon API Gateway developer guide, "Choose an API key source")."""
    return f"inflight-usage-of-{plan_of(principal)}-{stack}"
