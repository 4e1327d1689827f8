"""What the service decides. Pure: no wire, no clock, no framework."""
