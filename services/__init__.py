"""The three services, strangers to each other, and the `spor` command."""
