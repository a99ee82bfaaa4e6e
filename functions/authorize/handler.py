"""Authorizes a bearer token for the whole stage and names its principal; each route decides what they may do."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.http.identity.claims import Reading
from shared.http.identity.jwks import Keys, NoKeys, fetch_from
from shared.http.identity.principal import context_of
from shared.http.identity.tokens import TokenRefused, Verifier
from shared.http.identity.usage import usage_key

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Returns the policy that lets a principal in. API Gateway answers 401 for exactly the words "Unauthorized", and
    500 for any others: without the issuer's keys the fault is not the caller's, who should keep the token."""
    try:
        principal = verifier().principal(event.get("authorizationToken") or "")
    except NoKeys:
        raise Exception("The issuer's keys cannot be had") from None
    except Exception as error:  # noqa: BLE001 (whatever is wrong, nobody comes in)
        because = str(error) if isinstance(error, TokenRefused) else None
        logger.info("token refused", extra={"error": type(error).__name__, "because": because})
        raise Exception("Unauthorized") from None
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": _stage(event["methodArn"])}
    return {
        "principalId": principal.id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context_of(principal),
        "usageIdentifierKey": usage_key(principal, os.environ["STACK"]),
    }


@cache
def verifier() -> Verifier:
    """Makes the verifier by the deployment's parameters; `JWT_AUDIENCE` may name several, separated by spaces."""
    keys, audiences = Keys(fetch_from(os.environ["JWKS_URL"])), frozenset(os.environ["JWT_AUDIENCE"].split())
    return Verifier(keys, os.environ["JWT_ISSUER"], audiences, reading(os.environ))


def reading(told: Mapping[str, str]) -> Reading:
    """Reads how the issuer names its claims; a setting that the deployment leaves empty is as Cognito has it."""
    default = Reading()
    return Reading(
        roles=told.get("ROLES_CLAIM") or default.roles,
        customer=told.get("CUSTOMER_CLAIM") or default.customer,
        scope_prefix=told.get("SCOPE_PREFIX") or default.scope_prefix,
        strong_acr=frozenset(told.get("STRONG_ACR", "").split()),
        always_strong=told.get("ALWAYS_STRONG") == "true",
    )


def _stage(method_arn: str) -> str:
    """Returns the ARN of every method of the stage: the policy is cached by token, and the next call may go
    elsewhere."""
    api, stage = method_arn.split("/")[:2]
    return f"{api}/{stage}/*/*"
