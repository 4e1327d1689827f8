"""What every HTTP side has in common: who is asking, how a refusal reads, the headers, the limits, the server.

A service gives `Plan.web` what it serves (`app.serve`); its process runs it in its own event loop (`server`). Loopback
only, unless it is told otherwise: what stands in front of it does TLS.
"""
