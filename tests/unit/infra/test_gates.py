"""The static gates: each one runs, each suppression has its reason beside it, and silence is not taken for consent."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.gates import advisories
from infra.gates.advisories import UNREACHABLE, judged
from infra.gates.policies import policies

ROOT = Path(__file__).resolve().parents[3]
GATES = ("cfn-lint", "infra.gates.permissions", "checkov", "infra.gates.advisories")


def a_release(name: str, *vulnerabilities: str) -> dict[str, Any]:
    found = [{"id": each, "fix_versions": ["2.0"], "aliases": [], "description": ""} for each in vulnerabilities]
    return {"name": name, "version": "1.0", "vulns": found}


def unknown(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "not found"}


@pytest.mark.parametrize("gate", GATES)
def test_make_lint_passes_every_gate(gate: str) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    assert re.search(rf"^\t@?\$\(GATES\)/bin/.*{re.escape(gate)}\b", recipe, re.MULTILINE)
    assert not re.search(r"^\t@?-", recipe, re.MULTILINE)


@pytest.mark.parametrize("file", ["cfn-lint.yaml", "checkov.yaml"])
def test_a_suppression_has_its_reason_on_its_line_or_the_one_above(file: str) -> None:
    before = ""
    for line in (ROOT / "infra/gates" / file).read_text().splitlines():
        if re.match(r"\s+- [A-Z]", line):
            assert "#" in line or "#" in before or re.match(r"\s+- [A-Z]", before), line
        before = line


def test_nothing_is_suppressed_in_the_template_but_what_says_why() -> None:
    text = (ROOT / "template.yaml").read_text()
    assert set(re.findall(r"ignore_checks: \[(.*?)\]", text)) == {"ES6000"}
    assert re.search(r"^  # .*\(ES6000\)", text, re.MULTILINE)
    assert "checkov:" not in text


def test_checkov_asks_nobody() -> None:
    assert "skip-download: true" in (ROOT / "infra/gates/checkov.yaml").read_text()


def test_the_permissions_gate_reads_what_stands_on_aws() -> None:
    read = dict(policies((ROOT / "template.yaml").read_text()))
    assert not [
        name for name, document in read.items() if "${" in document or "Fn::" in document or '"Ref"' in document
    ]
    for name, document in read.items():
        for statement in json.loads(document)["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            assert all(re.fullmatch(r"\*|arn:aws:\w+:[\w-]*:\d*:.+", each) for each in resources), name


def test_a_known_vulnerability_fails_the_build() -> None:
    known, line = judged([a_release("adyen", "PYSEC-1"), a_release("stripe")])
    assert known == ["adyen 1.0: PYSEC-1, mended in 2.0"]
    assert line == "2 releases, 1 known vulnerabilities, 0 not in the index"


def test_no_known_vulnerability_passes() -> None:
    assert judged([a_release("stripe"), unknown("adyen")]) == (
        [],
        "1 releases, 0 known vulnerabilities, 1 not in the index",
    )


@pytest.mark.parametrize("said", [[], [unknown("adyen"), unknown("stripe")]], ids=["no answer", "only unknown"])
def test_an_index_that_could_not_be_asked_has_not_said_that_all_is_well(said: list[dict[str, Any]]) -> None:
    assert judged(said) == ([], UNREACHABLE)


def test_the_build_fails_on_findings_and_not_on_the_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"bad.txt": [a_release("adyen", "PYSEC-1")], "good.txt": [a_release("stripe")], "mute.txt": []}
    monkeypatch.setattr(advisories, "_ask", lambda file: answers[file])

    assert advisories.main(["bad.txt", "good.txt"]) == 1
    assert advisories.main(["good.txt", "mute.txt"]) == 0
    assert UNREACHABLE in capsys.readouterr().out
