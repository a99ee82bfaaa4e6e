"""Documents the routes of policies, and the mistakes of a document that its types do not tell."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import POLICY_ETAG, Operation, ok
from shared.http.parts.reply import PageOf, WholeOf
from shared.http.resources.policy import routes
from shared.http.resources.policy.reply import (
    PolicyInList,
    PolicyReply,
    PolicyTrialReply,
    PolicyVersionInList,
    PolicyVersionReply,
)
from shared.http.resources.policy.request import PolicyBody, PolicyDecisionBody, PolicyQuery, PolicyVersionsQuery

SENSE = (
    *("unknown-name", "contradicts-itself", "duplicate-id", "overlapping-rules", "too-many-rules", "invalid-condition"),
    *("threshold-without-currency", "locks-everyone-out", "reason-in-use", "document-in-use", "out-of-range"),
    *("malformed-amount", "amount-too-precise", "amount-too-large", "unknown-currency", "version-outgrown"),
)

OPERATIONS: Mapping[Route, Operation] = {
    routes.LIST: Operation(
        id="listPolicies",
        summary="All policy documents: which version is in force, which wait, which come in force by themselves",
        replies=ok(WholeOf[PolicyInList], "All of them, on one page."),
    ),
    routes.SHOW: Operation(
        id="getPolicy",
        etag=POLICY_ETAG,
        summary="A policy document as it is in force; its ETag is the number of its newest version",
        replies=ok(PolicyReply, "The version in force."),
        refuses=("policy-not-found",),
    ),
    routes.PROPOSE: Operation(
        id="proposePolicy",
        etag=POLICY_ETAG,
        summary="Propose a new version, or restore an earlier one; what moves money waits for a second operator",
        body=PolicyBody,
        query=PolicyQuery,
        preview=PolicyTrialReply,
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
    routes.VERSIONS: Operation(
        id="listPolicyVersions",
        summary="Every version, newest first: who proposed it and why, who decided, and when it came in force",
        query=PolicyVersionsQuery,
        replies=ok(PageOf[PolicyVersionInList], "A page of versions, without their documents."),
        refuses=("policy-not-found", "malformed-cursor", "out-of-range"),
    ),
    routes.VERSION: Operation(
        id="getPolicyVersion",
        summary="One version with its document",
        replies=ok(PolicyVersionReply, "The version."),
        refuses=("policy-not-found", "version-not-found"),
    ),
    routes.DECIDE: Operation(
        id="decidePolicy",
        summary="Agree to a version that waits, or reject it: as another operator than who proposed it; or withdraw it",
        body=PolicyDecisionBody,
        replies=ok(PolicyVersionReply, "The version, agreed, rejected or withdrawn."),
        refuses=(
            *("policy-not-found", "version-not-found", "not-waiting", "own-change", "policy-superseded"),
            *("policy-outdated", "policy-too-large", "version-begun", "document-in-use", "version-outgrown"),
        ),
    ),
}
