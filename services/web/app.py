"""One Litestar application as every service has it: problems instead of pages, and nothing mounted by itself."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from deploy.tokens import Tokens
from services.web.problems import on_error

LARGEST_BODY: Final = 2 * 2**20
"""Bytes of any request; a route may ask for less."""
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]
Middleware = Callable[[ASGIApp], ASGIApp]
OnError = Callable[[Request[Any, Any, Any], Exception], Response[bytes]]


def serve(  # noqa: PLR0913 - joined by hand
    handlers: Sequence[Any],
    tokens: Tokens,
    *,
    cors: CORSConfig | None = None,
    lifespan: Sequence[Lifespan] = (),
    around: Sequence[Middleware] = (),
    wrong: OnError = on_error,
    **state: Any,
) -> Litestar:
    """An application of these handlers; `state` is theirs to find. The OpenAPI document is a handler's own affair.

    `wrong` says how whatever goes wrong is answered; `around` stands between every answer and who gets it.
    """
    return Litestar(
        route_handlers=list(handlers),
        exception_handlers={HTTPException: wrong, Exception: wrong},  # the framework looks for its own first
        openapi_config=None,
        cors_config=cors,
        lifespan=list(lifespan),
        middleware=list(around),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
        state=State({"tokens": tokens, **state}),
    )
