"""Policy documents on DynamoDB: written whole or not at all, read along with stock, the same everywhere in a minute."""

import json
import logging
import zlib
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.items import item
from shared.adapters.dynamodb.policies import REGISTER_KEY, DynamoPolicyHistory
from shared.adapters.dynamodb.policy_cache import DUE_SECONDS, STALE_SECONDS, CachedPolicies
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from shared.adapters.policy_documents import shipped_version
from shared.adapters.policy_file import shipped
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.subjects import Subject
from shared.domain.policy.versions import PolicyVersion
from shared.domain.refusal import Refusal
from shared.ports.policies import UnreadablePolicy
from shared.ports.requests import Answer, RequestKey, RequestKnown, RequestRecord
from shared.ports.stores import Conflict
from tests.fakes.policies import AS_SHIPPED, bounds, deadlines
from tests.fakes.world import NOW, Clock
from tests.integration.conftest import TABLES, Dynamo

HOUR = timedelta(hours=1)


@pytest.fixture
def history(dynamo: Dynamo) -> DynamoPolicyHistory:
    return DynamoPolicyHistory(dynamo.client, "RulesTable", TABLES.requests)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(dynamo: Dynamo, clock: Clock) -> CachedPolicies:
    return CachedPolicies(dynamo.client, "RulesTable", clock)


def a_version(number: int = 2, seconds: int = 3600, **more: Any) -> PolicyVersion:
    values: dict[str, Any] = {
        "name": "deadlines",
        "version": number,
        "document": json.dumps(deadlines(seconds)),
        "status": "agreed",
        "why": "a trial",
        "by": "usr-1",
        "at": NOW,
        "activates_at": NOW,
    }
    return PolicyVersion(**values | more)


def waiting(number: int = 2, **more: Any) -> PolicyVersion:
    document = json.dumps(bounds("60"))
    return a_version(number, **{"name": "prices", "document": document, "status": "waiting"} | more)


def kept(history: DynamoPolicyHistory, version: PolicyVersion, before: PolicyVersion | None = None) -> PolicyVersion:
    history.write(history.register(), before, version, None)
    return version


def lifetime(policies: CachedPolicies) -> int:
    return policies.current().deadlines.rules[0].change_seconds


# ---------------------------------------------------------------------------------------------------------- the store


def test_a_version_is_read_as_it_was_written(history: DynamoPolicyHistory) -> None:
    written = kept(history, waiting(note="Später.", restores=1))
    assert history.version("prices", 2) == written
    assert history.version("prices", 3) is None
    assert history.version("prices", 1) == shipped_version("prices")
    assert history.register().standing("prices").waiting == (2,)


def test_whoever_is_outrun_writes_nothing(history: DynamoPolicyHistory) -> None:
    register = history.register()
    first = kept(history, a_version(2, 3600))
    with pytest.raises(Conflict):
        history.write(register, None, a_version(2, 7200, by="usr-2"), None)
    with pytest.raises(Conflict):
        history.write(register, None, waiting(), None)
    assert (history.version("deadlines", 2), history.version("prices", 2)) == (first, None)
    assert history.register().revision == 1


def test_documents_are_judged_together_so_they_are_written_one_after_the_other(history: DynamoPolicyHistory) -> None:
    kept(history, a_version())
    register = history.register()
    kept(history, waiting())
    with pytest.raises(Conflict):
        history.write(register, None, a_version(3, 7200), None)
    assert history.register().revision == 2


def test_a_number_is_given_once_even_if_the_register_forgot_it(history: DynamoPolicyHistory, dynamo: Dynamo) -> None:
    first = kept(history, a_version())
    dynamo.client.delete_item(TableName="RulesTable", Key=REGISTER_KEY)
    with pytest.raises(Conflict):
        kept(history, a_version(2, 7200, by="usr-2"))
    assert history.version("deadlines", 2) == first


def test_of_two_operators_who_decide_at_once_one_wins(history: DynamoPolicyHistory) -> None:
    proposal, register = kept(history, waiting()), history.register()
    history.write(register, proposal, proposal.approved("usr-2", NOW, None), None)
    with pytest.raises(Conflict):
        history.write(register, proposal, proposal.rejected("usr-3", NOW, None), None)
    with pytest.raises(Conflict):
        history.write(history.register(), proposal, proposal.rejected("usr-3", NOW, None), None)
    found = history.version("prices", 2)
    assert found is not None
    assert (found.status, found.decided_by) == ("agreed", "usr-2")


def test_the_write_itself_refuses_who_proposed_it(history: DynamoPolicyHistory) -> None:
    proposal = kept(history, waiting())
    with pytest.raises(Conflict):
        kept(history, proposal.approved("usr-1", NOW, None), proposal)
    assert history.version("prices", 2) == proposal


def test_a_version_is_withdrawn_by_anybody_but_not_over_a_decision(history: DynamoPolicyHistory) -> None:
    proposal = kept(history, waiting())
    agreed = kept(history, proposal.approved("usr-2", NOW, None), proposal)
    with pytest.raises(Conflict):
        kept(history, proposal.withdrawn("usr-1", NOW, None), proposal)
    assert history.version("prices", 2) == agreed
    withdrawn = kept(history, agreed.withdrawn("usr-1", NOW, "No."), agreed)
    assert history.version("prices", 2) == withdrawn
    assert history.register().standing("prices").agreed == ()


def test_a_write_whose_answer_was_lost_has_happened(history: DynamoPolicyHistory) -> None:
    register, version = history.register(), a_version()
    history.write(register, None, version, None)
    history.write(register, None, version, None)
    assert history.register().revision == 1


def test_a_request_is_kept_with_its_effect(history: DynamoPolicyHistory, dynamo: Dynamo) -> None:
    request = RequestKey(key="k1", body_hash="h")
    record = RequestRecord(request=request, answer=Answer(status=201, body="{}"), expires_at=NOW + HOUR)
    history.write(history.register(), None, a_version(), record)
    with pytest.raises(RequestKnown):
        history.write(history.register(), None, a_version(3, 7200), record)
    found = DynamoRequests(dynamo.client, TABLES.requests).find(request)
    assert (found, history.version("deadlines", 3)) == (record, None)


def test_versions_come_newest_first_page_by_page(history: DynamoPolicyHistory) -> None:
    for number in range(2, 13):
        kept(history, a_version(number, number))
    kept(history, waiting())
    pages, below = [], None
    while found := history.versions("deadlines", below, 5):
        pages.append([each.version for each in found])
        below = found[-1].version
    assert pages == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3], [2, 1]]


def test_what_does_not_fit_into_a_row_is_refused(history: DynamoPolicyHistory) -> None:
    noise = Random(1).randbytes(400_000).hex()
    with pytest.raises(Refusal, match="policy-too-large"):
        kept(history, waiting(why=noise))
    assert history.register().revision == 0


# ---------------------------------------------------------------------------------------------------------- the cache


def test_with_an_empty_table_policy_is_as_shipped(cache: CachedPolicies) -> None:
    assert cache.current() == shipped()


def test_reading_policy_is_one_read_of_one_row_however_many_documents(
    history: DynamoPolicyHistory, cache: CachedPolicies, dynamo: Dynamo
) -> None:
    kept(history, a_version())
    proposal = kept(history, waiting())
    kept(history, proposal.approved("usr-2", NOW, None), proposal)
    dynamo.counted()
    assert cache.current().version == f"{AS_SHIPPED} deadlines-2 prices-2"
    assert dynamo.counted() == {"GetItem": 1}
    assert cache.current().version == f"{AS_SHIPPED} deadlines-2 prices-2"
    assert dynamo.counted() == {}


def test_another_process_rules_by_a_new_version_within_a_minute(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies, clock: Clock
) -> None:
    other = CachedPolicies(dynamo.client, "RulesTable", clock)
    assert lifetime(cache) == lifetime(other) == 86_400
    kept(history, a_version())
    clock.passes(seconds=STALE_SECONDS - 1)
    assert lifetime(other) == 86_400
    clock.passes(seconds=1)
    assert lifetime(cache) == lifetime(other) == 3600


def test_a_scheduled_version_comes_in_force_by_the_clock_in_every_process_at_once(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies, clock: Clock
) -> None:
    start = NOW + timedelta(seconds=30)
    kept(history, a_version(activates_at=start))
    other = CachedPolicies(dynamo.client, "RulesTable", clock)
    assert lifetime(cache) == lifetime(other) == 86_400
    dynamo.counted()
    clock.passes(seconds=30)
    assert lifetime(cache) == lifetime(other) == 3600
    assert dynamo.counted() == {}


def test_a_clock_that_went_back_makes_it_look_again(
    history: DynamoPolicyHistory, cache: CachedPolicies, clock: Clock
) -> None:
    cache.current()
    kept(history, a_version(activates_at=NOW - HOUR))
    clock.passes(seconds=-10)
    assert lifetime(cache) == 3600


def garbage(dynamo: Dynamo, **more: Any) -> None:
    dynamo.client.put_item(
        TableName="RulesTable", Item=REGISTER_KEY | item({"revision": 99, "body": b"garbage", **more})
    )


def test_a_register_that_cannot_be_read_leaves_in_force_what_was_and_is_logged(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    kept(history, a_version())
    assert lifetime(cache) == 3600
    garbage(dynamo)
    clock.passes(seconds=STALE_SECONDS)
    try:
        after: int | None = lifetime(cache)
    except zlib.error:
        after = None
    assert after == 3600
    assert [each.levelno for each in caplog.records] == [logging.ERROR]


def test_with_nothing_remembered_what_cannot_be_read_stops_everything(dynamo: Dynamo, cache: CachedPolicies) -> None:
    garbage(dynamo)
    with pytest.raises(Exception, match="shape 103 is unknown"):
        cache.current()


def test_a_document_that_has_outgrown_its_type_leaves_in_force_what_was(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    cache.current()
    kept(history, a_version(document='{"rules": [{"moon": "full"}]}'))
    clock.passes(seconds=STALE_SECONDS)
    assert lifetime(cache) == 86_400
    assert "deadlines" in caplog.records[0].getMessage()
    with pytest.raises(UnreadablePolicy):
        CachedPolicies(dynamo.client, "RulesTable", clock).current()


def test_what_time_does_by_itself_follows_a_new_version_at_once(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies
) -> None:
    before = lifetime(cache)
    kept(history, a_version())
    dynamo.counted()
    assert (lifetime(cache), cache.fresh().deadlines.of(Subject()).change_seconds) == (before, 3600)
    assert dynamo.counted() == {"GetItem": 1}


# ----------------------------------------------------------------------------------------------------- read along


@pytest.fixture
def skus(dynamo: Dynamo, cache: CachedPolicies) -> DynamoSkus:
    return DynamoSkus(dynamo.client, TABLES.skus, TABLES.requests, (cache,))


def test_a_cache_that_is_due_is_refreshed_by_the_read_of_stock(
    history: DynamoPolicyHistory, dynamo: Dynamo, cache: CachedPolicies, skus: DynamoSkus, clock: Clock
) -> None:
    skus.put_stock("MUG", 5, None, None)
    cache.current()
    kept(history, a_version())
    clock.passes(seconds=DUE_SECONDS)
    dynamo.counted()
    assert skus.load(["MUG", "CUP"]).stock["MUG"].on_hand == 5
    assert lifetime(cache) == 3600
    assert dynamo.counted() == {"BatchGetItem": 1}


def test_a_cold_process_pays_no_read_of_its_own(dynamo: Dynamo, cache: CachedPolicies, skus: DynamoSkus) -> None:
    skus.load(["MUG"])
    assert cache.current() == shipped()
    assert dynamo.counted() == {"BatchGetItem": 1}


def test_with_nothing_asked_and_nothing_due_nothing_is_read(
    dynamo: Dynamo, cache: CachedPolicies, skus: DynamoSkus, clock: Clock
) -> None:
    skus.load([])
    assert dynamo.counted() == {"BatchGetItem": 1}
    clock.passes(seconds=DUE_SECONDS - 1)
    skus.load([])
    assert dynamo.counted() == {}


def test_a_change_is_read_with_its_stock_and_policy_at_once(dynamo: Dynamo, cache: CachedPolicies) -> None:
    changes = DynamoChanges(dynamo.client, TABLES.changes, TABLES.skus, TABLES.requests, (cache,))
    assert changes.get_with("chg_1", ["MUG"])[0] is None
    assert cache.current() == shipped()
    assert dynamo.counted() == {"BatchGetItem": 1}


@pytest.mark.parametrize(("asked", "reads"), [(99, 1), (100, 2), (250, 3)])
def test_no_read_asks_for_more_than_a_hundred_rows(
    dynamo: Dynamo, cache: CachedPolicies, skus: DynamoSkus, asked: int, reads: int
) -> None:
    names = [f"SKU-{number}" for number in range(asked)]
    for name in (names[0], names[-1]):
        skus.put_stock(name, 7, None, None)
    dynamo.counted()
    found = skus.load(names)
    assert (set(found.stock), found.asked) == ({names[0], names[-1]}, frozenset(names))
    cache.current()
    assert dynamo.counted() == {"BatchGetItem": reads}


NAMES: tuple[PolicyName, ...] = ("deadlines", "prices")


def test_versions_of_one_document_are_not_those_of_another(history: DynamoPolicyHistory) -> None:
    kept(history, a_version())
    kept(history, waiting())
    assert [[each.name for each in history.versions(name, None, 1)] for name in NAMES] == [["deadlines"], ["prices"]]
