"""Intake: sources, rules, names, application rounds, years, applications and their decisions."""
