"""A function's bundle holds what it runs on, and not the models and words that only the OpenAPI document needs."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.local.source import UNSHIPPED, source_zip

_LOADED = """
import importlib, pathlib, sys
for path in sorted(pathlib.Path("functions").glob("*/handler.py")):
    importlib.import_module(f"functions.{path.parent.name}.handler")
print(*(each for each in sys.modules if each.startswith("shared.http.")))
"""


def unshipped(names: list[str]) -> list[str]:
    return [name for name in names if name.startswith("shared/http/") and Path(name).name in UNSHIPPED]


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sam build` makes of a function, without its packages and its bytecode."""
    place = tmp_path_factory.mktemp("build")
    for each in ("runtime", "authorizer", "gateways"):
        (place / "packages" / each).mkdir(parents=True)
        (place / "packages" / each / ".installed").touch()
    given = [f"PACKAGES={place}/packages", f"ARTIFACTS_DIR={place}/bundle", "PYTHON=false"]
    command = ["make", "-s", "-f", "infra/build.mk", "build-AmendFunction", *given]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return place / "bundle"


def test_there_is_something_to_leave_out(root: Path) -> None:
    names = [str(path.relative_to(root)) for path in (root / "shared/http").rglob("*.py")]
    assert len(unshipped(names)) > 30


def test_a_built_function_has_its_code_and_nothing_of_the_document(built: Path) -> None:
    names = [str(path.relative_to(built)) for path in built.rglob("*.py")]
    assert {"functions/amend/handler.py", "shared/bootstrap.py", "shared/http/routes.py"} <= set(names)
    assert unshipped(names) == []


def test_the_emulator_is_given_nothing_of_the_document_either(root: Path, built: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(source_zip(root))) as archive:
        names = archive.namelist()
    assert unshipped(names) == []
    shared = {str(path.relative_to(built)) for path in (built / "shared").rglob("*.py")}
    assert shared == {name for name in names if name.startswith("shared/") and name.endswith(".py")}


def test_no_function_loads_what_is_left_out(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], cwd=root, check=True, capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "shared.http.routes" in loaded
    assert [name for name in loaded if f"{name.rpartition('.')[2]}.py" in UNSHIPPED] == []
