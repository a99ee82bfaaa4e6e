"""Zips the application's source for the emulator.

The emulator runs functions on the runner's own Python, which has their requirements already; a zip with dependencies
inside makes a cold call ten times slower.
"""

import importlib.util
import io
import os
import py_compile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

SOURCE = ("functions", "shared")
POLICIES = "POLICIES"
"""The environment variable that names a folder of policy documents to run with instead of those that ship."""
UNSHIPPED = ("reply.py", "document.py")
"""Files of `shared/http` that only the OpenAPI document needs; infra/build.mk leaves them out too."""


def source_zip(root: Path) -> bytes:
    """The application's code with its bytecode, as the emulator takes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in _source_files(root):
            name = path.relative_to(root)
            archive.writestr(zipfile.ZipInfo(str(name)), _instead_of(name, path).read_bytes())
            if path.suffix == ".py":
                cached = Path(importlib.util.cache_from_source(str(name)))
                archive.writestr(zipfile.ZipInfo(str(cached)), _compiled(path, name))
    return buffer.getvalue()


def _instead_of(name: Path, path: Path) -> Path:
    """A policy document of the folder that the environment names, where there is one; else the file itself."""
    other = Path(os.environ.get(POLICIES, "")) / name.name
    return other if POLICIES in os.environ and name.parent == Path("shared/policies") and other.exists() else path


def _source_files(root: Path) -> Iterator[Path]:
    for folder in SOURCE:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not _is_unshipped(path.relative_to(root)):
                yield path


def _is_unshipped(name: Path) -> bool:
    return name.parts[:2] == ("shared", "http") and name.name in UNSHIPPED


def _compiled(path: Path, name: Path) -> bytes:
    """Compile ahead, for a function's every new process would otherwise do it again in a folder of its own.

    Unchecked (PEP 552): nobody edits a file inside the zip, and its times say nothing.
    """
    with TemporaryDirectory() as folder:
        target = Path(folder) / "code.pyc"
        py_compile.compile(
            str(path), str(target), str(name), doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
        return target.read_bytes()
