"""Looks at a deployed stack with the caller's own credentials: what no reply of the API shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.smoke.api import Api, Json
from infra.smoke.walk import Walk, eventually, expect, wanted

DENIED = {"AccessDeniedException", "AccessDenied"}


@dataclass(frozen=True)
class Stack:
    """A stack by its name, in the session's account and region."""

    name: str
    api: Api
    session: Any = boto3
    usage_seconds: float = 600
    """So long API Gateway may take until it shows what it counted."""

    def stops_what_looks_like_an_attack(self) -> str:
        """The firewall stands before the stage: a request without a User-Agent is stopped."""
        reply = wanted(self.api.call("GET", "/health", User_Agent=""), 403)
        expect(reply.body.get("status") == 403, f"not our form: {reply.body}")
        return "403, in our form"

    def counts_by_usage_plans(self) -> str:
        """The walk's calls stand on the plans of services and staff."""
        today, gateway = datetime.now(UTC).date().isoformat(), self.session.client("apigateway")
        ids = [self._physical(f"UsageOf{kind}") for kind in ("Services", "Staff")]

        def counted() -> str:
            found = [gateway.get_usage(usagePlanId=each, startDate=today, endDate=today) for each in ids]
            return "services and staff" if all(each.get("items") for each in found) else ""

        return eventually(counted, "the usage plans counted nothing", self.usage_seconds)

    def archives_its_events(self) -> str:
        """The bus keeps 30 days for replay."""
        archive = self._physical("Archive").rpartition("/")[2]
        said = self.session.client("events").describe_archive(ArchiveName=archive)
        expect((said["State"], said["RetentionDays"]) == ("ENABLED", 30), f"the archive is {said['State']}")
        return f"{said['EventCount']} events so far"

    def lets_nobody_write_the_log(self, walk: Walk) -> str:
        """Not even whoever may do everything: the table's own policy refuses."""
        key = {"order_id": {"S": walk.order["order_id"]}, "seq": {"N": "1"}}
        table, dynamodb = self._physical("LogTable"), self.session.client("dynamodb")
        put = {"TableName": table, "Item": key, "ConditionExpression": "attribute_not_exists(order_id)"}
        calls = {
            "PutItem": lambda: dynamodb.put_item(**put),
            "TransactWriteItems": lambda: dynamodb.transact_write_items(TransactItems=[{"Put": put}]),
        }
        for name, call in calls.items():
            expect(_refused(call), f"{name} on the log was not refused")
        return "PutItem and TransactWriteItems are refused"

    def locks_its_anchors(self) -> str:
        """Object Lock is on: CloudFormation says so, and so does the bucket."""
        bucket = self._physical("AnchorsBucket")
        lock = self.session.client("s3").get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        return str(lock["Rule"]["DefaultRetention"])

    def writes_letters(self, walk: Walk) -> str:
        """SES takes a letter: a part that an agent cancels waits for the customer of an order of its own, who gets
        one."""
        other = Walk(self.api, mail_to=walk.mail_to)
        other.takes_an_order()
        body: Json = {"reason_code": "customer_request", "lines": [{"line_id": "l1", "quantity": 1}]}
        asked = self.api.call("POST", f"{other.path}/cancellations", body, "agent", if_match=other.etag)
        change = wanted(asked, 201).body
        waits = change["status"] == "pending_confirmation"
        expect(waits, f"the customer is not asked, so nobody writes: the change is {change['status']}")
        table, dynamodb = self._physical("ChangesTable"), self.session.client("dynamodb")
        key = {"change_id": {"S": change["change_id"]}, "part": {"S": "MAIL#ask-1"}}
        sent = lambda: "sent" if "Item" in dynamodb.get_item(TableName=table, Key=key) else ""  # noqa: E731
        return eventually(sent, "no letter went out: is MailFrom verified, and the account out of the sandbox?")

    def _physical(self, logical: str) -> str:
        found = self.session.client("cloudformation").describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _refused(call: Any) -> bool:
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in DENIED
    return False
