"""Turns every permission of the template into the policy that it would be on AWS: a made-up account, real forms of ARN.

Source of the forms: AWS Service Authorization Reference, each service's resource types.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

Json = dict[str, Any]

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "inflight",
}
HERE = "eu-west-1:123456789012"
ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{HERE}:table/{{}}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/inflight/{}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:{{}}",
    "AWS::Events::EventBus": f"arn:aws:events:{HERE}:event-bus/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{HERE}:rule/Bus/{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:{{}}:*",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{HERE}:secret:{{}}-AbCdEf",
    "AWS::Serverless::Function": f"arn:aws:lambda:{HERE}:function:{{}}",
    "AWS::Serverless::StateMachine": f"arn:aws:states:{HERE}:stateMachine:{{}}",
}
# Types whose `Ref` is their ARN.
REFERRED_BY_ARN = ("AWS::Serverless::StateMachine", "AWS::SecretsManager::Secret")
STREAM = "/stream/2026-11-21"
# Example values for parameters without a default.
PARAMETERS = {
    "StripeSecretArn": f"arn:aws:secretsmanager:{HERE}:secret:stripe-AbCdEf",
    "AdyenSecretArn": f"arn:aws:secretsmanager:{HERE}:secret:adyen-AbCdEf",
}
# Types of resources that hold policies.
IDENTITY = {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
RESOURCE = {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::DynamoDB::Table"}


class Loader(yaml.SafeLoader):
    """Reads `!Ref x` as {"Ref": x}, and every other short form as {"Fn::Name": …}."""


def _intrinsic(loader: Loader, name: str, node: yaml.Node) -> Json:
    value: Any = None
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


Loader.add_multi_constructor("!", _intrinsic)


def policies(text: str) -> Iterator[tuple[str, str]]:
    """Yields the name of each role, managed policy and resource policy of a template, and its document as JSON."""
    template = yaml.load(text, Loader)  # noqa: S506 (a SafeLoader with tags)
    for name, resource in template["Resources"].items():
        for number, document in enumerate(_documents(resource)):
            yield f"{name}[{number}]", json.dumps(_rendered(document, template))


def _documents(resource: Json) -> list[Json]:
    properties = resource.get("Properties", {})
    if resource["Type"] not in IDENTITY | RESOURCE:
        return []
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    holders = [properties, properties.get("ResourcePolicy", {})]
    return inline + [holder["PolicyDocument"] for holder in holders if "PolicyDocument" in holder]


def _rendered(value: Any, template: Json) -> Any:
    if isinstance(value, list):
        return [_rendered(each, template) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (function := next(iter(value))) in FUNCTIONS:
        return FUNCTIONS[function](value[function], template)
    return {name: _rendered(each, template) for name, each in value.items()}


def _ref(name: str, template: Json) -> str:
    if name in template["Resources"]:
        has_arn = template["Resources"][name]["Type"] in REFERRED_BY_ARN
        return _attribute(f"{name}.Arn", template) if has_arn else name
    return PSEUDO.get(name) or PARAMETERS.get(name) or str(template["Parameters"][name]["Default"])


def _attribute(path: str, template: Json) -> str:
    name, _, attribute = path.partition(".")
    arn = ARNS[template["Resources"][name]["Type"]].format(name)
    return {"Arn": arn, "StreamArn": arn + STREAM}[attribute]


def _sub(given: Any, template: Json) -> str:
    text, names = given if isinstance(given, list) else (given, {})

    def value(match: re.Match[str]) -> str:
        if match[1] in names:
            return str(_rendered(names[match[1]], template))
        return _ref(match[1], template) if "." not in match[1] else _attribute(match[1], template)

    return re.sub(r"\$\{([\w:.]+)\}", value, text)


def _join(given: Any, template: Json) -> str:
    separator, parts = given
    return str(separator).join(_rendered(parts, template))


def _split(given: Any, template: Json) -> list[str]:
    separator, text = given
    return str(_rendered(text, template)).split(separator)


def _select(given: Any, template: Json) -> Any:
    index, items = given
    return _rendered(items, template)[int(index)]


FUNCTIONS = {
    "Ref": _ref,
    "Fn::GetAtt": _attribute,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
}
