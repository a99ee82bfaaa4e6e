"""Packages the application for the emulator like `sam package`, with source only.

The emulator runs functions on the runner's own Python, which has their requirements already; a zip with dependencies
inside makes a cold call ten times slower.
"""

import hashlib
import importlib.util
import io
import json
import os
import py_compile
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

SOURCE = ("functions", "shared")
POLICIES = "POLICIES"
"""The environment variable that names a folder of policy documents to run with instead of those that ship."""
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
    code = _upload(upload, _source_zip(root), ".zip")
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


def _source_zip(root: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in _source_files(root):
            name = path.relative_to(root)
            archive.writestr(zipfile.ZipInfo(str(name)), _instead_of(name, path).read_bytes())
            if path.suffix == ".py":
                cached = Path(importlib.util.cache_from_source(str(name)))
                archive.writestr(zipfile.ZipInfo(str(cached)), _compiled(path, name))
    return buffer.getvalue()


def _instead_of(name: Path, path: Path) -> Path:
    """Returns a policy document of the folder that the environment names, if it is there; else the file itself."""
    other = Path(os.environ.get(POLICIES, "")) / name.name
    return other if POLICIES in os.environ and name.parent == Path("shared/policies") and other.exists() else path


def _source_files(root: Path) -> Iterator[Path]:
    for folder in SOURCE:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _compiled(path: Path, name: Path) -> bytes:
    """Compiles a module ahead, because every new process of a function would otherwise compile it again.

    The result is not checked against its source (PEP 552): nobody edits a file inside the zip, and its times mean
    nothing.
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "code.pyc"
        py_compile.compile(
            str(path), str(target), str(name), doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
        return target.read_bytes()
