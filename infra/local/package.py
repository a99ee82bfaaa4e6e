"""Packages the application for the emulator as `sam package` does, with source only."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from infra.local.source import source_zip

FUNCTION, STATE_MACHINE = "AWS::Serverless::Function", "AWS::Serverless::StateMachine"

# Fields of the Amazon States Language that hold a number. In YAML a substituted `${Name}` becomes a number by itself;
# in JSON it stands in quotes, which are removed here.
_NUMERIC_ASL_FIELDS = (
    "BackoffRate|HeartbeatSeconds|IntervalSeconds|MaxAttempts|MaxConcurrency|MaxDelaySeconds|MaxItemsPerBatch"
    "|Seconds|TimeoutSeconds|ToleratedFailureCount|ToleratedFailurePercentage"
)
_QUOTED_NUMBER = re.compile(rf'("(?:{_NUMERIC_ASL_FIELDS})": )"(\$\{{\w+\}})"')

Upload = Callable[[str, bytes], str]


@dataclass(frozen=True)
class Package:
    """The template as written, and the URI of its copy with the places of the uploaded code and definitions."""

    template: dict[str, Any]
    uri: str


def package(root: Path, upload: Upload) -> Package:
    """Uploads code and state machines, and a copy of the template that points there.

    `upload` takes a key and bytes and returns their URI.
    """
    text = (root / "template.yaml").read_text()
    copy = yaml_parse(text)
    code = _upload(upload, source_zip(root), ".zip")
    functions = copy.get("Globals", {}).get("Function", {})
    if "CodeUri" in functions:
        functions["CodeUri"] = code
    for resource in copy["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION and "InlineCode" not in properties:
            properties["CodeUri"] = code
        elif resource["Type"] == STATE_MACHINE and isinstance(properties.get("DefinitionUri"), str):
            definition = asl_json((root / properties["DefinitionUri"]).read_text())
            properties["DefinitionUri"] = _upload(upload, definition.encode(), ".asl.json")
    return Package(yaml_parse(text), _upload(upload, json.dumps(copy, default=str).encode(), ".template"))


def asl_json(definition: str) -> str:
    """Turns a state machine's YAML into JSON, the only form in which the emulator can execute one."""
    return _QUOTED_NUMBER.sub(r"\1\2", json.dumps(yaml.safe_load(definition), default=str))


def _upload(upload: Upload, content: bytes, suffix: str) -> str:
    return upload(hashlib.sha256(content).hexdigest()[:32] + suffix, content)
