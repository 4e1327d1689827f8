"""How HTTP says no: RFC 9457 problem details, with all errors, in Danish and English, and never a trace of the inside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.enums import ParamType
from litestar.exceptions import HTTPException, ValidationException

from events.store.kept import StoppedViewError
from services.web.server import GoneError, TooSlowError

MEDIA: Final = "application/problem+json"
TYPE: Final = "urn:spor:problem:"
Errors = Iterable[Mapping[str, Any]]
"""Each `{pointer, code, da, en}`, and where it helps `expected` (JSON Schema), `example`, `came` (type and length)."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its lasting name, the HTTP status, a title, and what to do, in a sentence."""

    code: str
    status: int
    title: str
    da: str
    en: str

    @property
    def type(self) -> str:
        return TYPE + self.code


UNREADABLE: Final = Kind(
    "unreadable", 400, "The request cannot be read",
    "Forespørgslen kan ikke læses. Fejlene siger, hvad der var ventet.",
    "The request cannot be read. The errors say what was expected.",
)  # fmt: skip
NO_TOKEN: Final = Kind(
    "token-missing", 401, "A token is needed",
    "Her skal der et token til: Authorization: Bearer <token>. Driften udsteder det.",
    "A token is needed here: Authorization: Bearer <token>. The operator issues it.",
)  # fmt: skip
UNKNOWN_TOKEN: Final = Kind(
    "token-unknown", 401, "The token is not known",
    "Tokenet kendes ikke, eller er trukket tilbage. Bed driften om et nyt.",
    "The token is not known, or was revoked. Ask the operator for a new one.",
)  # fmt: skip
WRONG_TOKEN: Final = Kind(
    "token-wrong", 403, "The token is for something else",
    "Tokenet giver ikke adgang til dette.",
    "The token gives no access to this.",
)  # fmt: skip
WRONG_ROLE: Final = Kind(
    "role", 403, "This is for another role",
    "Siden er for en anden rolle. Log ind med den, hvis du har den.",
    "The page is for another role. Sign in with it, if you have it.",
)  # fmt: skip
STALE_FORM: Final = Kind(
    "form", 403, "The form is not from this session",
    "Formularen kommer ikke fra din egen, åbne session. Hent siden igen, og prøv så.",
    "The form does not come from your own open session. Fetch the page again, and try then.",
)  # fmt: skip
NOT_FOUND: Final = Kind(
    "not-found", 404, "There is no such thing",
    "Det findes ikke her.",
    "There is no such thing here.",
)  # fmt: skip
WRONG_METHOD: Final = Kind(
    "method", 405, "That cannot be done here",
    "Metoden kan ikke bruges på denne adresse. Allow siger, hvilke der kan.",
    "The method cannot be used at this address. Allow says which can.",
)  # fmt: skip
NOT_ACCEPTABLE: Final = Kind(
    "not-acceptable", 406, "It is not to be had in that form",
    "Det findes ikke i den form, som Accept beder om.",
    "It is not to be had in the form that Accept asks for.",
)  # fmt: skip
TOO_SLOW: Final = Kind(
    "too-slow", 408, "The request did not come to its end in time",
    "Forespørgslen kom ikke til ende i tide. Send den igen.",
    "The request did not come to its end in time. Send it again.",
)  # fmt: skip
TOO_LARGE: Final = Kind(
    "too-large", 413, "The request is too large",
    "Forespørgslen er for stor.",
    "The request is too large.",
)  # fmt: skip
CONTENT_TYPE: Final = Kind(
    "content-type", 415, "The content type is not one that is read here",
    "Indholdstypen læses ikke her.",
    "The content type is not one that is read here.",
)  # fmt: skip
INVALID: Final = Kind(
    "invalid", 422, "The claim is not what its type says",
    "Indberetningen er ikke, hvad dens type siger. Intet er gemt: ret alle fejlene, og send den igen; id'et må være det samme.",
    "The claim is not what its type says. Nothing was kept: mend all errors and send it again; the id may be the same.",
)  # fmt: skip
BUSY: Final = Kind(
    "busy", 429, "Too many requests at a time",
    "For mange forespørgsler fra samme kilde er under behandling. Send igen om lidt.",
    "Too many requests of the same source are under way. Send it again in a moment.",
)  # fmt: skip
BROKEN: Final = Kind(
    "broken", 500, "Something went wrong on our side",
    "Noget gik galt hos os. Det står i loggen.",
    "Something went wrong on our side. It stands in the log.",
)  # fmt: skip
UNAVAILABLE: Final = Kind(
    "unavailable", 503, "Not now",
    "Det, der skal svare, kan ikke nås. Send igen om lidt.",
    "What should answer cannot be reached. Send it again in a moment.",
)  # fmt: skip

KINDS: Final = (
    UNREADABLE, NO_TOKEN, UNKNOWN_TOKEN, WRONG_TOKEN, WRONG_ROLE, STALE_FORM, NOT_FOUND, WRONG_METHOD, NOT_ACCEPTABLE, TOO_SLOW, TOO_LARGE,
    CONTENT_TYPE, INVALID, BUSY, BROKEN, UNAVAILABLE,
)  # fmt: skip
_BY_STATUS: Final = {kind.status: kind for kind in reversed(KINDS)}


class ProblemError(Exception):
    """A request is answered with a problem. `da` and `en` say more than the kind does, where there is more to say."""

    def __init__(
        self,
        kind: Kind,
        errors: Errors = (),
        *,
        da: str | None = None,
        en: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(en or kind.en)
        self.kind, self.errors, self.headers = kind, list(errors), dict(headers or {})
        self.da, self.en = da or kind.da, en or kind.en

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 has it; `da` and `en` are the sentence, `detail` is the English one."""
        kind = self.kind
        return {
            "type": kind.type,
            "title": kind.title,
            "status": kind.status,
            "detail": self.en,
            "da": self.da,
            "en": self.en,
            "errors": self.errors,
        }


def answer(problem: ProblemError) -> Response[bytes]:
    """A problem as the answer to a request."""
    headers = dict(problem.headers)
    if problem.kind.status == 401:  # noqa: PLR2004 - RFC 9110 asks for this header
        headers.setdefault("WWW-Authenticate", 'Bearer realm="spor"')
    body = msgspec.json.encode(problem.document())
    return Response(body, status_code=problem.kind.status, media_type=MEDIA, headers=headers)


def problem_of(request: Request[Any, Any, Any], error: Exception) -> ProblemError:
    """The problem that a request is answered with. What nobody thought of stands in the log, and nowhere else."""
    match error:
        case ProblemError():
            return error
        case StoppedViewError():
            return ProblemError(UNAVAILABLE, da=error.da, en=error.en)
        case TooSlowError() | GoneError():  # whoever has hung up does not read this
            return ProblemError(TOO_SLOW, headers={"Connection": "close"})
        case HTTPException():
            return _http(error)
        case _:
            log.error("unanswered", path=request.scope["path"], method=request.method, exc_info=error)
            return ProblemError(BROKEN)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever went wrong, as problem details."""
    return answer(problem_of(request, error))


def _http(error: HTTPException) -> ProblemError:
    """What the framework said no to: no such address, a wrong method, a query that cannot be read."""
    kind = _BY_STATUS.get(error.status_code) or (UNREADABLE if error.status_code < BROKEN.status else BROKEN)
    given = {name.lower(): value for name, value in (error.headers or {}).items()}
    headers = {name: value for name, value in given.items() if name in {"allow", "retry-after"}}
    return ProblemError(kind, _errors(error), headers=headers)


def _errors(error: HTTPException) -> list[dict[str, Any]]:
    """What was wrong with which part of the query, without the framework's own words."""
    extra = error.extra if isinstance(error, ValidationException) and isinstance(error.extra, list) else []
    return [
        {
            "pointer": f"/{ParamType(part.get('source', 'query')).value}/{part['key']}",
            "code": "parameter",
            "da": "Parameteren kan ikke læses.",
            "en": "The parameter cannot be read.",
        }
        for part in extra
        if isinstance(part, dict) and isinstance(part.get("key"), str)
    ]
