import pytest

from shared.adapters.dynamodb import orders, staging
from tests.simulation.simulation import engine


@pytest.fixture(scope="package", autouse=True)
def simulated_aws():
    """One engine for all seeds of this package: its tables are emptied between them."""
    with engine():
        yield


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stock is staged from four SKUs on, three in a batch."""
    monkeypatch.setattr(orders, "STOCK_OF_ONE_WRITE", 4)
    monkeypatch.setattr(staging, "BATCH", 3)
