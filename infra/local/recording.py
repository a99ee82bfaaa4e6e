"""Writes down every AWS call that a function makes: one line of JSON each, for tests that judge them by its role.

It runs inside the emulator's function processes, which know neither this project's other files nor its tests.
"""

import json
import os
from typing import Any

FILE = "RECORD_CALLS"
"""The environment variable that names the file to append to. Without it nothing is written down."""
_LONGEST = 200
_DEEPEST = 6
"""So deep stand the keys of a row in a transaction; what lies deeper is a row's content, which no permission reads."""


def record_calls() -> None:
    """Lets every client that botocore makes from now on write its calls down before it sends them."""
    import botocore.client

    clients: Any = botocore.client.BaseClient
    send = clients._make_api_call
    file = os.open(os.environ[FILE], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note_and_send(client: Any, operation: str, parameters: Any) -> Any:
        call = {
            "function": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            "service": client.meta.service_model.service_name,
            "operation": operation,
            "parameters": shortened(parameters),
        }
        os.write(file, json.dumps(call).encode() + b"\n")
        return send(client, operation, parameters)

    clients._make_api_call = note_and_send


def shortened(value: Any, depth: int = 0) -> Any:
    """Returns a call's parameters without what is long or deep in them: names and keys stay."""
    if isinstance(value, dict):
        return {} if depth == _DEEPEST else {name: shortened(each, depth + 1) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [] if depth == _DEEPEST else [shortened(each, depth + 1) for each in value]
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)[:_LONGEST]
