"""Answers folded from facts."""
