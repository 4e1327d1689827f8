"""The site's own words, in both languages: the one place where they stand. What facts say is told by `events.words`."""

from collections.abc import Mapping
from typing import Any, Final

from events.words import LANGUAGES, word
from services.reporting.site.acts.answering_words import ANSWERING_WORDS
from services.reporting.site.acts.becoming_words import BECOMING_WORDS
from services.reporting.site.acts.fields import Field
from services.reporting.site.acts.table import CRITERIA
from services.reporting.site.acts.words import ACT_WORDS
from services.reporting.site.issuing.words import ISSUE_WORDS
from services.reporting.site.words.audit import AUDIT
from services.reporting.site.words.casework import CASEWORK
from services.reporting.site.words.frame import FRAME
from services.reporting.site.words.programme import PROGRAMME
from services.reporting.site.words.record import RECORD

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **ACT_WORDS,
    **ANSWERING_WORDS,
    **BECOMING_WORDS,
    **ISSUE_WORDS,
    **FRAME,
    **PROGRAMME,
    **RECORD,
    **CASEWORK,
    **AUDIT,
}
"""By what it is for; `{…}` is filled in."""

PROGRAMMES: Final = ("boern-unge", "handicap", "eksempel")
"""Programmes that have a name in words; another is called by its short name."""


def say(key: str, *, language: str, **more: Any) -> str:
    """The words for something, and those for one of it where there is one alone. Raises KeyError where there are none."""
    if str(more.get("count")) == "1" and f"{key}-one" in WORDS:
        key = f"{key}-one"
    said = WORDS[key][LANGUAGES.index(language)]
    return said.format(**more) if more else said


def programme(name: str, *, language: str) -> str:
    """A programme by its name in words."""
    return say(name, language=language) if name in PROGRAMMES else name


def field_label(act: str, name: str, *, language: str) -> str:
    """What a field of a form is called: by its act, by where it stands, or by its own name."""
    steps = [step for step in name.split(".") if not step.isdigit()]
    keys = (f"field-{act}-{steps[-1]}", f"field-{'-'.join(steps)}", f"field-{steps[-1]}")
    found = next((key for key in keys if key in WORDS), None)
    return say(found, language=language) if found else steps[-1].replace("_", " ").capitalize()


def state_label(name: str, *, language: str) -> str:
    """What a part of a thing's state is called."""
    key = f"state-{name}"
    return say(key, language=language) if key in WORDS else name.replace("_", " ")


def status(name: str, *, language: str) -> str:
    """What the state of an application is called."""
    key = f"status-{name}"
    return say(key, language=language) if key in WORDS else word(name, language)


def field_hint(field: Field, *, language: str) -> str:
    """What goes into a field, by its kind; nothing where what can be chosen stands there."""
    key = f"hint-{field.last}" if f"hint-{field.last}" in WORDS else f"hint-{field.kind}"
    return say(key, language=language) if key in WORDS and not field.options else ""


def criterion(name: str, *, language: str) -> str:
    """A criterion by its name in words."""
    told = say(name, language=language) if name in CRITERIA else name.replace("_", " ")
    return told[:1].upper() + told[1:]
