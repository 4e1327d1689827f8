"""`python -m services.reporting`."""

from services.reporting.app import plan
from services.process import run

run(plan())
