"""Makes moto's DynamoDB atomic, quick and true to AWS.

moto checks a condition and then writes, so two threads can both win; and it copies every table of a transaction once
for each of its items, in case it must roll back. Here requests come one by one, and a copy shares the parts that the
transaction does not touch. moto also ignores ClientRequestToken and the limit of 4 MB: both are kept here.
"""

import copy
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from unittest.mock import patch

from botocore.useragent import UserAgentString
from botocore.validate import ParamValidator
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.tokens import ExpressionTokenizer
from moto.dynamodb.responses import DynamoHandler

Actions = list[dict[str, Any]]

_PLAIN = frozenset({"S", "N"})

MAX_BYTES = 4 * 1024 * 1024
"""DynamoDB's limit on one transaction, here on its JSON, which is never smaller than the items in it."""


@contextmanager
def atomic_and_quick() -> Iterator[None]:
    """Makes moto's DynamoDB keep the promises of the real one to several threads, and answer sooner."""
    with _atomic(), _quick_to_take_apart(), _quick_with_text(), _quick_to_answer():
        yield


@contextmanager
def _atomic() -> Iterator[None]:
    """Lets one call in at a time, answers a known token as before, and copies only what a transaction touches."""
    lock, call_action, transact = threading.RLock(), DynamoHandler.call_action, DynamoDBBackend.transact_write_items
    answer = DynamoHandler.transact_write_items
    known: dict[str, tuple[str, Any]] = {}

    def one_by_one(handler: DynamoHandler) -> Any:
        with lock:
            return call_action(handler)

    def once_per_token(handler: DynamoHandler) -> Any:
        """Treats the same token within ten minutes as the same call, and another call under it as an error."""
        asked, token = str(handler.body["TransactItems"]), handler.body.get("ClientRequestToken")
        if len(asked) > MAX_BYTES:
            raise MockValidationException("Transaction is larger than 4 MB")
        if token not in known:
            known[token] = asked, answer(handler)
        before, reply = known[token]
        if before != asked:
            raise MockValidationException("IdempotentParameterMismatch")
        return reply

    def with_small_copies(backend: DynamoDBBackend, transact_items: Actions) -> None:
        actions = [next(iter(action.values())) for action in transact_items]
        copies: dict[str, Table] = {}

        def small_copy(table: Table, _: Any) -> Table:
            if table.name not in copies:
                copies[table.name] = _copy(table, [action for action in actions if action["TableName"] == table.name])
            return copies[table.name]

        with patch.object(Table, "__deepcopy__", small_copy, create=True):
            transact(backend, transact_items)

    with (
        patch.object(DynamoHandler, "call_action", one_by_one),
        patch.object(DynamoDBBackend, "transact_write_items", with_small_copies),
        patch.object(DynamoHandler, "transact_write_items", once_per_token),
    ):
        yield


@contextmanager
def _quick_to_take_apart() -> Iterator[None]:
    """Takes each expression apart once, and checks no value that is plainly right."""
    checked = ParamValidator._validate_structure

    def lexed(parser: ConditionExpressionParser) -> deque[Any]:
        return deque(_lexed(parser.condition_expression))

    def checked_unless_plain(validator: ParamValidator, params: Any, shape: Any, errors: Any, name: str) -> None:
        """Of a value that is text or a number there is nothing to check but that it is written as text."""
        if shape.name == "AttributeValue" and type(params) is dict and len(params) == 1:
            kind, value = next(iter(params.items()))
            if kind in _PLAIN and type(value) is str:
                return
        checked(validator, params, shape, errors, name)

    with (
        patch.object(ConditionExpressionParser, "_lex_condition_expression", lexed),
        patch.object(ExpressionTokenizer, "make_list", lambda expression: list(_tokens(expression))),
        patch.object(ParamValidator, "_validate_structure", checked_unless_plain),
    ):
        yield


@contextmanager
def _quick_with_text() -> Iterator[None]:
    """Treats text first, because most values are text and moto asks six questions before it tests for it."""
    of_any_type, same, size = DynamoType.cast_value.fget, DynamoType.__eq__, DynamoType.size

    def of_text(typed: DynamoType) -> Any:
        return typed.value if typed.type == "S" else of_any_type(typed)

    def same_text(one: DynamoType, other: DynamoType) -> bool:
        if one.type == "S":
            return bool(other.type == "S" and one.value == other.value)
        return bool(same(one, other))

    def size_of_text(typed: DynamoType) -> int:
        return len(typed.value) if typed.type == "S" and typed.value.isascii() else int(size(typed))

    with (
        patch.object(DynamoType, "__eq__", same_text),
        patch.object(DynamoType, "size", size_of_text),
        patch.object(DynamoType, "cast_value", property(of_text)),
    ):
        yield


@contextmanager
def _quick_to_answer() -> Iterator[None]:
    """Looks results up by their wire names: DynamoDB's results are plain dictionaries in those, and moto tries five
    spellings."""
    spelled_anyhow = ResponseSerializer.get_value

    def by_its_name(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        if isinstance(value, dict) and serializer.operation_model.service_model.service_name == "dynamodb":
            return value.get(key)
        return spelled_anyhow(serializer, value, key, shape)

    with (
        patch.object(UserAgentString, "to_string", lambda _: "tests"),
        patch.object(ResponseSerializer, "get_value", by_its_name),
    ):
        yield


_lex, _tokenized = ConditionExpressionParser._lex_condition_expression, ExpressionTokenizer.make_list


@lru_cache(1000)
def _lexed(condition: str) -> tuple[Any, ...]:
    """A condition in pieces. The same few come again and again, and no value changes how they are taken apart."""
    return tuple(_lex(ConditionExpressionParser(condition, {}, {})))


@lru_cache(1000)
def _tokens(expression: str) -> tuple[Any, ...]:
    """An update or a projection in pieces."""
    return tuple(_tokenized(expression))


def _copy(table: Table, actions: Actions) -> Table:
    """Returns a copy of the table that shares all rows but those that these actions may change."""
    new = copy.copy(table)
    new.items = copy.copy(table.items)
    for action in actions:
        key = action.get("Key") or action["Item"]
        first = DynamoType(key[table.hash_key_attr])
        if first not in new.items:
            continue
        if table.range_key_attr is None:
            new.items[first] = copy.deepcopy(table.items[first])
            continue
        second, below = DynamoType(key[table.range_key_attr]), new.items[first]
        if below is table.items[first]:
            below = new.items[first] = copy.copy(below)
        if second in below and "UpdateExpression" in action:  # all others leave the row itself as it is
            below[second] = copy.deepcopy(below[second])
    if table.stream_shard is not None:
        new.stream_shard = copy.copy(table.stream_shard)
        new.stream_shard.items = list(table.stream_shard.items)
    return new
