"""No example of a property is timed: the machine may be busy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pokegeo_dagster_tests.budget.fake_trade import Trade

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def trade(tmp_path: Path) -> Iterator[Trade]:
    trade = Trade(tmp_path)
    yield trade
    trade.close()
