"""What the OpenAPI document says of policies: what is in force, new versions, and the second operator."""

from infra.openapi.operation import POLICY_ETAG, Operation, ok
from shared.http.parts.reply import PageOf, WholeOf
from shared.http.resources.policy.reply import (
    PolicyInList,
    PolicyReply,
    PolicyTrialReply,
    PolicyVersionInList,
    PolicyVersionReply,
)
from shared.http.resources.policy.request import PolicyBody, PolicyDecisionBody, PolicyQuery, PolicyVersionsQuery
from shared.http.resources.replay.reply import ReplayReply
from shared.http.resources.replay.request import ReplayBody

_PATH = "/policies/{name}"

SENSE = (
    *("unknown-name", "contradicts-itself", "duplicate-id", "overlapping-rules", "too-many-rules", "invalid-condition"),
    *("threshold-without-currency", "locks-everyone-out", "reason-in-use", "document-in-use", "out-of-range"),
    *("malformed-amount", "amount-too-precise", "amount-too-large", "unknown-currency", "version-outgrown"),
)
"""What may be wrong with a document that its types do not tell."""

POLICIES: dict[tuple[str, str], Operation] = {
    ("GET", "/policies"): Operation(
        id="listPolicies",
        summary="All policy documents: which version is in force, which wait, which come in force by themselves",
        replies=ok(WholeOf[PolicyInList], "All of them, on one page."),
    ),
    ("GET", _PATH): Operation(
        id="getPolicy",
        etag=POLICY_ETAG,
        summary="A policy document as it is in force; its ETag is the number of its newest version",
        replies=ok(PolicyReply, "The version in force."),
        refuses=("policy-not-found",),
    ),
    ("PUT", _PATH): Operation(
        id="proposePolicy",
        etag=POLICY_ETAG,
        summary="Propose a new version, or restore an earlier one; what moves money waits for a second operator",
        body=PolicyBody,
        query=PolicyQuery,
        replies={
            201: ((PolicyVersionReply,), "The version: agreed, or waiting for a second operator."),
            200: (
                (PolicyTrialReply,),
                "With `dry_run=true`: what is wrong, and what it would make. Nothing is kept.",
            ),
        },
        refuses=(
            *("policy-not-found", "stale-version", "document-or-restores", "malformed-time"),
            *("activation-in-the-past", "unknown-version", "nothing-changes", "policy-too-large", *SENSE),
        ),
    ),
    ("GET", f"{_PATH}/versions"): Operation(
        id="listPolicyVersions",
        summary="Every version, newest first: who proposed it and why, who decided, and when it came in force",
        query=PolicyVersionsQuery,
        replies=ok(PageOf[PolicyVersionInList], "A page of versions, without their documents."),
        refuses=("policy-not-found", "malformed-cursor", "out-of-range"),
    ),
    ("GET", f"{_PATH}/versions/{{version}}"): Operation(
        id="getPolicyVersion",
        summary="One version with its document",
        replies=ok(PolicyVersionReply, "The version."),
        refuses=("policy-not-found", "version-not-found"),
    ),
    ("POST", f"{_PATH}/versions/{{version}}/decisions"): Operation(
        id="decidePolicy",
        summary="Agree to a version that waits, or reject it: as another operator than who proposed it; or withdraw it",
        body=PolicyDecisionBody,
        replies=ok(PolicyVersionReply, "The version, agreed, rejected or withdrawn."),
        refuses=(
            *("policy-not-found", "version-not-found", "not-waiting", "own-change", "policy-superseded"),
            *("policy-outdated", "policy-too-large", "version-begun", "document-in-use", "version-outgrown"),
        ),
    ),
    ("POST", f"{_PATH}/replay"): Operation(
        id="replayPolicy",
        summary="Judge past changes by a draft: which decisions would differ, and what that would have cost",
        body=ReplayBody,
        replies=ok(ReplayReply, "What would differ, newest change first. Nothing is kept."),
        keeps=False,
        refuses=(
            *("policy-not-found", "document-or-version", "unknown-version", "malformed-time", "end-before-start"),
            *("malformed-cursor", "unknown-value", *SENSE),
        ),
    ),
}
