"""pyproject.toml says what we need, requirements/*.txt which releases: the two may not drift apart."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]
PINS = ("runtime", "authorizer", "gateways", "dev", "local", "gates")
PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def text_of(pins: str) -> str:
    return (ROOT / f"requirements/{pins}.txt").read_text()


def pinned(pins: str) -> dict[str, set[str]]:
    """Name → versions; a release may differ by Python version."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(text_of(pins)):
        found.setdefault(name, set()).add(version)
    return found


def wanted(project: dict[str, Any], pins: str) -> list[Requirement]:
    lines: list[str] = list(project["project"]["dependencies"])
    for extra in ("authorizer", "gateways"):
        if pins in (extra, "dev"):
            lines += project["project"]["optional-dependencies"][extra]
    if pins == "dev":
        lines += project["dependency-groups"]["dev"]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("pins", ["runtime", "authorizer", "gateways", "dev"])
def test_what_we_need_is_pinned_as_we_need_it(project: dict[str, Any], pins: str) -> None:
    found = pinned(pins)
    for requirement in wanted(project, pins):
        versions = found.get(requirement.name, set())
        assert versions, f"{requirement.name} is not pinned: make lock"
        assert all(version in requirement.specifier for version in versions), f"{requirement}: make lock"


@pytest.mark.parametrize("pins", PINS)
def test_every_pin_has_hashes_and_names_no_host(pins: str) -> None:
    text = text_of(pins)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks if not block.startswith("#"))
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|file:", text)


@pytest.mark.parametrize("pins", ["runtime", "authorizer", "gateways"])
def test_the_lambdas_run_the_releases_that_the_tests_ran(pins: str) -> None:
    tested = pinned("dev")
    assert {name: tested.get(name) for name in pinned(pins)} == pinned(pins)


def test_the_bundle_leaves_to_lambda_what_lambda_has() -> None:
    assert not {"boto3", "botocore"} & {*pinned("authorizer"), *pinned("gateways")}


@pytest.mark.parametrize("pins", ["runtime", "authorizer"])
def test_only_refunds_carry_the_gateways_sdks(pins: str) -> None:
    assert not {"stripe", "adyen"} & set(pinned(pins))
    assert {"stripe", "adyen"} <= set(pinned("gateways"))
