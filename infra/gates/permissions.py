"""Reads every permission of the template with parliament, offline: actions must exist, and resources must fit them.

The list of accepted wildcards is WILDCARDS in tests/unit/infra/test_permissions.py.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parliament import analyze_policy_string  # type: ignore[import-not-found]  # in the gates' environment only

from infra.gates.policies import policies

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
# (kind of finding, action) → the reason to accept it: a resource that AWS has, and the reference of parliament lacks.
ACCEPTED = {
    ("RESOURCE_MISMATCH", "states:SendTaskSuccess"): (
        "AWS checks it against the state machine that waits, as its refusals say and as AWS CDK grants it"
    ),
    ("RESOURCE_MISMATCH", "ses:SendEmail"): (
        "SES v2 checks the configuration set as well as the identity (Service Authorization Reference, SES v2)"
    ),
    ("RESOURCE_MISMATCH", "dynamodb:ListStreams"): (
        "AWS checks it against the table's streams, as AWS SAM's own DynamoDBStreamReadPolicy grants it"
    ),
}
Found = tuple[str, str, str]


def findings(name: str, document: str) -> Iterator[Found]:
    """Yields kind, action or other subject, and place of each finding."""
    for finding in analyze_policy_string(document).findings:
        for subject in _subjects(finding):
            yield finding.issue, subject, name


def _subjects(finding: Any) -> list[str]:
    if isinstance(finding.detail, list):
        return [str(each["action"]) for each in finding.detail]
    return [f"{finding.detail} {finding.location.get('string', '')}".strip()]


def main() -> int:
    """Prints the findings; returns 1 if there are any, or if an accepted finding is not there any more."""
    read = dict(policies(TEMPLATE.read_text()))
    found = [each for name, document in read.items() for each in findings(name, document)]
    new = [f"{name}: {kind} {subject}" for kind, subject, name in found if (kind, subject) not in ACCEPTED]
    gone = ACCEPTED.keys() - {(kind, subject) for kind, subject, _ in found}
    for line in (*new, *(f"accepted, but not found any more: {' '.join(each)}" for each in gone)):
        print(line)
    print(f"permissions: {len(read)} policies, {len(new)} findings, {len(found) - len(new)} accepted")
    return int(bool(new or gone))


if __name__ == "__main__":
    sys.exit(main())
