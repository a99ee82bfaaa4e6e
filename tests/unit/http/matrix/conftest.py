"""The places of the matrix, as they were, for each request."""

import pytest

from shared import bootstrap
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from tests.fakes import World
from tests.unit.http.matrix.asking import SECRET
from tests.unit.http.matrix.places import Places

_TOLD: list[Places] = []
"""Once they have been told: telling takes longer than a request."""


@pytest.fixture
def places(world: World, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setattr(bootstrap, "callback_readers", lambda: {"sandbox": SandboxCallbacks(SECRET)})
    if not _TOLD:
        _TOLD.append(Places(world))
    _TOLD[0].in_world(world)
    return _TOLD[0]
