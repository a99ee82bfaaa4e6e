"""Shows policies to operators and takes their changes: documents, versions, proposals, decisions, replays."""

from dataclasses import replace

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.versions import PolicyVersion
from shared.http.door.answers import shown, told
from shared.http.door.call import Call, checked_first, late
from shared.http.door.cursors import opened, sealed
from shared.http.door.jsontext import dumps
from shared.http.door.pages import paged
from shared.http.door.policy_preconditions import check_earlier_version
from shared.http.door.resolver import current, resolver, serve
from shared.http.door.version_numbers import version_number
from shared.http.resources.policy.request import PolicyBody, PolicyDecisionBody, PolicyQuery, PolicyVersionsQuery
from shared.http.resources.policy.view import overview_view, policy_view, trial_view, version_in_list, version_view
from shared.http.resources.replay.request import ReplayBody
from shared.http.resources.replay.view import replay_view
from shared.ports.paging import Filter, Page
from shared.ports.requests import Answer
from shared.usecases.policies.decide_policy import decide_policy
from shared.usecases.policies.propose_policy import Proposal, etag_of, propose_policy, try_policy
from shared.usecases.policies.read_policies import list_versions, policy_name, read_policies, read_policy, read_version
from shared.usecases.policies.replay_policy import replay_policy
from shared.usecases.policies.withdraw_policy import Withdrawal, withdraw_policy

app = resolver(lambda: bootstrap.services())


@app.get("/policies")
def list_policies() -> Response[str]:
    found = read_policies(bootstrap.policy_history(), bootstrap.services().clock)
    return shown({"items": [overview_view(each) for each in found], "next_cursor": None})


@app.get("/policies/<name>")
def show_policy(name: str) -> Response[str]:
    overview, version = read_policy(bootstrap.policy_history(), bootstrap.services().clock, _named(name))
    return shown(policy_view(overview, version), etag_of(overview.standing.latest))


@app.put("/policies/<name>")
def propose(name: str) -> Response[str]:
    call, services, history = current(app), bootstrap.services(), bootstrap.policy_history()
    proposal = _proposal(call, _named(name))
    if call.parameters(PolicyQuery).dry_run:
        return shown(trial_view(try_policy(services, history, proposal)))
    return told(propose_policy(services, history, call.request(_proposed), proposal))


@app.get("/policies/<name>/versions")
def show_versions(name: str) -> Response[str]:
    call, history, policy = current(app), bootstrap.policy_history(), _named(name)
    asked = call.parameters(PolicyVersionsQuery)

    def read(wanted: Filter) -> Page[PolicyVersion]:
        return list_versions(history, policy, wanted.limit, wanted.cursor)

    return paged(call, bootstrap.cursor_key, Filter(limit=asked.limit, cursor=asked.cursor), read, version_in_list)


@app.get("/policies/<name>/versions/<version>")
def show_version(name: str, version: str) -> Response[str]:
    return shown(version_view(read_version(bootstrap.policy_history(), _named(name), version_number(version))))


@app.post("/policies/<name>/versions/<version>/decisions")
def decide(name: str, version: str) -> Response[str]:
    call, services, history = current(app), bootstrap.services(), bootstrap.policy_history()
    number = read_version(history, _named(name), version_number(version)).version
    decision = call.body(PolicyDecisionBody).to_domain(_named(name), number, call.principal.id)
    request = call.request(_decided)
    if isinstance(decision, Withdrawal):
        return told(withdraw_policy(services, history, request, decision))
    return told(decide_policy(services, history, request, decision))


@app.post("/policies/<name>/replay")
def replay(name: str) -> Response[str]:
    """Judges anew each time: nothing is kept, not even under an Idempotency-Key."""
    call = current(app)
    policy, wanted, key = _named(name), call.body(ReplayBody), bootstrap.cursor_key
    of_what = wanted.model_dump(mode="json")
    with late():
        asked = replace(wanted.to_domain(policy, call.principal.id), cursor=opened(call, key, wanted.cursor, of_what))
        found = replay_policy(bootstrap.services(), bootstrap.policy_history(), asked)
    found.cursor = sealed(call, key, found.cursor, of_what)
    return shown(replay_view(found, only_differing=wanted.only_differing))


def _named(_: str) -> PolicyName:
    """Reads the name from the call, whose path is decoded."""
    return policy_name(current(app).path["name"])


def _proposal(call: Call, name: PolicyName) -> Proposal:
    """Reads the proposal in the body. Mistakes in it are told only after the replay of a known key, and after 412."""
    with checked_first(lambda: check_earlier_version(bootstrap.services(), bootstrap.policy_history(), call, name)):
        call.parameters(PolicyQuery)
        body = call.body(PolicyBody)
        with late():
            return body.to_domain(name, call.principal.id)


def _proposed(version: PolicyVersion) -> Answer:
    where = f"/policies/{version.name}/versions/{version.version}"
    return Answer(status=201, body=dumps(version_view(version)), etag=etag_of(version.version), location=where)


def _decided(version: PolicyVersion) -> Answer:
    return Answer(status=200, body=dumps(version_view(version)))


handler = serve(app)
