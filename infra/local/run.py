"""Starts `make run`: makes sure that the environment is there, then becomes the service inside it.

It needs only Python >= 3.11. `PORT` sets the port (default 8000).
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Replaces this process by the service, so that one process id stands for the whole run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    sys.path.insert(0, str(ROOT))
    from infra.local.environment import clean_variables, ensure_environment

    python = ensure_environment(ROOT)
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", "infra.local.service"], clean_variables())  # noqa: S606


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  the one file that an older Python may meet
        sys.exit("make run needs Python 3.11 or newer")
    main()
