"""What holds for every test: how fast an example is made or judged is the machine's affair; `bench/` measures.

Tests may run in two processes (`make test`). What is made once in a run, and takes long, is made in one of them: whoever
asks for it runs there. Everything else is a module's own, and each module runs in one process from its first test to its last.
"""

from typing import Final

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("spor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("spor")

MADE_ONCE: Final = {"folder": "demo", "site": "site", "desk": "desk", "taken": "taken"}
"""A fixture that lives as long as the run, and the name of those who share it."""
SLOW: Final = ("journey", "faults", "site", "audit", "rescue", "laws", "store", "house", "deploy", "inbox")
"""Rooms whose tests start servers, or many examples: first, so that at the end no process waits long for the other."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.pluginmanager.hasplugin("xdist"):
        return
    shared: dict[str, str] = {}
    for item in items:
        for fixture in MADE_ONCE.keys() & set(getattr(item, "fixturenames", ())):
            shared[item.path.as_posix()] = MADE_ONCE[fixture]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(shared.get(item.path.as_posix(), item.path.as_posix())))
    items.sort(key=_slow_first)


def _slow_first(item: pytest.Item) -> int:
    room = item.path.parent.name
    return SLOW.index(room) if room in SLOW else len(SLOW)
