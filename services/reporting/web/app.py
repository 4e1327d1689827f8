"""Reporting's web application, joined by hand."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar

from services.process import Parts
from services.reporting.web import facts, reports
from services.reporting.web.openapi import handler as openapi
from services.reporting.web.shapes import Places
from services.web.app import serve


def web(parts: Parts, more: Sequence[Any] = (), places: Places | None = None, **options: Any) -> Litestar:
    """What reporting serves to programs over HTTP, and what more there is for people."""
    places = places or Places()
    handlers = [*facts.handlers(parts, places), *reports.handlers(parts, places), openapi(), *more]
    return serve(handlers, parts.home.tokens, **options)
