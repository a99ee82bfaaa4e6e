"""The demo users' tokens pass the checks of any token, and say what their holders may do and how they signed in."""

import time

import pytest

from infra.local.tokens import AUDIENCE, USERS, Issuer
from shared.http.door.route import Scope
from shared.http.identity.jwks import Keys
from shared.http.identity.tokens import TokenRefused, Verifier
from shared.usecases.core.access import Principal

STARTED = time.time()
ISSUER = Issuer("http://127.0.0.1:8000")
TOKENS = ISSUER.tokens()
VERIFIER = Verifier(Keys(ISSUER.jwks), ISSUER.url, frozenset({AUDIENCE}))


def holder(user: str) -> Principal:
    return VERIFIER.principal(f"Bearer {TOKENS[user]}")


@pytest.mark.parametrize("user", USERS)
def test_every_demo_user_has_the_role_of_their_name(user: str) -> None:
    assert holder(user).roles == {user.partition("_")[0]}
    assert holder(user).id == f"usr-{user.replace('_', '-')}"


def test_the_demo_service_has_every_scope() -> None:
    assert holder("service").scopes == set(Scope.__args__)


@pytest.mark.parametrize(("user", "customer_id"), [("customer", "cus-1"), ("customer_2", "cus-2"), ("agent", None)])
def test_demo_customers_own_the_demo_orders(user: str, customer_id: str | None) -> None:
    assert holder(user).customer_id == customer_id


def test_demo_users_have_just_signed_in_by_more_than_one_factor_but_for_one() -> None:
    agent, weak = holder("agent"), holder("agent_weak")
    assert agent.authenticated_at is not None
    assert STARTED - 1 <= agent.authenticated_at.timestamp() <= time.time()
    assert (agent.strong, weak.strong) == (True, False)


REASONS = {
    "expired": "ExpiredSignatureError",
    "not_yet_valid": "ImmatureSignatureError",
    "of_another_issuer": "InvalidIssuerError",
    "of_another_pool": "unknown key",
    "for_another_audience": "another audience",
    "of_another_use": "another use",
}


@pytest.mark.parametrize(("name", "token"), ISSUER.refused().items(), ids=ISSUER.refused())
def test_a_demo_token_that_must_be_refused_is_refused_for_what_its_name_says(name: str, token: str) -> None:
    with pytest.raises(TokenRefused, match=REASONS[name]):
        VERIFIER.principal(f"Bearer {token}")
