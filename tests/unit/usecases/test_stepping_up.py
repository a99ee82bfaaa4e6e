"""A refund above the rule's limit needs a sign-in by more than one factor, not long ago (RFC 9470)."""

from datetime import timedelta

import pytest

from shared.domain.policy.documents.checks import StepUp
from shared.domain.refusal import Refusal
from shared.http.door.problems import problem_of
from shared.usecases.core.access import Principal
from shared.usecases.core.stepping_up import SKEW, check_stepped_up
from tests.fakes.world import NOW

RULE = StepUp(id="large", above={"USD": "500.00", "JPY": "75000"}, max_age_seconds=900)


def somebody(*, minutes_ago: float | None = 5, strong: bool = True) -> Principal:
    at = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    return Principal(id="usr-agent", roles=frozenset({"agent"}), authenticated_at=at, strong=strong)


def refused(principal: Principal, refund: int = 50_001, currency: str = "USD", rule: StepUp = RULE) -> bool:
    try:
        check_stepped_up(principal, refund, currency, rule, NOW)
    except Refusal as refusal:
        return refusal.code == "step-up-required"
    return False


@pytest.mark.parametrize(
    ("refund", "currency", "needed"),
    [
        (50_000, "USD", False),
        (50_001, "USD", True),
        (75_000, "JPY", False),
        (75_001, "JPY", True),
        (1, "EUR", True),
        (0, "EUR", False),
        (-5, "EUR", False),
    ],
)
def test_only_a_refund_above_its_currency_s_limit_needs_it(refund: int, currency: str, needed: bool) -> None:
    assert refused(somebody(strong=False), refund, currency) is needed


@pytest.mark.parametrize(
    ("principal", "enough"),
    [
        (somebody(), True),
        (somebody(minutes_ago=15), True),
        (somebody(minutes_ago=15.02), False),
        (somebody(minutes_ago=None), False),
        (somebody(strong=False), False),
        (somebody(minutes_ago=-SKEW / timedelta(minutes=1)), True),
        (somebody(minutes_ago=-2), False),
    ],
    ids=["fresh", "just fresh", "too old", "at no known time", "by one factor", "our clock is behind", "in the future"],
)
def test_the_sign_in_is_fresh_and_by_more_than_one_factor(principal: Principal, enough: bool) -> None:
    assert refused(principal) is not enough


def test_a_rule_for_some_roles_leaves_the_others_alone() -> None:
    for_finance = StepUp(id="large", above={}, max_age_seconds=900, roles=("finance", "lead"))
    both = Principal(id="usr-both", roles=frozenset({"agent", "lead"}))
    assert (refused(somebody(strong=False), rule=for_finance), refused(both, rule=for_finance)) == (False, True)


def test_the_reply_says_how_to_come_back() -> None:
    with pytest.raises(Refusal) as refusal:
        check_stepped_up(somebody(strong=False), 50_001, "USD", RULE, NOW)
    reply = problem_of(refusal.value)
    words = "A refund this large needs a sign-in by more than one factor, at most 15 minutes ago."
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (
        401,
        f'Bearer error="insufficient_user_authentication", error_description="{words}", max_age="900"',
    )
    assert '"max_age":900' in str(reply.body).replace(" ", "")


def test_who_is_not_signed_in_at_all_is_told_no_more_than_that() -> None:
    assert problem_of(Refusal("unauthenticated", "Sign in.")).headers["WWW-Authenticate"] == "Bearer"
