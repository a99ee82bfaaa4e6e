"""Shows policy documents and their versions in replies."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from shared.domain.policy.documents.registry import SHIPPED, moves_money
from shared.domain.policy.versions import Agreed, PolicyVersion
from shared.http.parts.view import Json, present, time
from shared.usecases.policies.propose_policy import Trial
from shared.usecases.policies.read_policies import Overview


def overview_view(overview: Overview) -> Json:
    """Shows an overview without the document; `since` keeps its null."""
    since = time(overview.in_force.activates_at) if overview.in_force else None
    return {"name": overview.name, "version": overview.version, "since": since, **_standing(overview)}


def policy_view(overview: Overview, version: PolicyVersion) -> Json:
    """Shows the version in force, with its document."""
    shown = version_view(version)
    names = ("name", "version", "document", "why", "by", "at", "agreed_by", "activates_at")
    return {name: shown[name] for name in names if name in shown} | _standing(overview)


def _standing(overview: Overview) -> Json:
    return {
        "moves_money": moves_money(overview.name),
        "waiting": list(overview.standing.waiting),
        "scheduled": _scheduled(overview.coming),
    }


def _scheduled(coming: Sequence[Agreed]) -> list[Json]:
    return [{"version": each.version, "activates_at": time(each.activates_at)} for each in coming]


def version_view(version: PolicyVersion) -> Json:
    return version_in_list(version) | {"document": json.loads(version.document)}


def version_in_list(version: PolicyVersion) -> Json:
    decided = "rejected" if version.status == "rejected" else "agreed"
    told = {
        "name": version.name,
        "version": version.version,
        "status": version.status,
        "why": version.why,
        "restores": version.restores,
        "waiting_for": _waiting_for(version),
        "note": version.note,
        f"{decided}_by": version.decided_by,
        f"{decided}_at": time(version.decided_at) if version.decided_at else None,
        "withdrawn_by": version.withdrawn_by,
        "withdrawn_at": time(version.withdrawn_at) if version.withdrawn_at else None,
    }
    if version.version != SHIPPED:
        told |= {"by": version.by, "at": time(version.at), "activates_at": time(version.activates_at)}
    return present(told)


def trial_view(trial: Trial) -> Json:
    would_be = {
        "version": trial.version.version,
        "activates_at": time(trial.version.activates_at),
        "waiting_for": _waiting_for(trial.version),
    }
    return {"violations": [asdict(each) for each in trial.violations], "would_be": present(would_be)}


def _waiting_for(version: PolicyVersion) -> str | None:
    return "operator" if version.status == "waiting" else None
