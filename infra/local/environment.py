"""Makes the runner's own virtual environment, once, under `.local/`. It uses the standard library only."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The functions' own pins go in last, because AWS runs those versions.
REQUIREMENT_FILES = ("local.txt", "runtime.txt", "authorizer.txt", "gateways.txt")
COMPLETE = ".complete"


def ensure_environment(root: Path) -> Path:
    """Returns the Python of a complete environment, and makes the environment first if it is not there.

    An environment without its marker was left behind by an interrupted install, and is made anew.
    """
    files = [path for name in REQUIREMENT_FILES if (path := root / "requirements" / name).exists()]
    home = root / ".local" / f"venv-{_fingerprint(files)}"
    python = home / "bin" / "python"
    if not (home / COMPLETE).exists():
        home.parent.mkdir(exist_ok=True)
        with _locked(home.parent / "venv.lock"):
            if not (home / COMPLETE).exists():
                _build(home, python, files)
    return python


def clean_variables() -> dict[str, str]:
    """Returns the inherited environment without variables that would point at a real AWS account or another Python."""
    unwanted = ("AWS_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version}{sys.base_prefix}".encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds a lock, so that only one run installs; it ends with the process that holds it, however that ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(home: Path, python: Path, files: list[Path]) -> None:
    print("installing what the local run needs (once) …", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    uv = _uv()
    if uv:
        _run(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(home))
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    else:
        _run(sys.executable, "-m", "venv", str(home))
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for path in files:
        _run(*install, "--no-deps", "--require-hashes", "--requirement", str(path))
    (home / COMPLETE).touch()


def _uv() -> str | None:
    """Returns the path of uv if it runs; a version manager's shim may be there without a uv behind it."""
    found = shutil.which("uv")
    works = found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
    return found if works else None


def _run(*command: str) -> None:
    """Runs an installer. Its output goes to stderr, because stdout is kept for the one line that reports ready."""
    try:
        subprocess.run(command, stdout=sys.stderr, check=True, env=clean_variables())
    except subprocess.CalledProcessError as error:
        sys.exit(f"could not install what the local run needs: `{' '.join(command)}` ended with {error.returncode}")
