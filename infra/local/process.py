"""Runs the emulator's process on a loopback port of its own, in a process group that ends as one."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from infra.local.front import HOST
from infra.local.recording import FILE

REGION = "eu-west-1"
BASE_PATH = "INFLIGHT_BASE_PATH"
"""The variable that tells the emulator under which path callers reach the API; empty is the root."""
START_SECONDS = 20
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


class EmulatorFailedError(Exception):
    """The emulator did not start; the message names its log."""


class Emulator:
    """Starts the emulator with `start`; `stop` ends it with everything that it started."""

    def __init__(self, root: Path, folder: Path, base_path: str = "") -> None:
        self._root = root
        self._base_path = base_path
        self._temporary = folder / "tmp"
        self._log = folder / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def url(self) -> str:
        """Returns its endpoint, for every AWS client."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Starts it; `wait` returns when it answers."""
        _inherit_orphans()
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir(parents=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.emulator"],
                cwd=self._root,
                env=self._environment(),
                stdin=subprocess.PIPE,  # held open as our sign of life
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Waits until it answers.

        Raises:
            EmulatorFailedError: it ended or stays silent.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.alive and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).close()
            except OSError:
                time.sleep(0.03)
            else:
                return
        raise EmulatorFailedError(f"the emulator did not start; its log is {self._log}")

    @property
    def alive(self) -> bool:
        """Tells if it still runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends it at once, Lambda workers included, because none of its state is kept."""
        if self._process is not None:
            group = self._process.pid
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            self._process.wait()
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.waitpid(-group, 0)
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        """Returns the variables that a program needs and no others: the functions inherit them, and AWS gives them no
        more."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", FILE) if name in os.environ}
        return inherited | {
            BASE_PATH: self._base_path,
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "NO_PROXY": "*",
            "TMPDIR": str(self._temporary),
            "TZ": "UTC",
        }


def _inherit_orphans() -> None:
    """Adopts the emulator's children when it ends, so that `stop` can wait until they are gone too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
