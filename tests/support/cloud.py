"""Runs the whole service in one process: the template's tables, bus, queues and machines on moto, the real handlers
between.

What AWS does between functions is done here by hand, so that a test owns the schedule: `stream` brings what was
written to the stream's functions, `deliver` what is in the queues to the consumers. Each function gets the environment
that the template gives it, and no more. Time and ids are the test's own, and so is the time of the machines' waits.
"""

import json
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

import boto3
import yaml
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.utils import boto_client

from shared import bootstrap
from shared.adapters import clients
from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.delegations import DynamoDelegations
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.orders import DynamoOrders
from shared.adapters.dynamodb.refusals import DynamoRefusals
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from shared.adapters.policy_file import ShippedPolicies
from shared.domain.planning.departments import DEPARTMENTS, Department
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from tests.fakes.world import Clock, Gateway, Gateways, Ids
from tests.support.clients import CREDENTIALS, REGION, client
from tests.support.effort import PATIENCE_SECONDS
from tests.support.moto_transactions import atomic_and_quick
from tests.support.template import ROOT, resources
from tests.support.timers import Timers, waits_by
from tests.unit.http.client import CONTEXT, Reply, event_of, resource_of

ANCHORS = "anchors"
MAIL_FROM = "orders@inflight.example"
PORTAL_URL = "https://portal.example"
TABLES = Tables(
    orders="OrdersTable",
    changes="ChangesTable",
    log="LogTable",
    skus="SkusTable",
    requests="RequestsTable",
    rules="RulesTable",
    find_key=lambda: b"of the tests",
)
SETTLEMENT_SECONDS = 3600  # the template's parameter
T = TypeVar("T")
Json = dict[str, Any]

CONFIG: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}

_clients_of_functions = cache(clients._client.__wrapped__)
"""The functions' own clients, kept apart from clients that tests make."""

_OUTBOX = "OUT#"
"""The key prefix of rows that the stream's functions get: the template filters for it, moto does not."""


def tables() -> Mapping[str, Json]:
    """Returns the template's tables in the form of CreateTable, by logical id, which is their name here."""
    return {name: _table(properties) for name, properties in resources("AWS::DynamoDB::Table").items()}


def _table(properties: Json) -> Json:
    names = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    definition = {name: properties[name] for name in names if name in properties}
    if "StreamSpecification" in properties:
        definition["StreamSpecification"] = {**properties["StreamSpecification"], "StreamEnabled": True}
    return definition


def eventually(look: Callable[[], T], what: str) -> T:
    """Returns the first result of `look` that is not empty: moto runs executions in threads of their own."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.01)
    return found


@dataclass
class Cloud:
    """Retries of machines wait for nothing; `waits` has how long they would have waited."""

    clock: Clock = field(default_factory=Clock)
    ids: Ids = field(default_factory=Ids)
    timers: Timers = field(default_factory=Timers)
    gateway: Gateway = field(default_factory=Gateway)
    waits: list[float] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    """Every call of a function by a machine or a source of events, with its input."""
    delivered: dict[Department, list[Json]] = field(default_factory=lambda: {name: [] for name in DEPARTMENTS})
    """The events that each department's queue has brought, in the order of arrival."""

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.RLock()
        self._iterators: dict[str, str] = {}
        self._last = ""
        self._closed = False

    # ------------------------------------------------------------------------------------------------ what is there

    def aws(self, service: str) -> Any:
        return self.made_alone(client, service)

    def made_alone(self, make: Callable[..., T], *given: Any) -> T:
        """Makes something while no function is called: a call changes the environment that a new client reads."""
        with self._one_at_a_time:
            return make(*given)

    def arn(self, machine: str) -> str:
        return f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:stateMachine:{machine}"

    def build(self) -> None:
        """Makes the template's resources."""
        dynamodb = self.aws("dynamodb")
        for name, definition in tables().items():
            dynamodb.create_table(TableName=name, **definition)
        for secret in ("CursorSecret", "FindSecret"):
            self.aws("secretsmanager").create_secret(Name=secret, SecretString='{"key": "of the tests"}')
        place = {"LocationConstraint": REGION}
        self.aws("s3").create_bucket(Bucket=ANCHORS, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
        events, sqs = self.aws("events"), self.aws("sqs")
        events.create_event_bus(Name="Bus")
        for queue in resources("AWS::SQS::Queue"):
            sqs.create_queue(QueueName=queue)
        for name, rule in resources("AWS::Events::Rule").items():
            events.put_rule(Name=name, EventBusName="Bus", EventPattern=json.dumps(rule["EventPattern"]))
            targets = [{"Id": target["Id"], "Arn": self._queue_arn(target["Arn"])} for target in rule["Targets"]]
            events.put_targets(Rule=name, EventBusName="Bus", Targets=targets)
        for name, machine in resources("AWS::Serverless::StateMachine").items():
            self.aws("stepfunctions").create_state_machine(
                name=name, definition=json.dumps(self._definition(machine)), roleArn=_role("machine")
            )

        self.aws("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)

    def _queue_arn(self, reference: Json) -> str:
        return f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{reference['Fn::GetAtt'].partition('.')[0]}"

    def _definition(self, machine: Json) -> Json:
        text = (ROOT / machine["DefinitionUri"]).read_text()
        known = {"SettlementSeconds": SETTLEMENT_SECONDS, "AWS::Partition": "aws"}
        for name, given in machine["DefinitionSubstitutions"].items():
            value = str(known[given["Ref"]]) if "Ref" in given else given["Fn::GetAtt"].partition(".")[0]
            text = text.replace(f"${{{name}}}", value)
        definition: Json = yaml.safe_load(text)
        return definition

    def close(self) -> None:
        """Waits for the function that is being called, and calls no other, because the next test would find its late
        writes."""
        with self._one_at_a_time:
            self._closed = True
        self.timers.close()
        stop_what_waits(self)

    def passes(self, seconds: float) -> None:
        """Let time pass for the functions and for the machines' waits; `clock` alone is the functions'."""
        eventually(lambda: self.timers.waits_for_answer, "an execution waits for an answer")
        self.clock.passes(seconds=seconds)
        self.timers.passes(seconds)

    # ------------------------------------------------------------------------------------------------ who calls whom

    def invoke(self, function: str, event: Json) -> Any:
        """Calls a function like Lambda: in an environment of its own, one call at a time."""
        properties = resources("AWS::Serverless::Function")[function]
        module, _, name = properties["Handler"].rpartition(".")
        with self._one_at_a_time, patch.dict(os.environ, self._environment(properties)):
            if self._closed:
                raise RuntimeError("the test is over")
            if self._last != function:
                self._last = function
                forget()
            self.calls.append((function, event))
            return getattr(import_module(module), name)(json.loads(json.dumps(event)), CONTEXT)

    def _environment(self, properties: Json) -> dict[str, str]:
        given: Json = properties.get("Environment", {}).get("Variables", {})
        physical = {name: self.arn(name) for name in resources("AWS::Serverless::StateMachine")}
        physical |= {"AnchorsBucket": ANCHORS, "SandboxGatewayUrl": "", "MailFrom": MAIL_FROM, "PortalUrl": PORTAL_URL}
        named = {name: _named(value) for name, value in given.items()}
        return {name: physical.get(value, value) for name, value in named.items()}

    def http(self, user: Principal | None, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Calls the API as this principal, past the gateway and its authorizer; `if_match` is the header If-Match."""
        path, _, query = path.partition("?")
        resource, parameters = resource_of(method, path)
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        event = event_of(method, path, resource, parameters, query, body, sent, user)
        reply = self.invoke(function_of(method, resource), event)
        flat = {name: values[-1] for name, values in reply["multiValueHeaders"].items()}
        return Reply(reply["statusCode"], flat, json.loads(reply["body"]))

    def written(self) -> list[Json]:
        """Returns the new records of the orders table's stream in the form that Lambda brings: binary values in
        base64."""
        return [as_lambda_brings(record) for record in self._records("OrdersTable") if is_news(record)]

    def _records(self, table: str) -> list[Json]:
        """Returns the new records of a table's stream."""
        streams = self.aws("dynamodbstreams")
        if table not in self._iterators:
            arn = streams.list_streams(TableName=table)["Streams"][0]["StreamArn"]
            shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
            asked = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
            self._iterators[table] = asked["ShardIterator"]
        reply = streams.get_records(ShardIterator=self._iterators[table])
        self._iterators[table] = reply["NextShardIterator"]
        records: list[Json] = reply["Records"]
        return records

    def anchor(self) -> int:
        """Brings what was written to the log to the function that anchors it; returns the number of records."""
        records = [as_lambda_brings(record) for record in self._records("LogTable")]
        if records:
            self.invoke("AnchorFunction", {"Records": records})
        return len(records)

    def stream(self, *functions: str) -> int:
        """Brings written records to the functions on the stream (all of them by default); returns their number."""
        records = self.written()
        for function in functions or ("PublishFunction", "SteerFunction"):
            if records:
                assert self.invoke(function, {"Records": records}) == {"batchItemFailures": []}
        return len(records)

    def deliver(self) -> int:
        """Brings the messages in the departments' queues to their consumers; returns their number."""
        return sum(self._deliver_to(department) for department in DEPARTMENTS)

    def _deliver_to(self, department: Department) -> int:
        sqs, queue = self.aws("sqs"), f"{department.title()}Queue"
        url, count = sqs.get_queue_url(QueueName=queue)["QueueUrl"], 0
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            batch = {"Records": [_as_lambda_polls(message, queue) for message in messages]}
            failed = self.invoke(f"Notify{department.title()}Function", batch)["batchItemFailures"]
            assert failed == []
            self.delivered[department] += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            count += len(messages)
        return count

    def settle(self) -> None:
        """Brings everything everywhere until nothing moves any more; only waits for people or gateways are left."""
        while self.stream() + self.deliver() or self._refunding():
            pass

    def _refunding(self) -> bool:
        running = self.aws("stepfunctions").list_executions(
            stateMachineArn=self.arn("RefundMachine"), statusFilter="RUNNING"
        )["executions"]
        moving = [execution for execution in running if not self._reports_awaited(execution["name"])]
        if moving:
            time.sleep(0.01)
        return bool(moving)

    def _reports_awaited(self, refund_id: str) -> bool:
        """Tells if an execution has begun to wait for a gateway's report, and no report has let it go on."""
        with self._one_at_a_time:
            asked = {event["refund_id"] for _, event in self.calls if event.get("step") == "wait"}
            return refund_id in asked and self.states("RefundMachine", refund_id)[-1] == "WaitForGateway"

    def services(self) -> Services:
        """Returns the functions' stores, for steps of a test that do not use the API."""
        client = self.aws("dynamodb")
        return Services(
            orders=DynamoOrders(client, TABLES),
            changes=DynamoChanges(client, TABLES.changes, TABLES.skus, TABLES.requests),
            log=DynamoLog(client, TABLES.log),
            skus=DynamoSkus(client, TABLES.skus, TABLES.requests),
            requests=DynamoRequests(client, TABLES.requests),
            policies=ShippedPolicies(),
            delegations=DynamoDelegations(client, "RulesTable", TABLES.requests),
            refusals=DynamoRefusals(client, "RefusalsTable"),
            clock=self.clock,
            ids=self.ids,
        )

    def letters(self) -> list[Json]:
        """Returns the sent mail, oldest first: `to`, `subject`, `text`."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return [{"to": each.destinations["ToAddresses"], "subject": each.subject, "text": each.body} for each in sent]

    # ---------------------------------------------------------------------------------------------------- executions

    def executions(self, machine: str) -> dict[str, str]:
        """Returns the statuses of a machine's executions by name."""
        found = self.aws("stepfunctions").list_executions(stateMachineArn=self.arn(machine))["executions"]
        return {execution["name"]: execution["status"] for execution in found}

    def ended(self, machine: str, name: str) -> tuple[str, str]:
        """Waits for the end of an execution; returns its status, and the last state that it entered."""
        eventually(lambda: self.executions(machine).get(name, "RUNNING") != "RUNNING", f"{name} ends")
        return self.executions(machine)[name], self.states(machine, name)[-1]

    def states(self, machine: str, name: str) -> list[str]:
        """Returns the states that an execution has entered."""
        arn = f"{self.arn(machine).replace(':stateMachine:', ':execution:')}:{name}"
        history = self.aws("stepfunctions").get_execution_history(executionArn=arn)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]


_clients_of_machines: dict[str, Any] = {}


def _client_of_machine(service: str, settings: tuple[tuple[str, Any], ...]) -> Any:
    """Returns the process's client by which moto's machines call `service`; moto itself makes one for each call."""
    if service not in _clients_of_machines:
        make: Any = boto3.client
        _clients_of_machines[service] = make(service, **dict(settings))
    return _clients_of_machines[service]


@contextmanager
def a_cloud(**given: Any) -> Iterator[Cloud]:
    """Builds a cloud, and leaves nothing of it behind."""
    cloud = Cloud(**given)

    def invoked(_: Any, name: str, qualifier: Any, body: Any, headers: Any, reply_headers: Json) -> bytes:
        """Answers like Lambda, an exception under its own name."""
        try:
            return json.dumps(cloud.invoke(name.rpartition(":")[2], json.loads(body))).encode()
        except Exception as error:  # noqa: BLE001 (whatever a handler raises is its answer)
            reply_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()

    class _NoWaiting:
        sleep = staticmethod(cloud.waits.append)

    def client_of_machine(service_name: str, **settings: Any) -> Any:
        return cloud.made_alone(_client_of_machine, service_name, tuple(settings.items()))

    forget()
    with (
        patch.dict(os.environ, CREDENTIALS),
        atomic_and_quick(),
        patch.object(LambdaSimpleBackend, "invoke", invoked),
        patch.object(retrier_decl, "time", _NoWaiting),
        patch.object(boto_client, "boto3", SimpleNamespace(client=client_of_machine)),
        waits_by(cloud.timers),
        patch.object(clients, "_client", _clients_of_functions),
        patch.object(bootstrap, "SystemClock", lambda: cloud.clock),
        patch.object(bootstrap, "RandomIds", lambda: cloud.ids),
        patch.object(bootstrap, "gateways", lambda: Gateways({"sandbox": cloud.gateway})),
        mock_aws(config=CONFIG),
    ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        cloud.build()
        try:
            yield cloud
        finally:
            cloud.close()
    forget()


def stop_what_waits(cloud: Cloud) -> None:
    """Lets no execution outlive its test: one that waits for a token is told that it is over."""
    for _, event in cloud.calls:
        if "task_token" in event:
            with patch.object(cloud, "calls", []):
                try:
                    cloud.aws("stepfunctions").send_task_success(
                        taskToken=event["task_token"], output='{"decision": "closed"}'
                    )
                except cloud.aws("stepfunctions").exceptions.ClientError:
                    pass


def forget() -> None:
    """Forgets the functions' state between calls, so that the next function starts without it."""
    for kept in (
        bootstrap.services,
        bootstrap.bus,
        bootstrap.workflows,
        bootstrap.deliveries,
        bootstrap.mail,
        bootstrap.links,
        bootstrap.callback_readers,
    ):
        kept.cache_clear()


def function_of(method: str, resource: str) -> str:
    for name, properties in resources("AWS::Serverless::Function").items():
        for event in properties.get("Events", {}).values():
            route = event["Properties"]
            if event["Type"] == "Api" and (route["Method"].upper(), route["Path"]) == (method, resource):
                return name
    raise LookupError(f"the template has no {method} {resource}")


def is_news(record: Json) -> bool:
    return record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["sk"]["S"].startswith(_OUTBOX)


def as_lambda_brings(record: Json) -> Json:
    """Returns a record of a stream with its binary values in base64, from bytes or from base64."""
    told = record["dynamodb"]
    image = {name: _on_the_wire(typed) for name, typed in told["NewImage"].items()}
    return {
        "eventName": record["eventName"],
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": told["SequenceNumber"], "Keys": told["Keys"], "NewImage": image},
    }


def _on_the_wire(typed: Json) -> Json:
    binary = typed.get("B")
    return {"B": b64encode(binary).decode()} if isinstance(binary, bytes) else typed


def _as_lambda_polls(message: Json, queue: str) -> Json:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{queue}",
        "awsRegion": REGION,
    }


def _named(value: Any) -> str:
    """Returns the name of the parameter or resource that a variable is set to; of two that depend on a condition, the
    last."""
    while isinstance(value, dict):
        value = value["Ref"] if "Ref" in value else value["Fn::If"][-1]
    return str(value)


def _role(name: str) -> str:
    return f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{name}"
