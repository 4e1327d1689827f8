"""A server with a witness beside it, for every test in this folder that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.roles import Table
from tests.audit.witnessing import Witnessed
from tests.support.server import SporServer, running


@pytest.fixture
def witnessed(tmp_path: Path) -> Iterator[Witnessed]:
    """One server for one test; the witness is started by the test."""
    server = SporServer(tmp_path, Table(witnesses=("witness", "second")))
    for started in running(server):
        one = Witnessed(started)
        try:
            yield one
        finally:
            one.kill()
