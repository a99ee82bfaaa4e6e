"""boto3 clients that all tests of a process share: one takes longer to make than most tests take.

moto answers them all, whenever they were made, and empties what is behind them after each test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3

REGION = "eu-west-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # moto's streams know no account endpoints
}
"""The environment in which a client is made, and in which functions make theirs."""


@cache
def client(service: str) -> Any:
    """The process's client of `service`."""
    return boto3.client(service, region_name=REGION)


@contextmanager
def events_of_its_own(shared: Any) -> Iterator[None]:
    """Whatever is registered on the client's events inside is forgotten afterwards."""
    with patch.object(shared.meta, "events", copy(shared.meta.events)):
        yield
