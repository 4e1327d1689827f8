"""How a page is written: templates, what they may say, and the headers of what is sent."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context
from litestar import Response
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import HTTPResponseBodyEvent, Receive, Send
from markupsafe import Markup, escape

from events.catalogue import entry_of, told
from events.dates import COPENHAGEN, Certainty, Span, instant
from events.municipalities import EXAMPLE, danish_order, invented, name
from events.visibility import Seen
from events.words import LANGUAGES, listed, report, when, word
from services.reporting.documents.wording import number
from services.reporting.site import words
from services.reporting.site.acts.fields import grouped
from services.reporting.site.behind import fact, ref
from services.reporting.site.look import Look
from services.reporting.site.tongues import marked, own, pieces
from services.reporting.views.search import Item
from services.reporting.views.sought import Sought
from services.templating import Templates

HTML: Final = "text/html"
REPORT: Final = "report"
"""A part of a thing's state that names a report of an engagement: its name says another thing elsewhere."""
_DATE: Final = re.compile(r"\d{4}-\d\d(?:-\d\d)?~?", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

KEPT: Final = 2_000
"""Names and moments of which it is kept how they are written."""
UPTO, HEAD, AFTER = "\x02upto\x03", "\x02head\x03", "\x02after\x03"
"""Where a page says up to which position it goes, and where the log ends; what people send has no such letters."""
WHO, CSRF = "\x02who\x03", "\x02csrf\x03"
"""Where it says who looks, and what their forms must carry."""
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""Headers of every page, beside those that every answer has."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be written: its template, its title, what it is about, and what stands on it.

    `scope` says which facts would change the page: news about them is told live, and what the clocks leave out is said.
    """

    template: str
    title: str
    data: Mapping[str, Any] = field(default_factory=dict)
    scope: Sought | None = None
    invented: bool = False
    status: int = 200
    acts: bool = True
    """Does it lead on to what can be done with the thing that it is about?"""
    own: bool = False
    """Are these words of the record itself, and so Danish, that it is called by?"""


def incomplete(sheet: Sheet, look: Look, **more: Any) -> Iterator[bytes]:
    """A page in parts, without who looks and how far the log goes: those come last (`completed`).

    No part is cut inside of what is filled in, and nothing is looked up for any of them.
    """
    shown = {
        "upto": UPTO,
        "head": HEAD,
        "after": AFTER,
        "look": replace(look, person=replace(look.person, name=WHO, csrf=CSRF)) if look.person else look,
        "sheet": sheet,
        "release": release(),
        **more,
        **sheet.data,
    }
    return (part.encode() for part in _environment(look.language).pieces(sheet.template, shown))


def prepared() -> None:
    """Read every template once, so that nobody waits for it."""
    for language in LANGUAGES:
        _environment(language).read_all()


def completed(body: bytes, look: Look) -> bytes:
    """A page, or a part of one, with who looks, and the positions at which it stands: they change with every fact, and the rest does not."""
    said = number if look.language == LANGUAGES[0] else _english_number
    holes = {UPTO: said(look.upto), HEAD: said(look.head), AFTER: str(look.head)}
    if look.person:
        holes |= {WHO: str(escape(look.person.name)), CSRF: look.person.csrf}
    for mark, text in holes.items():
        body = body.replace(mark.encode(), text.encode())
    return body


def sent(body: bytes, status: int = 200, **headers: str) -> Response[bytes]:
    """A page as an answer."""
    return Response(body, status_code=status, media_type=HTML, headers={**HEADERS, **headers})


class InParts(Response[bytes]):
    """A page as an answer that goes out while it is being written."""

    def __init__(self, parts: AsyncIterator[bytes], status: int = 200, **headers: str) -> None:
        every = {**HEADERS, **headers}
        super().__init__(b"", status_code=status, media_type=HTML, headers=every)
        self._sending = _InParts(parts, status_code=status, media_type=HTML, headers=every)

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIStreamingResponse:
        return self._sending


class _InParts(ASGIStreamingResponse):
    """Nobody listens for whoever hangs up meanwhile: what is left to write takes some milliseconds."""

    def __init__(self, parts: AsyncIterator[bytes], **more: Any) -> None:
        super().__init__(iterator=parts, **more)
        self._parts = parts

    async def send_body(self, send: Send, receive: Receive) -> None:  # noqa: ARG002 - as Litestar calls it
        async for part in self._parts:
            await send(_some(part, more=True))
        await send(_some(b"", more=False))


def _some(body: bytes, *, more: bool) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": body, "more_body": more}


@cache
def release() -> str:
    """What the templates and files of this release are, in a few letters: an address with it never changes its content."""
    site = files("services.reporting.site")
    every = [path for folder in ("templates", "static", "vendored", "words") for path in _below(site / folder)]
    return sha256(b"".join(path.read_bytes() for path in every)).hexdigest()[:16]


def _below(folder: Any) -> list[Any]:
    found = []
    for entry in sorted((one for one in folder.iterdir() if one.name != "__pycache__"), key=lambda one: one.name):
        found += _below(entry) if entry.is_dir() else [entry]
    return found


@cache
def _environment(language: str) -> Templates:
    environment = Templates("services.reporting.site")
    environment.globals |= {
        "danish": language == LANGUAGES[0],
        "field_label": partial(words.field_label, language=language),
        "state_label": partial(words.state_label, language=language),
        "field_hint": partial(words.field_hint, language=language),
        "criterion_name": partial(words.criterion, language=language),
        "grouped": grouped,
        "plain": partial(_plain, language=language),
        "becoming": partial(_becoming, language=language),
    }
    # filters, and no functions: what is written in a template is told as it is read, once
    environment.filters |= {
        "t": partial(words.say, language=language),
        "fact": _fact,
        "ref": _ref,
        "when": partial(when, language=language),
        "word": partial(word, language=language),
        "report": partial(report, language=language),
        "listed": partial(listed, language=language),
        "programme": partial(words.programme, language=language),
        "said_by": lambda event: marked(pieces(told(event, language), event, language), language),
        "told": partial(_told, language=language),
        "own": partial(own, language=language),
        "pieces": partial(marked, language=language),
        "on": lambda event: entry_of(event).on(event),
        "upper_first": lambda text: text[:1].upper() + text[1:],
        "number": number if language == LANGUAGES[0] else _english_number,
        "moment": partial(_moment, language=language),
        "name": name,
        "in_order": lambda codes: sorted(codes, key=lambda code: danish_order(name(code))),
        "municipality": partial(_municipality, language=language),
        "invented": invented,
        "made_up": made_up,
        "unsure": lambda item: item.happened is Certainty.NOT_KNOWN,
        "link": _link,
        "span": partial(_span, language=language),
    }
    return environment


def _english_number(value: float) -> str:
    return f"{value:,}"


@lru_cache(KEPT)
def _municipality(code: str, *, language: str) -> Markup:
    """A municipality's name; one that there is not is always marked."""
    if not invented(code):
        return Markup("{}").format(name(code))
    return Markup('{} <span class="badge badge-warning opdigtet">{}</span>').format(
        name(code), words.say("invented", language=language)
    )


def _told(seen: Seen, *, language: str) -> Markup:
    """A fact as a sentence, as far as it may be seen."""
    return marked(pieces(seen.sentence(language), seen.fact.event, language), language)


def _plain(value: Any, *, language: str) -> Markup:
    """A value of a fact, as a cell of a table."""
    return own(said, language) if (said := _said(value, language=language)) == value else escape(said)


def _said(value: Any, *, language: str) -> str:
    match value:
        case None | [] | () | "":
            return "–"
        case str():
            return _text(value, language)
        case list() | tuple():
            return listed([_said(one, language=language) for one in value], language)
        case dict():
            return "; ".join(
                f"{words.state_label(part, language=language)}: "
                f"{report(one, language) if part == REPORT else _said(one, language=language)}"
                for part, one in value.items()
            )
        case _:
            return str(value)


def _text(value: str, language: str) -> str:
    if _MOMENT.fullmatch(value):
        return _moment(value, language=language)
    return when(value, language) if _DATE.fullmatch(value) else word(value, language)


def _becoming(part: str, value: Any, *, language: str) -> Markup:
    """A part of a thing's state, as a cell of a table."""
    match part, value:
        case "municipality", str():
            return escape(name(value))
        case "status", str():
            return escape(words.status(value, language=language))
        case "scores", dict():
            scores = (f"{words.criterion(one, language=language)}: {score}" for one, score in value.items())
            return escape("; ".join(scores))
        case _:
            return _plain(value, language=language)


def made_up(item: Item) -> bool:
    """Is a fact of the examples?"""
    return getattr(item.seen.fact.event, "programme", None) == EXAMPLE


@lru_cache(KEPT)
def _moment(text: str, *, language: str) -> str:
    """A moment, in Copenhagen and with its zone (R0)."""
    local = instant(text).astimezone(COPENHAGEN)
    at = " kl. " if language == LANGUAGES[0] else ", "
    return f"{when(str(local.date()), language)}{at}{local:%H.%M %Z}"


def _span(span: Span | None, *, language: str) -> str:
    """The days that something can mean, in as few words as say it."""
    if span is None or (span.earliest is None and span.latest is None):
        return word("not known", language)
    first, last = span.earliest, span.latest
    if first and last and first == date(first.year, 1, 1) and last == date(first.year, 12, 31):
        return str(first.year)
    return when(str(first) if first == last else f"[{first or ''}..{last or ''}]", language)


@pass_context
def _link(context: Context, path: str, **query: Any) -> str:
    """A page's address in this page's language and on its clocks."""
    look: Look = context["look"]
    return look.to(path, **query)


@pass_context
def _fact(context: Context, text: Any, sources: Sequence[int]) -> Markup:
    return fact(context["look"], sources, text)


@pass_context
def _ref(context: Context, sources: Sequence[int]) -> Markup:
    return ref(context["look"], sources)
