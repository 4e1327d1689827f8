"""Who is asking: a bearer token, and whose it is."""

from collections.abc import Callable
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from deploy.tokens import Holder, Tokens
from services.web.problems import NO_TOKEN, UNKNOWN_TOKEN, WRONG_TOKEN, ProblemError

SCHEME: Final = "bearer"
Connection = ASGIConnection[Any, Any, Any, Any]


def asking(connection: Connection) -> Holder | None:
    """Whose token came with a request; None where there is none. Raises a problem for a token that is nobody's."""
    given = connection.headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.strip().partition(" ")
    tokens: Tokens = connection.app.state.tokens
    holder = tokens.holder(token.strip()) if scheme.lower() == SCHEME else None
    if holder is None:
        raise ProblemError(UNKNOWN_TOKEN)
    return holder


def known(connection: Connection) -> Holder:
    """The same, where a token is needed."""
    holder = asking(connection)
    if holder is None:
        raise ProblemError(NO_TOKEN)
    return holder


def needs(*kinds: str) -> Callable[[Connection, BaseRouteHandler], None]:
    """A guard: only holders of these kinds pass, and the operator."""

    def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        holder = known(connection)
        if holder.kind not in kinds and not holder.is_operator:
            raise ProblemError(WRONG_TOKEN)

    return guard
