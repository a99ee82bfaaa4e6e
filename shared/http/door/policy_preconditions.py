"""Checks what comes before a proposed policy document is judged: the replay of a known key, then 412."""

from shared.domain.policy.documents.registry import PolicyName
from shared.http.door.call import Call
from shared.ports.policies import PolicyHistory
from shared.ports.services import Services
from shared.usecases.core.requests import known_before
from shared.usecases.policies.propose_policy import check_policy_etag


def check_earlier_version(services: Services, history: PolicyHistory, call: Call, name: PolicyName) -> None:
    """Checks the key and the ETag of a proposal; a preview keeps nothing, so nothing comes before it.

    Raises:
        Refusal: `malformed-idempotency-key`, `key-reused`, `stale-version`.
    """
    if not call.is_dry_run and not known_before(services.requests, call.key):
        check_policy_etag(history.register(), name, call.if_match)
