"""`make smoke` on the local run: what does not need AWS itself holds here too, and what does is told in words."""

import os
import subprocess

from tests.e2e.service import ROOT, Service

ONLY_AWS = {"firewall", "usage plans", "archive", "the log refuses writers", "anchors are locked"}
"""The emulator has no firewall, tells no usage, and knows neither archive, table policy nor Object Lock."""


def smoke(service: Service, *more: str, **environment: str) -> tuple[int, list[str]]:
    tokens = ROOT / ".local" / str(service.ports[0]) / "tokens.json"
    command = ["make", "--silent", "smoke", f"API={service.api_url}", f"TOKENS={tokens}", *more]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_the_smoke_test_walks_over_a_run(service: Service) -> None:
    code, lines = smoke(service)
    assert (code, [line.split()[0] for line in lines]) == (0, ["ok"] * 6), lines


def test_inside_the_stack_it_tells_what_only_aws_can_show_and_goes_on(service: Service) -> None:
    """The last step has a letter written, whatever failed before it."""
    on_the_emulator = {
        "AWS_ENDPOINT_URL": service.outputs["aws_endpoint_url"],
        "AWS_DEFAULT_REGION": service.outputs["region"],
    }
    on_the_emulator |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "USAGE_SECONDS": "1"}
    code, lines = smoke(service, "STACK=inflight", "MAIL_TO=success@simulator.amazonses.com", **on_the_emulator)
    told = [line.split(maxsplit=1) for line in lines]
    assert code != 0
    assert {rest.partition(":")[0] for word, rest in told if word == "FAILED"} == ONLY_AWS, lines
    assert [word for word, _ in told].count("ok") == 7
    assert told[-1] == ["ok", "writes letters: sent"]
