"""The auditor's own tool: it reads the log with rights to nothing else, signs what it was, and verifies it offline.

It trusts no service and shares no code with those who write: its own tree, its own reader, its own decoder. It imports
nothing of `events`, `deploy` or another service. Reading order: `tree` (RFC 6962, a second time), `note` (signed heads),
`line` (what a position may hold), `checking` (a log against heads and leaves), `export` (one file that proves itself),
`mirror` (the rescue copy), `memory` and `witness` (who signs, and what it remembers), `ledger` (reading over NATS), `claims` (what can be asked), `commands`.
"""
