"""Who may sign in and with what, and where secrets stand."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from shared.http.door.route import Scope

Resources = dict[str, dict[str, Any]]

# A variable or a parameter that sounds like a secret and may hold one's value, and why.
NO_SECRETS = {"SANDBOX_CALLBACK_SECRET": "of a test double; never in production", "SandboxCallbackSecret": "the same"}
SECRET = re.compile(r"SECRET|PASSWORD|API_?KEY|TOKEN|HMAC", re.IGNORECASE)


# --------------------------------------------------------------------------------------------------------------- users


def test_users_may_have_a_second_factor_and_must_have_a_long_password(resources: Resources) -> None:
    pool = resources["UserPool"]["Properties"]
    assert pool["MfaConfiguration"] == {"Ref": "SecondFactor"}
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert pool["DeletionProtection"] == {"Fn::If": ["Production", "ACTIVE", "INACTIVE"]}


def test_a_user_takes_no_address_that_does_not_answer_and_can_reset_a_password(
    resources: Resources, root: Path
) -> None:
    """Cognito developer guide: a code goes to verified addresses only; an update waits until the new one answers."""
    pool = resources["UserPool"]["Properties"]
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "verified_email", "Priority": 1}]
    made = (root / "docs/deploy.md").read_text().split("admin-create-user")[1].split("admin-add-user")[0]
    assert "Name=email_verified,Value=true" in made


@pytest.mark.parametrize("client", ["UserPoolClient", "ServiceClient"])
def test_a_token_lives_for_an_hour_and_can_be_revoked(resources: Resources, client: str) -> None:
    properties = resources[client]["Properties"]
    assert (properties["AccessTokenValidity"], properties["TokenValidityUnits"]["AccessToken"]) == (60, "minutes")
    assert properties["EnableTokenRevocation"] is True


def test_services_sign_in_with_a_secret_and_get_scopes_and_nothing_else(resources: Resources) -> None:
    client = resources["ServiceClient"]["Properties"]
    assert client["GenerateSecret"] is True
    assert client["AllowedOAuthFlows"] == ["client_credentials"]
    assert not [flow for flow in client["ExplicitAuthFlows"] if "USER" in flow]
    assert "AllowedOAuthFlows" not in resources["UserPoolClient"]["Properties"]


def test_both_clients_of_the_pool_are_let_in(functions: Resources) -> None:
    audience = functions["AuthorizeFunction"]["Environment"]["Variables"]["JWT_AUDIENCE"]
    assert audience["Fn::If"][:2] == ["UseCognito", {"Fn::Sub": "${UserPoolClient} ${ServiceClient} ${JwtAudience}"}]


def test_cognito_knows_every_scope_that_a_route_asks_for(resources: Resources) -> None:
    server = resources["ServiceScopes"]["Properties"]
    scopes = {scope["ScopeName"] for scope in server["Scopes"]}
    assert server["Identifier"] == "inflight"
    assert scopes == set(get_args(Scope))
    assert set(resources["ServiceClient"]["Properties"]["AllowedOAuthScopes"]) == {
        f"inflight/{each}" for each in scopes
    }


# ------------------------------------------------------------------------------------------------------------- secrets


def test_every_secret_stands_in_secrets_manager(functions: Resources, template: Any) -> None:
    variables = {
        name: value
        for function in functions.values()
        for name, value in function.get("Environment", {}).get("Variables", {}).items()
    }
    suspects = {name for name in (*variables, *template["Parameters"]) if SECRET.search(name)}
    arns = {name for name in suspects if name.upper().endswith("ARN")}
    counts = {"RequestsPerToken", "TokenUrl"}
    assert suspects - arns - counts == set(NO_SECRETS)
    for name in arns & set(template["Parameters"]):
        assert "secretsmanager" in template["Parameters"][name]["AllowedPattern"]


def test_production_has_no_sandbox(functions: Resources, template: Any) -> None:
    for function in functions.values():
        for name, value in function.get("Environment", {}).get("Variables", {}).items():
            if name.startswith("SANDBOX_"):
                assert value["Fn::If"][:2] == ["Production", ""], name
    assert template["Parameters"]["SandboxCallbackSecret"]["NoEcho"] is True


def test_no_secret_stands_in_the_template_itself(template: Any) -> None:
    assert not re.search(r"whsec_|sk_live|AKIA[0-9A-Z]{16}|-----BEGIN", json.dumps(template))
