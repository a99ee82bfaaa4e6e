"""`make smoke` on the local run: what does not need AWS itself holds here too."""

import subprocess

from tests.e2e.service import ROOT, Service


def test_the_smoke_test_walks_over_a_run(hasty: Service) -> None:
    tokens = ROOT / ".local" / str(hasty.ports[0]) / "tokens.json"
    command = ["make", "--silent", "smoke", f"API={hasty.api_url}", f"TOKENS={tokens}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 6
