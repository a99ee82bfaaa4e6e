"""Provides the machine's clock, ids and randomness; no other module reads them."""

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


class RandomIds:
    def new(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def secret(self) -> str:
        return secrets.token_hex(32)

    def jitter(self) -> float:
        return secrets.randbelow(1000) / 1000
