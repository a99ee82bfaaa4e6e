"""New versions of policy documents: judged, agreed to by a second operator where money moves, in force by the clock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.policy.documents.deadlines import Deadlines
from shared.domain.policy.documents.prices import Prices
from shared.domain.policy.documents.registry import PolicyName
from shared.usecases.policies.propose_policy import Proposal, try_policy
from shared.usecases.policies.read_policies import list_versions, read_policies, read_policy, read_version
from tests.fakes import World
from tests.fakes.policies import AS_SHIPPED, as_shipped, bounds, deadlines
from tests.unit.usecases.operators import decided, in_force, proposed, refusal

HOUR = timedelta(hours=1)
SHIPPED_FLOOR = as_shipped("prices")["bounds"][0]["floor_percent"]


def change_seconds(world: World, at: datetime | None = None) -> int:
    document: Deadlines = in_force(world, at).deadlines
    return document.rules[0].change_seconds


def floor(world: World, at: datetime | None = None) -> str:
    document: Prices = in_force(world, at).prices
    return str(document.bounds[0].floor_percent)


# ---------------------------------------------------------------------------------------------------------- proposing


def test_a_document_that_moves_no_money_is_in_force_at_once(world: World) -> None:
    assert proposed(world, "deadlines", deadlines(3600)) == "deadlines-2 agreed"
    assert (change_seconds(world), in_force(world).version) == (3600, f"{AS_SHIPPED} deadlines-2")


def test_versions_are_numbered_without_gaps_document_by_document(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600))
    proposed(world, "prices", bounds("60"))
    assert proposed(world, "deadlines", deadlines(7200)) == "deadlines-3 agreed"
    assert [each.version for each in world.policy_history.versions("deadlines", None, 9)] == [3, 2, 1]


def test_who_proposed_a_version_and_why_is_kept_for_good(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600), by="usr-9", why="Agents asked for less.")
    proposed(world, "deadlines", deadlines(7200))
    kept = read_version(world.policy_history, "deadlines", 2)
    assert (kept.by, kept.why, kept.at) == ("usr-9", "Agents asked for less.", world.clock.now())


def test_a_scheduled_version_comes_in_force_by_the_clock_and_no_write(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "deadlines", deadlines(3600), activates_at=start)
    before = start - timedelta(microseconds=1)
    assert [change_seconds(world, at) for at in (before, start)] == [86_400, 3600]


def test_a_version_can_be_put_before_one_that_is_scheduled(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600), activates_at=world.clock.now() + HOUR)
    proposed(world, "deadlines", deadlines(7200))
    assert change_seconds(world) == 7200
    assert change_seconds(world, world.clock.now() + HOUR) == 3600


def test_of_two_versions_that_begin_together_the_newer_one_is_in_force(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "deadlines", deadlines(3600), activates_at=start)
    proposed(world, "deadlines", deadlines(7200), activates_at=start)
    assert change_seconds(world, start) == 7200


def test_nothing_comes_in_force_in_the_past(world: World) -> None:
    refused = refusal(
        lambda: proposed(world, "deadlines", deadlines(1), activates_at=world.clock.now() - timedelta(seconds=1))
    )
    assert (refused.code, refused.violations[0].pointer) == ("activation-in-the-past", "/activates_at")


def test_what_would_be_in_force_anyway_is_no_new_version(world: World) -> None:
    refused = refusal(lambda: proposed(world, "deadlines", as_shipped("deadlines")))
    assert (refused.code, refused.violations[0].pointer) == ("nothing-changes", "/document")
    start = world.clock.now() + HOUR
    proposed(world, "deadlines", deadlines(3600), activates_at=start)
    assert refusal(lambda: proposed(world, "deadlines", deadlines(3600), activates_at=start)).code == "nothing-changes"
    assert proposed(world, "deadlines", as_shipped("deadlines"), activates_at=start) == "deadlines-3 agreed"


def test_whoever_read_an_older_version_is_told_of_the_newer_one(world: World) -> None:
    proposed(world, "prices", bounds("60"), if_match='"1"')
    refused = refusal(lambda: proposed(world, "prices", bounds("80"), if_match='"1"'))
    assert (refused.code, refused.extra["etag"]) == ("stale-version", '"2"')


def test_two_proposals_at_once_get_two_numbers(world: World) -> None:
    world.policy_history.before_write = lambda: proposed(world, "deadlines", deadlines(7200))
    assert proposed(world, "deadlines", deadlines(3600)) == "deadlines-3 agreed"
    assert change_seconds(world) == 3600


def test_a_proposal_that_was_outrun_is_judged_by_what_is_in_force_now(world: World) -> None:
    world.policy_history.before_write = lambda: proposed(world, "deadlines", deadlines(3600))
    assert refusal(lambda: proposed(world, "deadlines", deadlines(3600))).code == "nothing-changes"


def test_a_repeated_proposal_gets_its_first_answer(world: World) -> None:
    first = proposed(world, "deadlines", deadlines(3600), key="k1", if_match='"1"')
    assert proposed(world, "deadlines", deadlines(3600), key="k1", if_match='"1"') == first
    assert len(world.policy_history.kept) == 1


def test_a_proposal_that_meets_its_own_twin_has_one_effect(world: World) -> None:
    world.policy_history.before_write = lambda: proposed(world, "deadlines", deadlines(3600), key="k1")
    assert proposed(world, "deadlines", deadlines(3600), key="k1") == "deadlines-2 agreed"
    assert len(world.policy_history.kept) == 1


def test_a_trial_says_what_would_come_and_keeps_nothing(world: World) -> None:
    text = json.dumps(bounds("60"))
    trial = try_policy(
        world.services, world.policy_history, Proposal(name="prices", why="?", by="usr-1", document=text)
    )
    assert (trial.version.version, trial.version.status, trial.violations) == (2, "waiting", ())
    bad = Proposal(name="prices", why="?", by="usr-1", document=json.dumps(as_shipped("prices", bounds=[])))
    assert [each.code for each in try_policy(world.services, world.policy_history, bad).violations] == [
        "contradicts-itself"
    ]
    assert (world.policy_history.kept, world.policy_history.register().revision) == ({}, 0)


# ------------------------------------------------------------------------------------------------------- making sense


def a_rule(rule_id: str, **more: Any) -> dict[str, Any]:
    return {"id": rule_id, "outcome": "deny", "words": "No."} | more


def without_finance() -> dict[str, Any]:
    """Approvals that finance has no part in any more."""
    lead, manager, _ = as_shipped("approvals")["levels"]
    routes = [each for each in as_shipped("approvals")["routes"] if "finance" not in each["approvers"]]
    return as_shipped("approvals", levels=[lead, manager | {"escalates_to": None}], routes=routes)


SENSELESS: list[tuple[str, PolicyName, Callable[[], dict[str, Any]], str, str]] = [
    (
        "a condition that cannot be parsed",
        "eligibility",
        lambda: {"rules": [a_rule("r", when="stage =="), *as_shipped("eligibility")["rules"]]},
        "invalid-condition",
        "/document/rules/0/when",
    ),
    (
        "a condition on what does not exist",
        "eligibility",
        lambda: {"rules": [a_rule("r", when="moon == 'full'"), *as_shipped("eligibility")["rules"]]},
        "invalid-condition",
        "/document/rules/0/when",
    ),
    (
        "an edit that does not exist",
        "eligibility",
        lambda: {"rules": [a_rule("r", edits=["paint_it"]), *as_shipped("eligibility")["rules"]]},
        "unknown-name",
        "/document/rules/0/edits",
    ),
    (
        "approvers of what is denied",
        "eligibility",
        lambda: {
            "rules": [
                a_rule("r", edits=["credit"], roles=["agent"], approvers=["manager"]),
                *as_shipped("eligibility")["rules"],
            ]
        },
        "contradicts-itself",
        "/document/rules/0/approvers",
    ),
    (
        "a rule that leaves nobody anything to do",
        "eligibility",
        lambda: {"rules": [a_rule("nothing-goes")]},
        "locks-everyone-out",
        "/document/rules",
    ),
    (
        "a threshold without a currency",
        "approvals",
        lambda: as_shipped("approvals", routes=[{"id": "all", "above": {}, "approvers": ["manager"]}]),
        "threshold-without-currency",
        "/document/routes/0/above",
    ),
    (
        "two bounds for the same prices",
        "prices",
        lambda: as_shipped(
            "prices", bounds=[*as_shipped("prices")["bounds"], as_shipped("prices")["bounds"][0] | {"id": "again"}]
        ),
        "overlapping-rules",
        "/document/bounds/1",
    ),
    (
        "an amount finer than its currency",
        "approvals",
        lambda: as_shipped("approvals", routes=[{"id": "all", "above": {"JPY": "0.5"}, "approvers": ["manager"]}]),
        "amount-too-precise",
        "/document/routes/0/above/JPY",
    ),
    (
        "no reason left for a kind of change",
        "reasons",
        lambda: {"codes": [{"code": "other", "title": "Other", "kinds": ["amendment"]}]},
        "locks-everyone-out",
        "/document/codes",
    ),
    (
        "a reason taken away that a fee is spared for",
        "reasons",
        lambda: {
            "codes": [each for each in as_shipped("reasons")["codes"] if each["code"] not in spared_reasons()],
        },
        "reason-in-use",
        "/document/codes",
    ),
]


def spared_reasons() -> set[str]:
    return {code for rule in as_shipped("cancellation")["restocking"] for code in rule["except_reasons"]}


@pytest.mark.parametrize(
    ("name", "document", "code", "pointer"), [each[1:] for each in SENSELESS], ids=[s[0] for s in SENSELESS]
)
def test_a_document_that_makes_no_sense_is_refused_where_it_makes_none(
    world: World, name: PolicyName, document: Callable[[], dict[str, Any]], code: str, pointer: str
) -> None:
    refused = refusal(lambda: proposed(world, name, document()))
    assert (code, pointer) in [(each.code, each.pointer) for each in refused.violations]
    assert (world.policy_history.kept, world.policy_history.register().revision) == ({}, 0)


def test_everything_that_is_wrong_is_told_at_once(world: World) -> None:
    rules = [a_rule("r", when="stage =="), a_rule("r", edits=["paint_it"])]
    refused = refusal(lambda: proposed(world, "eligibility", {"rules": rules}))
    assert {each.code for each in refused.violations} >= {"invalid-condition", "duplicate-id", "unknown-name"}


def test_a_level_of_approval_stays_while_another_document_needs_it(world: World) -> None:
    asking = a_rule("ask", edits=["credit"], roles=["agent"], outcome="approve", approvers=["finance"])
    proposed(world, "eligibility", {"rules": [asking, *as_shipped("eligibility")["rules"]]})
    decided(world, "eligibility", 2)
    refused = refusal(lambda: proposed(world, "approvals", without_finance()))
    assert [(each.code, each.pointer) for each in refused.violations] == [("document-in-use", "/document")]


def test_a_version_must_make_sense_with_what_is_scheduled_after_it_too(world: World) -> None:
    reasons = as_shipped("reasons")
    more = {"codes": [*reasons["codes"], {"code": "recall", "title": "Recalled", "kinds": ["cancellation"]}]}
    proposed(world, "reasons", more)
    fees = as_shipped("cancellation")
    first, *others = fees["restocking"]
    spared = fees | {"restocking": [first | {"except_reasons": [*first["except_reasons"], "recall"]}, *others]}
    proposed(world, "cancellation", spared, activates_at=world.clock.now() + 10 * HOUR)
    decided(world, "cancellation", 2)
    refused = refusal(lambda: proposed(world, "reasons", reasons, activates_at=world.clock.now() + HOUR))
    assert [each.code for each in refused.violations] == ["reason-in-use"]


# ------------------------------------------------------------------------------------------------ the second operator


def test_a_document_that_moves_money_waits_for_a_second_operator(world: World) -> None:
    assert proposed(world, "prices", bounds("60")) == "prices-2 waiting"
    assert in_force(world).version == AS_SHIPPED
    assert decided(world, "prices", 2, note="Fine.") == "prices-2 agreed"
    kept = read_version(world.policy_history, "prices", 2)
    assert (floor(world), kept.decided_by, kept.note) == ("60", "usr-2", "Fine.")


@pytest.mark.parametrize(
    ("short", "status"),
    [
        ({"change_seconds": 3599}, "waiting"),
        ({"confirmation_seconds": 3599, "confirmation_reminder_seconds": None}, "waiting"),
        ({"acknowledgement_seconds": 3599}, "waiting"),
        ({"change_seconds": 3600}, "agreed"),
    ],
    ids=["changes", "confirmations", "acknowledgements", "an hour"],
)
def test_who_would_leave_less_than_an_hour_to_answer_needs_a_second_operator(
    world: World, short: dict[str, Any], status: str
) -> None:
    """By a second or two, one operator could let everything expire, or fall out, that waits for somebody."""
    (everyone,) = as_shipped("deadlines")["rules"]
    hurried = everyone | short | {"id": "hurried", "only": {"tiers": ["gold"]}}
    assert proposed(world, "deadlines", {"rules": [everyone, hurried]}) == f"deadlines-2 {status}"


def test_a_hurried_version_is_not_restored_by_one_operator_either(world: World) -> None:
    proposed(world, "deadlines", deadlines(1))
    decided(world, "deadlines", 2)
    assert proposed(world, "deadlines", as_shipped("deadlines")) == "deadlines-3 agreed"
    assert proposed(world, "deadlines", None, restores=2) == "deadlines-4 waiting"


def test_nobody_agrees_to_their_own_version(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    for decision in ("approve", "reject"):
        refused = refusal(lambda said=decision: decided(world, "prices", 2, by="usr-1", decision=said))
        assert refused.code == "own-change"
    assert in_force(world).version == AS_SHIPPED


def test_a_rejected_version_never_comes_in_force(world: World) -> None:
    proposed(world, "prices", bounds("60"), activates_at=world.clock.now() + HOUR)
    assert decided(world, "prices", 2, decision="reject") == "prices-2 rejected"
    assert in_force(world, world.clock.now() + 2 * HOUR).version == AS_SHIPPED
    assert world.policy_history.register().standing("prices").waiting == ()


@pytest.mark.parametrize("first", ["approve", "reject"])
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_a_version_is_decided_once(world: World, first: str, second: str) -> None:
    proposed(world, "prices", bounds("60"))
    decided(world, "prices", 2, decision=first)
    assert refusal(lambda: decided(world, "prices", 2, by="usr-3", decision=second)).code == "not-waiting"


def test_of_two_operators_who_decide_at_once_one_is_heard(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    world.policy_history.before_write = lambda: decided(world, "prices", 2, "usr-3", decision="reject")
    assert refusal(lambda: decided(world, "prices", 2)).code == "not-waiting"
    assert read_version(world.policy_history, "prices", 2).decided_by == "usr-3"


def test_what_was_agreed_to_at_once_does_not_wait(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600))
    assert refusal(lambda: decided(world, "deadlines", 2)).code == "not-waiting"
    assert refusal(lambda: decided(world, "deadlines", 1)).code == "not-waiting"


def test_a_version_that_does_not_exist_is_not_found(world: World) -> None:
    assert refusal(lambda: decided(world, "prices", 2)).code == "version-not-found"
    assert refusal(lambda: read_version(world.policy_history, "prices", 0)).code == "version-not-found"


def test_a_version_agreed_to_after_its_time_begins_then_and_not_before(world: World) -> None:
    proposed(world, "prices", bounds("60"), activates_at=world.clock.now() + HOUR)
    world.clock.passes(hours=2)
    agreed_at = world.clock.now()
    decided(world, "prices", 2)
    assert [floor(world, at) for at in (agreed_at - timedelta(seconds=1), agreed_at)] == [SHIPPED_FLOOR, "60"]


def test_a_version_agreed_to_before_its_time_still_waits_for_it(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "prices", bounds("60"), activates_at=start)
    decided(world, "prices", 2)
    assert [floor(world), floor(world, start)] == [SHIPPED_FLOOR, "60"]


def test_a_newer_proposal_leaves_an_older_one_waiting(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    proposed(world, "prices", bounds("80"))
    decided(world, "prices", 2)
    decided(world, "prices", 3)
    assert floor(world) == "80"


@pytest.mark.parametrize("start", [timedelta(), HOUR])
def test_nobody_rolls_back_by_agreeing_to_an_older_version(world: World, start: timedelta) -> None:
    proposed(world, "prices", bounds("60"), activates_at=world.clock.now() + start)
    proposed(world, "prices", bounds("80"))
    decided(world, "prices", 3)
    assert refusal(lambda: decided(world, "prices", 2)).code == "policy-superseded"
    assert decided(world, "prices", 2, decision="reject") == "prices-2 rejected"
    assert floor(world) == "80"


def test_what_makes_no_sense_any_more_cannot_be_agreed_to(world: World) -> None:
    asking = a_rule("ask", edits=["credit"], roles=["agent"], outcome="approve", approvers=["finance"])
    proposed(world, "eligibility", {"rules": [asking, *as_shipped("eligibility")["rules"]]})
    proposed(world, "approvals", without_finance())
    decided(world, "approvals", 2)
    refused = refusal(lambda: decided(world, "eligibility", 2))
    assert refused.code == "policy-outdated"
    assert [(each.code, each.pointer) for each in refused.violations] == [
        ("unknown-name", "/document/rules/0/approvers")
    ]
    assert read_version(world.policy_history, "eligibility", 2).status == "waiting"


def test_a_repeated_decision_gets_its_first_answer(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    first = decided(world, "prices", 2, key="k1")
    assert decided(world, "prices", 2, key="k1") == first


# -------------------------------------------------------------------------------------------------------- rolling back


def test_an_earlier_version_is_restored_as_a_new_one_that_names_it(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600))
    proposed(world, "deadlines", deadlines(7200))
    assert proposed(world, "deadlines", None, restores=2) == "deadlines-4 agreed"
    assert change_seconds(world) == 3600
    assert read_version(world.policy_history, "deadlines", 4).restores == 2


def test_what_was_shipped_can_be_restored(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600))
    proposed(world, "deadlines", None, restores=1)
    assert (change_seconds(world), in_force(world).version) == (86_400, f"{AS_SHIPPED} deadlines-3")


def test_restoring_what_moves_money_needs_a_second_operator_too(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    decided(world, "prices", 2)
    assert proposed(world, "prices", None, restores=1) == "prices-3 waiting"
    assert floor(world) == "60"


def test_only_what_was_agreed_to_can_be_restored(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    for version in (2, 9):
        refused = refusal(lambda number=version: proposed(world, "prices", None, restores=number))
        assert (refused.code, refused.violations[0].pointer) == ("unknown-version", "/restores")


# ------------------------------------------------------------------------------------------------------------- reading


def test_the_overview_says_what_is_in_force_what_waits_and_what_comes(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "prices", bounds("60"))
    proposed(world, "deadlines", deadlines(3600))
    proposed(world, "deadlines", deadlines(7200), activates_at=start)
    found = {each.name: each for each in read_policies(world.policy_history, world.clock)}
    assert (found["prices"].version, found["prices"].in_force, found["prices"].standing.waiting) == (1, None, (2,))
    coming = [(each.version, each.activates_at) for each in found["deadlines"].coming]
    assert (found["deadlines"].version, coming) == (2, [(3, start)])
    overview, version = read_policy(world.policy_history, world.clock, "deadlines")
    assert (overview.version, version.version, version.by) == (2, 2, "usr-1")


def test_versions_are_paged_newest_first_down_to_what_was_shipped(world: World) -> None:
    for seconds in range(1, 5):
        proposed(world, "deadlines", deadlines(seconds))
    seen, cursor = [], None
    while True:
        page = list_versions(world.policy_history, "deadlines", 2, cursor)
        seen += [each.version for each in page.items]
        if (cursor := page.cursor) is None:
            break
    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "٣", "123456789"])
def test_a_cursor_that_is_none_is_refused(world: World, cursor: str) -> None:
    assert refusal(lambda: list_versions(world.policy_history, "deadlines", 2, cursor)).code == "malformed-cursor"
