"""`spor`: a client of the services. It imports none of them; it starts them and talks to them by message."""
