"""Counts approvals with the time they were waited for, and commits that needed none.

CloudWatch namespace `Inflight`: `ApprovalWaitSeconds` by role; `AutoApproved` and `Approved`, one for each commit. Ids
stay out of it. What is answered again, because it was asked again, is not counted again.
"""

from collections.abc import Iterator

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Change
from shared.domain.change.step import Step
from shared.domain.replay.false_rejects import committed_at
from shared.usecases.core.requests import Done, Outcome

NAMESPACE = "Inflight"


def counted(outcome: Outcome[Step]) -> Outcome[Step]:
    """Returns the outcome, and counts it if it was done just now."""
    if isinstance(outcome, Done) and not outcome.result.changes_nothing:
        _count(outcome.result)
    return outcome


def _count(step: Step) -> None:
    for given in _approvals(step):
        with single_metric(
            name="ApprovalWaitSeconds", unit=MetricUnit.Seconds, value=given.waited_seconds, namespace=NAMESPACE
        ) as metric:
            metric.add_dimension(name="role", value=given.role)
    if step.change and _commits(step.change, step.change_before):
        name = "Approved" if step.change.approvals else "AutoApproved"
        with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE):
            pass


def _approvals(step: Step) -> Iterator[Approval]:
    """Yields the approvals that this step brings."""
    known = step.change_before.approvals if step.change_before else ()
    if step.change:
        yield from step.change.approvals[len(known) :]


def _commits(change: Change, before: Change | None) -> bool:
    return committed_at(change) is not None and (before is None or committed_at(before) is None)
