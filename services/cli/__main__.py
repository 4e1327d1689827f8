"""`python -m services.cli`."""

from services.cli.commands import main

main()
