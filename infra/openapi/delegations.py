"""What the OpenAPI document says of standing in for an approver who is away."""

from infra.openapi.operation import Operation, ok
from shared.http.resources.delegation.reply import DelegationReply, DelegationsReply
from shared.http.resources.delegation.request import DelegationBody, EndBody

DELEGATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/delegations"): Operation(
        id="listDelegations",
        summary="What you have delegated, and what was delegated to you",
        replies=ok(DelegationsReply, "Those that hold now or will."),
    ),
    ("PUT", "/delegations/{role}"): Operation(
        id="delegateRole",
        summary="Let somebody else decide in your place for up to 31 days; one a role, the latest counts",
        body=DelegationBody,
        replies=ok(DelegationReply, "The delegation."),
        refuses=("role-not-held", "delegated-to-oneself", "end-before-start", "malformed-time", "out-of-range"),
    ),
    ("POST", "/delegations/{role}/end"): Operation(
        id="endDelegation",
        summary="Decide yourself again; there need not be a delegation",
        body=EndBody,
        optional_body=True,
        replies=ok(DelegationsReply, "What is left."),
        refuses=("role-not-held",),
    ),
}
