"""`python -m services.engagement`."""

from services.engagement.app import plan
from services.process import run

run(plan())
