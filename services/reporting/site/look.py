"""One look at the site: who looks, in which language, on which clocks, at which address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Request
from litestar.datastructures import FormMultiDict
from pydantic import BeforeValidator, Field, ValidationError

from events.visibility import Audience
from services.forms import Day, Form, KnownAt
from services.reporting.site.days import edtf, moment
from services.reporting.site.sessions import Session
from services.web.problems import UNREADABLE, ProblemError

Asked = Request[Any, Any, Any]
Query = tuple[tuple[str, str], ...]

ENGLISH: Final = "/en"
BACK: Final = re.compile(r"/([^/\\\s][^\\\s]{0,400})?")
"""An address of this site, and of no other."""
AS_IT_STANDS: Final = "/:@!$&'()*+,;="
"""What may stand in a path as it is, beside letters and digits (RFC 3986, section 3.3)."""
CLOCKS: Final = ("as_of", "known_at")
DAY: Final = (
    "Skriv en dag, en måned eller et år: 2018-12-06, 6.12.2018, 6. december 2018, december 2018 eller 2018.",
    "Write a day, a month or a year: 2018-12-06, 6.12.2018, 6 December 2018, December 2018 or 2018.",
)
BEFORE: Final = (
    "Skriv en position i loggen, et helt tal fra 1; eller begynd på den første side.",
    "Write a position of the log, a whole number from 1; or begin at the first page.",
)
FOLLOWING: Final = re.compile(r"utm_\w+|_ga|_gl|mc_[ce]id|(?:fb|g|d|y|ms)clid|igshid")
"""What newsletters, search engines and social media put behind an address."""
EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "as_of": DAY,
    "day": DAY,
    "known_at": (
        "Skriv en dag (2018-12-06), et tidspunkt med zone (2026-11-21T12:00:00Z) eller en position i loggen (157).",
        "Write a day (2018-12-06), a moment with its zone (2026-11-21T12:00:00Z) or a position of the log (157).",
    ),
    "q": ("Skriv højst 80 tegn.", "Write at most 80 letters."),
    "p": (
        "Skriv positioner i loggen med komma eller streg imellem: 3,5-9.",
        "Write positions of the log with commas or hyphens between them: 3,5-9.",
    ),
    "foer": BEFORE,
    "before": BEFORE,
}
"""What a field takes, where it is told more closely than by its type."""


class PageForm(Form):
    """What every page may be asked: both clocks. What is left empty is not asked."""

    as_of: Annotated[Day, BeforeValidator(edtf)] | None = None
    known_at: Annotated[KnownAt, BeforeValidator(moment)] | None = None


class PagedForm(PageForm):
    """Which part of a long list: what stands before a position."""

    foer: int | None = Field(default=None, ge=1, le=10**15)


AnyForm = TypeVar("AnyForm", bound=PageForm)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at what, and when.

    `path` and `query` are those of the address, without the language. `upto` is the position that is known, `head` the
    last one; `day` is the day that is asked about.
    """

    language: str
    audience: Audience
    person: Session | None
    path: str
    query: Query
    as_of: str | None
    known_at: str | int | None
    upto: int
    head: int
    day: date
    today: date

    @property
    def old(self) -> bool:
        """Does either clock stand at another time than now?"""
        return self.day != self.today or self.upto != self.head

    def to(self, path: str, *, sprog: str | None = None, **query: Any) -> str:
        """Another page's address, in the same language and on the same clocks."""
        if not self.query and not query:
            return self._address(path, sprog or self.language, {})
        kept = {name: value for name, value in self.query if name in CLOCKS}
        return self._address(path, sprog or self.language, kept | query)

    def here(self, sprog: str | None = None, **query: Any) -> str:
        """This page's address, with another language or query; what is None is left out."""
        return self._address(quote(self.path, safe=AS_IT_STANDS), sprog or self.language, dict(self.query) | query)

    @property
    def again(self) -> str:
        """This page's address, where somebody may come back to it; else the front page's."""
        here = self.here()
        return here if BACK.fullmatch(here) and not self.path.startswith("/log-ind") else "/"

    def asked(self, *left_out: str) -> Query:
        """The query without some of its parts, for the hidden fields of a form."""
        return tuple(pair for pair in self.query if pair[0] not in left_out)

    def _address(self, path: str, language: str, query: Mapping[str, Any]) -> str:
        whole = (ENGLISH + path).removesuffix("/") if language == "en" else path
        given = {name: value for name, value in query.items() if value is not None} if query else query
        return f"{whole}?{urlencode(given)}" if given else whole


def language_of(path: str) -> tuple[str, str]:
    """The language of an address, and the address without it; it begins with one slash, or it would name another site."""
    if path == ENGLISH or path.startswith(ENGLISH + "/"):
        return "en", "/" + path.removeprefix(ENGLISH).lstrip("/")
    return "da", "/" + path.lstrip("/")


def given(request: Asked) -> dict[str, str]:
    """The query in its order, as people fill in forms: what is empty is not there; of what is said twice the last counts.

    What others put behind an address to follow whoever goes there asks nothing here, and goes no further.
    """
    asked = {name: value.strip() for name, value in parse_qsl(request.url.query) if value.strip()}
    return {name: value for name, value in asked.items() if not FOLLOWING.fullmatch(name)}


async def form_of(request: Asked) -> FormMultiDict:
    """What was sent as a form. Raises a problem for one whose letters cannot be read."""
    try:
        return await request.form()
    except (UnicodeError, LookupError) as error:
        raise ProblemError(UNREADABLE) from error


def read(form: type[AnyForm], query: Mapping[str, str]) -> AnyForm:
    """The query as a form. Raises a problem that names the fields."""
    try:
        return form.model_validate(dict(query))
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False, include_context=False)
        errors = [_told(str(problem["loc"][0]), problem["type"], problem["msg"]) for problem in found if problem["loc"]]
        raise ProblemError(UNREADABLE, errors) from wrong


def _told(name: str, kind: str, message: str) -> dict[str, str]:
    """What is wrong with a field of the query, and what was expected."""
    if kind == "extra_forbidden":
        da, en = (
            "Det kan der ikke spørges om her. Tag det ud af adressen.",
            "That cannot be asked here. Take it out of the address.",
        )
    else:
        da, en = EXPECTED.get(name, ("Værdien kan ikke læses.", message.removeprefix("Value error, ")))
    return {"pointer": f"/query/{name}", "code": "parameter", "da": da, "en": en}
