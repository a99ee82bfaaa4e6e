"""Whom a token that holds speaks of: people, services, how well they signed in; and who a scope makes nobody."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.authorize import handler as authorize
from shared.domain.policy.subjects import Role
from shared.http.identity.claims import Reading
from shared.http.identity.jwks import Keys
from shared.http.identity.tokens import Verifier
from shared.usecases.core.access import Principal
from tests.unit.http.issuer import AUDIENCE, ISSUER, JWKS, token, trusted, who

NOW = int(time.time())
CLIENT = "a-service-s-client"
NOBODY: dict[str, Any] = {"cognito:groups": None}
ITS_OWN: dict[str, Any] = {
    **NOBODY,
    "sub": CLIENT,
    "aud": None,
    "client_id": CLIENT,
    "token_use": "access",
    "scope": "inflight/channels inflight/stock",
}
"""What Cognito gives a client for its own credentials."""


def read_by(monkeypatch: pytest.MonkeyPatch, reading: Reading) -> None:
    trusted(monkeypatch, Verifier(Keys(lambda: JWKS), ISSUER, frozenset({AUDIENCE, CLIENT}), reading))


@pytest.fixture(autouse=True)
def _cognito(monkeypatch: pytest.MonkeyPatch) -> None:
    read_by(monkeypatch, Reading())


def test_a_client_with_its_own_credentials_is_a_service_with_its_scopes() -> None:
    principal = Principal(id=CLIENT, roles=frozenset({"service"}), scopes=frozenset({"channels", "stock"}))
    assert who(token(**ITS_OWN)) == principal


@pytest.mark.parametrize(
    "scope",
    [None, "", "openid email", "stock", "other/stock", "xinflight/stock", ["inflight/stock"]],
    ids=str,
)
def test_a_client_without_a_scope_of_ours_is_nobody(scope: Any) -> None:
    principal = who(token(**ITS_OWN | {"scope": scope}))
    assert (principal.roles, principal.scopes) == (frozenset(), frozenset())


def test_another_resource_s_scopes_are_not_ours() -> None:
    assert who(token(**ITS_OWN | {"scope": "inflight/stock other/payments payments"})).scopes == {"stock"}


OF_A_PERSON: dict[str, dict[str, Any]] = {
    "Cognito's username": {"username": "kim"},
    "Cognito's username in an ID token": {"cognito:username": "kim"},
    "another issuer's username": {"preferred_username": "kim"},
    "a mail address": {"email": "kim@example.com"},
    "a group": {"cognito:groups": ["customer"]},
    "a group that we do not know": {"cognito:groups": ["guests"]},
    "a customer's id": {"custom:customer_id": "cus-1"},
    "a subject that is not the client": {"sub": "5c8e6ff0"},
    "an ID token": {"token_use": "id", "aud": CLIENT},
}


@pytest.mark.parametrize("signs", OF_A_PERSON.values(), ids=OF_A_PERSON)
def test_a_person_s_token_never_becomes_a_service_s_by_its_scopes(signs: dict[str, Any]) -> None:
    """At a hosted sign-in page a client may ask for any scope that it is allowed, for whoever signs in."""
    principal = who(token(**ITS_OWN | {"custom:scopes": "stock"} | signs))
    assert ("service" in principal.roles, principal.scopes) == (False, frozenset())


@pytest.mark.parametrize(
    "claims", [{"scope": "stock channels"}, {"custom:scopes": "stock", "scope": "inflight/channels"}]
)
def test_a_service_that_an_administrator_has_named_has_its_scopes_from_either_claim(claims: dict[str, str]) -> None:
    principal = who(token(**{"cognito:groups": ["service"], **claims}))
    assert (principal.roles, principal.scopes) == ({"service"}, {"stock", "channels"})


def test_a_customer_s_id_comes_from_its_claim() -> None:
    assert who(token(**{"cognito:groups": ["customer"], "custom:customer_id": "cus-1"})).customer_id == "cus-1"


@pytest.mark.parametrize("told", [7, True, ["cus-1"], {"id": "cus-1"}, ""], ids=str)
def test_a_customer_s_id_is_text_or_none(told: Any) -> None:
    assert who(token(**{"custom:customer_id": told})).customer_id is None


@pytest.mark.parametrize("told", ["agent", {"agent": True}, [["agent"]], [7], ["Agent", "agent manager"]], ids=str)
def test_roles_are_a_list_of_names_and_nothing_like_it(told: Any) -> None:
    assert who(token(**{"cognito:groups": told})).roles == frozenset()


def test_who_is_both_customer_and_staff_is_both() -> None:
    principal = who(token(**{"cognito:groups": ["customer", "agent"], "custom:customer_id": "cus-1"}))
    assert (principal.roles, principal.customer_id) == ({"customer", "agent"}, "cus-1")


# another issuer


@pytest.fixture
def _another_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"ROLES_CLAIM": "roles", "CUSTOMER_CLAIM": "customer", "SCOPE_PREFIX": "api://inflight/"}
    read_by(monkeypatch, authorize.reading(told))


@pytest.mark.usefixtures("_another_issuer")
def test_another_issuer_names_its_claims_otherwise() -> None:
    principal = who(token(roles=["customer"], customer="cus-1", **{"custom:customer_id": "cus-2"}))
    assert (principal.roles, principal.customer_id) == ({"customer"}, "cus-1")


@pytest.mark.usefixtures("_another_issuer")
def test_cognito_s_own_claims_mean_nothing_in_another_issuer_s_tokens() -> None:
    principal = who(token(**{"cognito:groups": ["operator"], "custom:customer_id": "cus-1"}))
    assert (principal.roles, principal.customer_id) == (frozenset(), None)


@pytest.mark.usefixtures("_another_issuer")
def test_another_issuer_s_client_is_its_authorized_party() -> None:
    its_own = NOBODY | {"sub": CLIENT, "azp": CLIENT, "scope": "api://inflight/stock inflight/payments"}
    principal = who(token(**its_own))
    assert (principal.roles, principal.scopes) == ({"service"}, {"stock"})


@pytest.mark.usefixtures("_another_issuer")
def test_a_person_of_another_issuer_is_no_service_either() -> None:
    assert who(token(**NOBODY | {"azp": CLIENT, "scope": "api://inflight/stock"})).roles == frozenset()


def test_what_a_deployment_leaves_empty_is_as_cognito_has_it() -> None:
    assert authorize.reading({"ROLES_CLAIM": "", "SCOPE_PREFIX": ""}) == authorize.reading({}) == Reading()


# how well they signed in


def test_when_somebody_signed_in_comes_through_the_gateway() -> None:
    assert who(token(auth_time=NOW - 300)).authenticated_at == datetime.fromtimestamp(NOW - 300, UTC)
    assert who(token()).authenticated_at is None


@pytest.mark.parametrize("told", [10**15, -5], ids=str)
def test_a_time_that_cannot_be_is_none(told: int) -> None:
    assert who(token(auth_time=told)).authenticated_at is None


STRENGTHS: dict[str, tuple[dict[str, Any], bool]] = {
    "it says so": ({"amr": ["pwd", "mfa"]}, True),
    "something known and something held": ({"amr": ["pwd", "otp"]}, True),
    "something held and something inborn": ({"amr": ["hwk", "fpt"]}, True),
    "a class of sign-ins that the issuer has for it": ({"acr": "gold"}, True),
    "another class": ({"acr": "silver"}, False),
    "a password": ({"amr": ["pwd"]}, False),
    "two things known": ({"amr": ["pwd", "pin"]}, False),
    "a code alone": ({"amr": ["otp"]}, False),
    "nothing": ({}, False),
    "words that look like it": ({"amr": "pwd mfa"}, False),
    "what we do not know": ({"amr": ["geo", "user", 7]}, False),
}


@pytest.mark.parametrize(("claims", "strong"), STRENGTHS.values(), ids=STRENGTHS)
def test_a_sign_in_is_strong_by_more_than_one_factor(
    monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], strong: bool
) -> None:
    read_by(monkeypatch, authorize.reading({"STRONG_ACR": "gold platinum"}))
    assert who(token(**claims)).strong is strong


def test_where_the_issuer_lets_nobody_in_by_one_factor_every_person_is_strong(monkeypatch: pytest.MonkeyPatch) -> None:
    read_by(monkeypatch, authorize.reading({"ALWAYS_STRONG": "true"}))
    assert (who(token()).strong, who(token(**ITS_OWN)).strong) == (True, False)


@pytest.mark.parametrize("role", ["customer", "agent"])
def test_no_class_of_sign_ins_is_strong_unless_the_deployment_says_so(role: Role) -> None:
    assert not who(token(acr="None", **{"cognito:groups": [role]})).strong
