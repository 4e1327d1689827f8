"""Intake's HTTP side: the door for claims, receipts for ever, the schemas, and the OpenAPI document of all that."""

from litestar import Litestar

from services.intake.web.contract import openapi
from services.intake.web.door import Door
from services.intake.web.receipts import receipt
from services.intake.web.schemas import schema, schemas
from services.intake.web.submission import submit
from services.plan import Parts
from services.web.app import serve


def web(parts: Parts) -> Litestar:
    """What intake serves."""
    door = Door(parts)
    handlers = [submit, receipt, schema, schemas, openapi]
    return serve(handlers, parts.home.tokens, lifespan=[door.open], parts=parts, door=door)
