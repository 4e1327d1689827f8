"""Engagement: who takes part, and the phases of each engagement."""
