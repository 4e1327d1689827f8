"""One Litestar application as every service has it: problems instead of pages, and nothing mounted by itself."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig

from deploy.tokens import Tokens
from events.store.kept import StoppedViewError
from services.web.problems import ProblemError, on_anything, on_http, on_problem, on_slow, on_stopped
from services.web.server import GoneError, TooSlowError

LARGEST_BODY: Final = 2 * 2**20
"""Bytes of any request; a route may ask for less."""
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def serve(
    handlers: Sequence[Any],
    tokens: Tokens,
    *,
    openapi: OpenAPIConfig | None = None,
    cors: CORSConfig | None = None,
    lifespan: Sequence[Lifespan] = (),
    **state: Any,
) -> Litestar:
    """An application of these handlers; `state` is theirs to find. The OpenAPI document is a handler's own affair."""
    return Litestar(
        route_handlers=list(handlers),
        exception_handlers={
            ProblemError: on_problem,
            StoppedViewError: on_stopped,
            TooSlowError: on_slow,
            GoneError: on_slow,
            HTTPException: on_http,
            Exception: on_anything,
        },
        openapi_config=openapi,
        cors_config=cors,
        lifespan=list(lifespan),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
        state=State({"tokens": tokens, **state}),
    )
