"""What holds for every test: how fast an example is made or judged is the machine's affair; `bench/` measures.

Tests may run in two processes (`make test`): each module in one of them, from its first test to its last. What is made
once in a run is made once in each process.
"""

from typing import Final

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("spor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("spor")

SLOW: Final = ("journey", "faults", "site", "audit", "rescue", "laws", "store", "house", "deploy", "inbox")
"""Rooms whose tests start servers, or many examples: first, so that at the end no process waits long for the other."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.pluginmanager.hasplugin("xdist"):
        items.sort(key=_slow_first)


def _slow_first(item: pytest.Item) -> int:
    room = item.path.parent.name
    return SLOW.index(room) if room in SLOW else len(SLOW)
