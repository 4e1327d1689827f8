"""The example, held against tables that a person can read."""
