"""A Spor of its own for every fault: small batches, so that a fall is in the middle of many."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import own_server
from tests.support.spor import RunningSpor

__all__ = ["own_server", "spor"]


@pytest.fixture
def spor(tmp_path: Path) -> Iterator[RunningSpor]:
    running = RunningSpor(tmp_path, environment={"SPOR_BATCH": "40"})
    try:
        yield running
    finally:
        running.end()
