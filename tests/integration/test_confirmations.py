"""What a confirmation keeps on DynamoDB, and letters on SES: as the template's tables and the service have it."""

import botocore.session
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from shared.adapters.dynamodb.links import DynamoLinks
from shared.adapters.ses import SesMail
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.ports.mail import Letter, Link, MailFailed
from shared.ports.paging import Filter
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import SERVICE
from tests.fakes.confirmations import a_waiting_change, closed
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.integration.conftest import TABLES, Dynamo

SENDER = "orders@inflight.example"
LETTER = Letter(key="chg_1/ask-1", to="ada@example.com", subject="Please confirm", text="Two mugs — 10.80 €\n")


@pytest.fixture
def order(world: World) -> Order:
    new = an_order().with_line("MUG", 3, 1000).paid().new
    answer = take_order(world.services, world.request(SERVICE), new)
    order = world.services.orders.load(told(answer).body)
    assert order is not None
    return order


@pytest.fixture
def change(world: World, order: Order) -> Change:
    return a_waiting_change(world.services, order)


def test_a_token_is_kept_while_the_customer_is_waited_for_in_this_round(world: World, change: Change) -> None:
    changes = world.services.changes
    assert changes.keep_token(change.change_id, 1, "t1")
    assert changes.keep_token(change.change_id, 1, "t2")
    assert not changes.keep_token(change.change_id, 2, "t3")
    assert (changes.token(change.change_id, 1), changes.token(change.change_id, 2)) == ("t2", None)


def test_a_token_that_comes_after_the_answer_is_not_kept(world: World, change: Change) -> None:
    closed(world.services, change, ChangeStatus.DECLINED)
    assert not world.services.changes.keep_token(change.change_id, 1, "t1")
    assert world.services.changes.token(change.change_id, 1) is None


def test_what_was_mailed_is_remembered_by_change_and_occasion(world: World, change: Change) -> None:
    changes = world.services.changes
    changes.keep_mailed(change.change_id, "ask-1")
    assert changes.mailed(change.change_id, "ask-1")
    assert not changes.mailed(change.change_id, "remind-1")
    assert not changes.mailed("chg_other", "ask-1")


def test_a_link_is_found_by_its_hash_as_it_was_put(dynamo: Dynamo) -> None:
    links = DynamoLinks(dynamo.client, TABLES.changes)
    link = Link(token_hash="a1", change_id="chg_1", order_id="ord_1", digest="d", round=2, expires_at=NOW)
    links.put(link)
    assert links.get("a1") == link
    assert links.get("a2") is None


def test_links_tokens_and_mail_marks_stand_beside_changes_and_are_none(
    world: World, dynamo: Dynamo, change: Change
) -> None:
    world.services.changes.keep_token(change.change_id, 1, "t1")
    world.services.changes.keep_mailed(change.change_id, "ask-1")
    DynamoLinks(dynamo.client, TABLES.changes).put(
        Link(
            token_hash="a1",
            change_id=change.change_id,
            order_id=change.order_id,
            digest=change.plan.digest,
            round=1,
            expires_at=NOW,
        )
    )
    for values in ({}, {"order_id": change.order_id}, {"waiting_for": "customer"}, {"status": "pending_confirmation"}):
        assert [each.change_id for each in world.services.changes.list(Filter(values=values)).items] == [
            change.change_id
        ]
    (row,) = [row for row in dynamo.client.scan(TableName=TABLES.changes)["Items"] if "ttl" in row]
    assert row["change_id"]["S"] == "LINK#a1"


def test_a_letter_goes_out_as_plain_text_from_our_address(dynamo: Dynamo) -> None:
    client = botocore.session.get_session().create_client("sesv2")
    client.create_email_identity(EmailIdentity=SENDER)

    SesMail(client, SENDER).send(LETTER)

    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages
    assert (sent.source, sent.destinations) == (SENDER, {"ToAddresses": [LETTER.to]})
    assert (sent.subject, sent.body) == (LETTER.subject, LETTER.text)


@pytest.mark.parametrize("sender", ["nobody@elsewhere.example", None])
def test_a_letter_that_is_not_taken_fails_without_saying_whose_it_was(dynamo: Dynamo, sender: str | None) -> None:
    """SES's message names addresses; so does the SDK's complaint about a request that is none."""
    client = botocore.session.get_session().create_client("sesv2")
    with pytest.raises(MailFailed) as failed:
        SesMail(client, sender).send(LETTER)  # type: ignore[arg-type]
    assert str(failed.value) in ("MessageRejected", "ParamValidationError")
    assert failed.value.__suppress_context__
