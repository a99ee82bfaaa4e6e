"""The eligibility rules as the document that ships has them, whichever documents tests of code judge by."""

from dataclasses import replace
from importlib import resources

from shared.adapters.policy_file import ADAPTERS, ShippedPolicies
from shared.domain.policy.documents.eligibility import Eligibility
from shared.domain.policy.policy import Policy


def shipped_eligibility() -> Eligibility:
    text = resources.files("shared.policies").joinpath("eligibility.json").read_bytes()
    read: Eligibility = ADAPTERS["eligibility"].validate_json(text, strict=True)
    return read


def policy_with_shipped_eligibility() -> Policy:
    """The policy that tests judge by, but for who may make which edit."""
    return replace(ShippedPolicies().current(), eligibility=shipped_eligibility())
