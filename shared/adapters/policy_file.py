"""Policy as it ships with the code: validated when it is loaded, so that a broken one never rules."""

from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from shared.domain.policy import Policy

_POLICY = TypeAdapter(Policy)


class ShippedPolicies:
    def current(self) -> Policy:
        return _shipped()


@cache
def _shipped() -> Policy:
    return _POLICY.validate_json(resources.files("shared.policies").joinpath("default.json").read_bytes())
