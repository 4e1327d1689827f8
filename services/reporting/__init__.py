"""Reporting: questions, stated figures, answers, and the reports issued from the log."""
