"""Says whose token it is, for the whole stage; what they may do, each route decides."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.http.jwks import Keys, fetch_from
from shared.http.principal import context_of
from shared.http.tokens import Verifier

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The policy that lets a principal in. API Gateway answers 401 for exactly the words "Unauthorized"."""
    try:
        principal = verifier().principal(event.get("authorizationToken") or "")
    except Exception as error:  # noqa: BLE001 (whatever is wrong, nobody comes in)
        logger.info("token refused", extra={"error": type(error).__name__, "because": str(error)})
        raise Exception("Unauthorized") from None
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": _stage(event["methodArn"])}
    return {
        "principalId": principal.id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context_of(principal),
    }


@cache
def verifier() -> Verifier:
    keys = Keys(fetch_from(os.environ["JWKS_URL"]))
    return Verifier(keys, os.environ["JWT_ISSUER"], os.environ["JWT_AUDIENCE"])


def _stage(method_arn: str) -> str:
    """Every method of the stage: the policy is cached by token, and the next call may go elsewhere."""
    api, stage = method_arn.split("/")[:2]
    return f"{api}/{stage}/*/*"
