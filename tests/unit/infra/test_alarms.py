"""What tells people that something is wrong: each alarm watches a metric that is really there, and is explained."""

import re
from pathlib import Path
from typing import Any

Resources = dict[str, dict[str, Any]]
OURS = {"Namespace": "Inflight", "Dimensions": [{"Name": "service", "Value": "inflight"}]}


def alarms(resources: Resources) -> dict[str, Any]:
    kind = "AWS::CloudWatch::Alarm"
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def counted(root: Path) -> set[str]:
    """The metrics that functions count."""
    sources = (path.read_text() for path in (root / "functions").rglob("*.py"))
    return {name for source in sources for name in re.findall(r'add_metric\(\s*name="(\w+)"', source)}


def test_each_alarm_watches_what_a_function_counts_or_is(resources: Resources, root: Path) -> None:
    assert len(alarms(resources)) > 3
    for name, alarm in alarms(resources).items():
        watched = {field: alarm[field] for field in OURS}
        if watched != OURS:
            ((function,),) = [each["Value"].values() for each in alarm["Dimensions"]]
            assert (alarm["Namespace"], function) == ("AWS/Lambda", "AnchorFunction"), name
            continue
        assert alarm["MetricName"] in counted(root), name


def test_operators_read_of_every_alarm(resources: Resources, root: Path) -> None:
    read = (root / "docs" / "operator.md").read_text()
    for name, alarm in alarms(resources).items():
        assert f"`{name}`" in read, name
        assert "docs/operator.md" in alarm["AlarmDescription"], name


def test_an_anchoring_that_stops_is_no_silence(resources: Resources) -> None:
    """The hourly reconciliation counts what is unanchored; where it has not run for two hours, that is an alarm too."""
    found = alarms(resources)
    unanchored, late = found["LogUnanchoredAlarm"], found["AnchorsLateAlarm"]
    assert (unanchored["MetricName"], unanchored["Threshold"], unanchored["Statistic"]) == ("LogUnanchored", 0, "Sum")
    assert (unanchored["TreatMissingData"], unanchored["Period"]) == ("breaching", 7200)
    assert late["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "AnchorFunction"}}]
    assert (late["MetricName"], late["Threshold"]) == ("IteratorAge", 15 * 60 * 1000)
