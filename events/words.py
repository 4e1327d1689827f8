"""Danish (and English) words for what the facts hold: dates, names of kinds and states, sentences.

The words are those of the glossary; nothing here says that something happened.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from json import dumps
from string import Formatter
from typing import Any, Final
from unicodedata import normalize

from babel.dates import format_date
from babel.lists import format_list

from events.dates import COPENHAGEN, OPEN, BadDateError, instant, local_day, parse
from events.decider import RefusedError
from events.municipalities import danish_order, name

LANGUAGES: Final = ("da", "en")
SAID: Final = 4096
"""The most dates whose words are kept in mind: they are slow to make, and a list has few and says them often."""

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "long": ("et længerevarende forløb", "a long engagement"),
    "short": ("et korterevarende forløb", "a short service"),
    "analysis": ("analysefasen", "the analysis phase"),
    "development": ("udviklingsfasen", "the development phase"),
    "status": ("statusfasen", "the status phase"),
    "started": ("begyndt i året", "begun in the year"),
    "in_analysis": ("i analysefasen i året", "in analysis in the year"),
    "in_development": ("i udviklingsfasen i året", "in development in the year"),
    "in_status": ("i statusfasen i året", "in the status phase in the year"),
    "completed": ("afsluttet i året", "completed in the year"),
    "legal": ("juridisk gennemgang", "legal review"),
    "social_work": ("socialfaglig vurdering", "social-work assessment"),
    "admitted": ("optaget", "admitted"),
    "waiting-list": ("sat på venteliste", "put on the waiting list"),
    "declined": ("afslået", "declined"),
    "director_signature": ("direktørens underskrift", "the director's signature"),
    "political_backing": ("dokumentation for politisk opbakning", "a record of political backing"),
    "director": ("direktøren for området", "the director of the area"),
    "strength": ("styrke", "strength"),
    "challenge": ("udfordring", "challenge"),
    "politics-and-strategy": ("politik og strategi", "politics and strategy"),
    "early-effort": ("tidlig indsats", "early effort"),
    "notifications": ("underretninger", "notifications"),
    "child-examination": ("børnefaglig undersøgelse", "child protection examination"),
    "action-plan": ("handleplan", "action plan"),
    "after-care": ("efterværn", "after-care"),
    "supervision": ("personrettet tilsyn", "supervision of the placed child"),
    "closing-of-cases": ("afslutning", "closing of cases"),
    "professional-leadership": ("faglig ledelse og sparring", "professional leadership and sparring"),
    "management-information": ("ledelsesinformation og styring", "management information"),
    "governance": ("overordnet styring og faglig ledelse", "overall governance and professional leadership"),
    "examination": ("faglig udredning", "examination"),
    "effort-and-follow-up": ("valg af indsats og opfølgning", "choice of effort and follow-up"),
    "involvement": ("inddragelse", "involvement"),
    "not_started": ("ikke begyndt", "not started"),
    "in_progress": ("i gang", "in progress"),
    "reached": ("nået", "reached"),
    "given_up": ("opgivet", "given up"),
    "teaching": ("undervisning", "teaching"),
    "sparring": ("sparring", "sparring"),
    "advice": ("rådgivning", "advice"),
    "theme-day": ("temadag", "theme day"),
    "learning-course": ("læringsforløb", "learning course"),
    "dialogue-meeting": ("dialogmøde", "dialogue meeting"),
    "talk": ("oplæg", "talk"),
    "other": ("andet", "other"),
    "kept": ("overholdt", "kept"),
    "kept_lawful_exception": ("lovlig undtagelse", "kept with lawful exception"),
    "not_kept": ("ikke overholdt", "not kept"),
    "not_relevant": ("ikke relevant", "not relevant"),
    "not_documented": ("ikke dokumenteret", "not documented"),
    "public": ("offentligheden", "the public"),
    "municipality": ("kommunen", "the municipality"),
    "taskforce": ("Task Forcen", "the Task Force"),
    "ministry": ("ministeriet", "the ministry"),
    "auditor": ("revisionen", "the auditor"),
    "municipalities": ("kommuner", "municipalities"),
    "courses": ("forløb", "engagements"),
    "counted": ("talt op", "counted"),
    "stated": ("oplyst", "stated"),
    "not known": ("ikke kendt", "not known"),
    "everything": ("alt", "everything"),
    "operator": ("driften", "the operator"),
    "release-held": ("lod prøve igen, hvad der var tilbageholdt om", "had tried again what was held about"),
    "rebuild-view": ("lod danne på ny: visningen", "had made again the view"),
    "promote-view": ("lod den nye udgave tage over i visningen", "let the new copy take over in the view"),
    "discard-view": ("kasserede den nye udgave af visningen", "threw away the new copy of the view"),
    "front-page": ("forsiden", "the front page"),
    "municipality-list": ("kommunerne", "the municipalities"),
    "municipality-page": ("en kommunes side", "a municipality's page"),
    "engagement-list": ("forløbene", "the engagements"),
    "engagement-page": ("et forløbs side", "an engagement's page"),
    "round-list": ("ansøgningspuljerne", "the application rounds"),
    "round-page": ("en ansøgningspulje", "an application round"),
    "meeting-page": ("styregruppens møde eller referat", "the steering group's meeting or minutes"),
    "application-page": ("en ansøgning", "an application"),
    "letter-page": ("brevet til en ansøger", "the letter to an applicant"),
    "question-list": ("spørgsmålene", "the questions"),
    "question-page": ("et spørgsmål", "a question"),
    "report-list": ("rapporterne", "the reports"),
    "report-page": ("en rapports side", "a report's page"),
    "draft-page": ("et udkast", "a draft"),
    "report-document": ("en rapports dokument", "a report's document"),
    "point-list": ("målepunkterne", "the measurement points"),
    "point-page": ("et katalog af målepunkter", "a catalogue of measurement points"),
    "fact-list": ("fakta", "facts"),
    "fact-page": ("et faktum", "a fact"),
    "search-page": ("en søgning", "a search"),
    "work-list": ("arbejdslisten", "the work list"),
    "own-page": ("kommunens egen side", "the municipality's own page"),
    "source-list": ("kilderne", "the sources"),
    "source-page": ("en kilde", "a source"),
    "held-list": ("det tilbageholdte", "what is held"),
    "operation-list": ("driftens handlinger", "operators' acts"),
    "reading-list": ("læsningerne", "the readings"),
    "act-form": ("en formular", "a form"),
    "report-draft": ("udkastet til et dokument", "the draft of a document"),
    "act-receipt": ("en kvittering", "a receipt"),
    "news-stream": ("nyt om en side", "the news of a page"),
}

FORBIDDEN: Final = re.compile(
    r"slut[-\s\u2010\u2011]?måling|fejl[-\s\u2010\u2011]?procent|endelige?n? måling|final measurement|error percentage",
    re.IGNORECASE,
)
"""Words that no report may say of the samples, except in a marked quotation."""

REPORTS: Final[Mapping[str, tuple[str, str]]] = {
    "analysis": ("analyserapporten", "the analysis report"),
    "status": ("statusrapporten", "the status report"),
    "answer": ("svaret", "the answer"),
    "overview": ("årsoversigten", "the yearly overview"),
    "minutes": ("referatet", "the minutes"),
    "letter": ("brevet", "the letter"),
}
"""The reports; those of an engagement are named for phases."""


def demand_allowed(texts: Iterable[str]) -> None:
    """Raise the refusal of texts with a word that no report may say of the samples."""
    # an å may come as an a and a ring, and a word with a hyphen that is seen only where the line breaks
    read = (normalize("NFC", text).replace("\u00ad", "") for text in texts)
    if found := next(filter(None, map(FORBIDDEN.search, read)), None):
        said = found.group().lower()
        raise RefusedError(
            "forbidden-word",
            f"Ordet »{said}« bruges ikke om stikprøverne. Den anden er en statusmåling, også kaldet pejling; et resultat"
            " siges som antal af de relevante sager.",
            f"The word “{said}” is not used of the samples. The second one is a status measurement, or bearing; a result"
            " is said as so many of the relevant cases.",
        )


def word(term: str, language: str = "da") -> str:
    """The word for a term; the term itself where there is none."""
    return _one_of(WORDS, term, language)


def report(term: str, language: str = "da") -> str:
    """The words for one of an engagement's reports; the term itself where there are none."""
    return _one_of(REPORTS, term, language)


def _one_of(words: Mapping[str, tuple[str, str]], term: str, language: str) -> str:
    pair = words.get(term)
    return pair[LANGUAGES.index(language)] if pair else term


def listed(items: list[str], language: str = "da") -> str:
    """A list as a phrase: "A, B og C"."""
    return _listed(tuple(items), language)


@lru_cache(SAID)
def _listed(items: tuple[str, ...], language: str) -> str:
    return format_list(items, locale=language) if items else ""


@lru_cache(SAID)
def day(value: date, language: str = "da") -> str:
    """A day in words: 6. december 2018."""
    return format_date(value, "d. MMMM y" if language == "da" else "d MMMM y", locale=language)


@lru_cache(SAID)
def when(text: str | None, language: str = "da") -> str:
    """An EDTF date in words; the text itself where it is no date."""
    if not text:
        return word("not known", language)
    try:
        parse(text)
    except BadDateError:
        return text
    if text.startswith("["):
        first, _, last = text[1:-1].partition(OPEN)
        return _between(first, last, language)
    if "/" in text:
        first, _, last = text.partition("/")
        since, to = (("siden", "til"), ("since", "to"))[LANGUAGES.index(language)]
        return (
            f"{since} {_part(first, language)}"
            if last == OPEN
            else f"{_part(first, language)} {to} {_part(last, language)}"
        )
    return _part(text, language)


def _between(first: str, last: str, language: str) -> str:
    sometime, no_sooner, no_later, and_ = (
        ("på et tidspunkt mellem", "tidligst", "senest", "og"),
        ("some time between", "no earlier than", "no later than", "and"),
    )[LANGUAGES.index(language)]
    if first and last:
        return f"{sometime} {_part(first, language)} {and_} {_part(last, language)}"
    return f"{no_sooner} {_part(first, language)}" if first else f"{no_later} {_part(last, language)}"


def _part(text: str, language: str) -> str:
    bare = text.rstrip("~")
    year, *rest = (int(number) for number in bare.split("-"))
    match rest:
        case [month, number]:
            said = day(date(year, month, number), language)
        case [month]:
            said = format_date(date(year, month, 1), "MMMM y", locale=language)
        case _:
            said = str(year)
    return f"{('omkring', 'about')[LANGUAGES.index(language)]} {said}" if text.endswith("~") else said


@lru_cache(SAID)
def moment(text: str, language: str = "da") -> str:
    """A moment in words, by the clocks of Copenhagen."""
    try:
        local = instant(text).astimezone(COPENHAGEN)
    except BadDateError:
        return text
    return f"{day(local_day(local), language)} {local:{'kl. %H.%M' if language == 'da' else 'at %H:%M'}}"


def value_(value: Any, language: str = "da") -> str:
    """Any value of a fact's, as it stands in a sentence."""
    if value is None:
        return ("ingenting", "nothing")[LANGUAGES.index(language)]
    if isinstance(value, str):
        said = word(value, language)
        return f"»{said}«" if language == "da" else f"“{said}”"
    return dumps(value, ensure_ascii=False)


def _beginning(value: Any, language: str) -> str:
    said = word(value, language)
    return said[:1].upper() + said[1:]


_LETTERS: Final[Mapping[str | None, Callable[[Any, str], Any]]] = {
    None: lambda value, _: value,
    "w": word,
    "W": _beginning,
    "l": lambda value, language: listed([word(str(item), language) for item in value or ()], language),
    "p": report,
    "d": when,
    "m": moment,
    "v": value_,
    "k": lambda value, _: name(value),
    "K": lambda value, language: listed(in_danish_order([name(code) for code in value]), language),
    "a": lambda value, language: word(value or "everything", language),
}
"""How a field is told, by the letter behind its name.

`{x!w}` a word, `{x!W}` one that begins a sentence, `{x!l}` a list of words, `{x!p}` a report, `{x!d}` a date in words,
`{x!m}` a moment in words, `{x!v}` any value, `{x!k}` a municipality's name, `{x!K}` the names of several, `{x!a}` what
something is limited to, or that it is not.
"""
_formatter: Final = Formatter()


@lru_cache(1_024)
def _read(template: str) -> tuple[tuple[str, str | None, Callable[[Any, str], Any], str], ...]:
    """A template as texts, each with the field behind it, how that is told, and its format. Raises KeyError for a letter that says nothing."""
    return tuple(
        (text, field, _LETTERS[letter], spec or "") for text, field, spec, letter in _formatter.parse(template)
    )


def sentence(template: str, event: Any, language: str = "da", **more: Any) -> str:
    """A catalogue sentence filled with an event's fields, and with others; no field stands in the format of another."""
    said = []
    for text, field, told, spec in _read(template):
        said.append(text)
        if field is not None:
            value = more[field] if field in more else _of(event, field)
            said.append(format(told(value, language), spec))
    return "".join(said)


def _of(event: Any, field: str) -> Any:
    """A field of an event, or what it leads to: `reason`, `supersedes.report`, `members[0]`."""
    return getattr(event, field) if field.isidentifier() else _formatter.get_field(f"0.{field}", (event,), {})[0]


def in_danish_order(names: list[str]) -> list[str]:
    """Names as a Danish list has them: aa as å, and æ ø å last."""
    return sorted(names, key=danish_order)
