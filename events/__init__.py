"""The published language of Spor, and the one way to keep it.

Reading order: `dates` (what a day is), `base` (what an event is), `intake`, `engagement`, `reporting` (the facts of
each owner), `catalogue` (every type, its owner, thing, audience and sentence), `codec` (bytes and facts), `store` (the
one ordered log), `inbox` (from claim to fact).
"""
