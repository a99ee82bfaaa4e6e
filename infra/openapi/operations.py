"""Gathers what each resource says of its routes: each `document.py` in `shared/http/resources` beside a `routes.py`."""

import importlib
from collections.abc import Mapping
from pathlib import Path

from shared.http import resources
from shared.http.door.route import Route
from shared.http.parts.document import Operation

_FOLDER = Path(resources.__path__[0])


def _gathered() -> Mapping[Route, Operation]:
    """Returns the operations by route; a row that stands in two resources is documented by the last of them, which a
    test forbids."""
    found: dict[Route, Operation] = {}
    for rows in sorted(_FOLDER.glob("*/routes.py")):
        found |= importlib.import_module(f"{resources.__name__}.{rows.parent.name}.document").OPERATIONS
    return found


OPERATIONS: Mapping[Route, Operation] = _gathered()
