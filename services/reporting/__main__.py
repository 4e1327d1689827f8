"""`python -m services.reporting`."""

from services.process import run
from services.reporting.app import plan

run(plan())
