"""`python -m services.intake`."""

from services.intake.app import plan
from services.process import run

run(plan())
