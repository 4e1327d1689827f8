"""Benchmarks: against peers, or against a limit in the same run. Never part of the tests."""
