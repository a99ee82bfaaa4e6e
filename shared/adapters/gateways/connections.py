"""Makes each gateway and each reader of its callbacks. Imports happen on use: an SDK takes as long as all the rest of a
cold start."""

from typing import TYPE_CHECKING

from shared.ports.gateways import CallbackReader, Gateway
from shared.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.adapters.secrets import Secret


def by_hand() -> Gateway:
    from shared.adapters.gateways.manual.gateway import ManualGateway

    return ManualGateway()


def store_credit(client: "DynamoDBClient", table: str, clock: Clock) -> Gateway:
    from shared.adapters.gateways.store_credit.gateway import StoreCredit

    return StoreCredit(client, table, clock)


def sandbox(url: str) -> Gateway:
    from shared.adapters.gateways.sandbox.gateway import SandboxGateway

    return SandboxGateway(url)


def sandbox_callbacks(secret: str) -> CallbackReader:
    from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks

    return SandboxCallbacks(secret)


def stripe(secret: "Secret", return_url: str) -> Gateway:
    """Makes the Stripe gateway. The secret has `api_key`, and for callbacks `webhook_secret`. Who pays by a link comes
    back to `return_url`."""
    from shared.adapters.gateways.stripe.gateway import StripeGateway, client_of

    return StripeGateway(lambda: client_of(secret["api_key"]), return_url)


def stripe_callbacks(secret: "Secret") -> CallbackReader:
    from shared.adapters.gateways.stripe.callbacks import StripeCallbacks

    return StripeCallbacks(lambda: secret["webhook_secret"])


def adyen(secret: "Secret") -> Gateway:
    """Makes the Adyen gateway. The secret has `api_key`, `merchant_account`, on the live platform
    `live_endpoint_prefix`, and for callbacks `hmac_key`."""
    from shared.adapters.gateways.adyen.gateway import AdyenGateway, client_of

    return AdyenGateway(
        lambda: client_of(secret["api_key"], secret.get("live_endpoint_prefix")), lambda: secret["merchant_account"]
    )


def adyen_callbacks(secret: "Secret") -> CallbackReader:
    from shared.adapters.gateways.adyen.callbacks import AdyenCallbacks

    return AdyenCallbacks(lambda: secret["hmac_key"])
