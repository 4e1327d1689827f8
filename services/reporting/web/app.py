"""Reporting's web application, joined by hand."""

from litestar import Litestar

from services.process import Parts
from services.reporting.web import facts, reports
from services.reporting.web.openapi import handler as openapi
from services.reporting.web.shapes import Places
from services.web.app import serve


def web(parts: Parts) -> Litestar:
    """What reporting serves over HTTP."""
    places = Places()
    return serve([*facts.handlers(parts, places), *reports.handlers(parts, places), openapi()], parts.home.tokens)
