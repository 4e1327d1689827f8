"""Running Spor on NATS: who may do what, the server's configuration, the keys, the streams.

Reading order: `roles` (one table: role, subject, right), `server` (the nats-server configuration made from it), `keys`
(nkeys on disk), `streams` (what is stored, and who reads it from where; created and checked by command, never by a
service at start).
"""
