"""Puts another policy in force than the shipped one, for functions that read theirs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from shared.adapters.dynamodb.policy_cache import CachedPolicies
from shared.adapters.policy_file import ShippedPolicies
from shared.domain.policy.policy import Policy


@contextmanager
def ruled_by(policy: Policy) -> Iterator[None]:
    """Puts this policy in force everywhere, from one moment to the next."""
    with ExitStack() as stack:
        for store in (CachedPolicies, ShippedPolicies):
            for name in ("current", "fresh"):
                stack.enter_context(patch.object(store, name, lambda _: policy))
        yield
