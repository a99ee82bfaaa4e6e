import pytest

from tests.simulation.simulation import engine


@pytest.fixture(scope="package", autouse=True)
def simulated_aws():
    """One engine for all seeds of this package: its tables are emptied between them."""
    with engine():
        yield
