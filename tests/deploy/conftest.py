"""The fixtures of a real server, for every test in this folder."""

from tests.support.server import connect, own_server, spor_server

__all__ = ["connect", "own_server", "spor_server"]
