"""Reporting's web application, joined by hand."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Litestar
from litestar.config.cors import CORSConfig

from services.plan import Parts
from services.reporting.web import facts, reports
from services.reporting.web.openapi import handler as openapi
from services.reporting.web.shapes import Places
from services.web.app import serve

ANY_PAGE: Final = CORSConfig(
    allow_methods=["GET", "HEAD"],
    allow_headers=["Authorization", "Last-Event-ID"],
    expose_headers=["Content-Digest", "ETag", "Link", "Retry-After", "Spor-Position"],
)
"""A page of any origin may read what its reader may: nothing here goes by cookie, and a token is sent by who has it."""


def web(parts: Parts, more: Sequence[Any] = (), places: Places | None = None, **options: Any) -> Litestar:
    """What reporting serves to programs over HTTP, and what more there is for people."""
    places = places or Places()
    handlers = [*facts.handlers(parts, places), *reports.handlers(parts, places), openapi(), *more]
    return serve(handlers, parts.home.tokens, cors=ANY_PAGE, **options)
