"""Reads credentials of gateways from Secrets Manager: when first needed, kept a while, never logged."""

import json
import time
from collections.abc import Callable
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.ports.gateways import GatewayUnavailable

KEPT_SECONDS = 300
"""Seconds that a secret is used before it is read again, so that a changed one is taken up without a deploy."""


class Reader(Protocol):
    """The part of the Secrets Manager client that is used here."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]: ...  # noqa: N803 (AWS's own name)


class Secret:
    """One secret, a JSON object of texts."""

    def __init__(self, client: Callable[[], Reader], arn: str, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._arn = arn
        self._elapsed = elapsed
        self._fields: dict[str, str] = {}
        self._read_at: float | None = None

    def __getitem__(self, field: str) -> str:
        """Returns a field of the secret.

        Raises:
            KeyError: the secret has no such field.
            GatewayUnavailable: the secret cannot be read now.
        """
        if self._read_at is None or self._elapsed() - self._read_at > KEPT_SECONDS:
            self._fields = self._read()
            self._read_at = self._elapsed()
        return self._fields[field]

    def get(self, field: str) -> str | None:
        """Returns a field that may be absent."""
        try:
            return self[field]
        except KeyError:
            return None

    def _read(self) -> dict[str, str]:
        try:
            fields: dict[str, str] = json.loads(self._client().get_secret_value(SecretId=self._arn)["SecretString"])
        except (ClientError, BotoCoreError) as error:
            raise GatewayUnavailable(f"its credentials cannot be read: {type(error).__name__}") from None
        return fields

    def __repr__(self) -> str:
        return "Secret(…)"
