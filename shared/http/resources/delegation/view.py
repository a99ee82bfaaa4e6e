"""Shows delegations in replies."""

from shared.domain.change.delegation import Delegation
from shared.http.parts.view import Json, time
from shared.usecases.approving.delegate_role import Delegated


def delegation_view(delegation: Delegation) -> Json:
    return {
        "role": delegation.role,
        "of": delegation.of,
        "to": delegation.to,
        "since": time(delegation.since),
        "until": time(delegation.until),
    }


def delegated_view(delegated: Delegated) -> Json:
    return {
        "given": [delegation_view(each) for each in delegated.given],
        "received": [delegation_view(each) for each in delegated.received],
    }
