"""Why a claim would not be recorded, at the fields that it is about, and with its dates as people write them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from events.words import moment, when
from services.reporting.site.acts.fields import Wrong

AT: Final[Mapping[str, tuple[str, ...]]] = {
    "correction-value": ("is",), "correction-same": ("is",), "correction-field": ("is",),
    "correction-contradicts": ("is",), "url": ("url",), "outcome": ("outcome",), "capacity": ("outcome",),
    "admitted-by-promotion": ("outcome",), "application-incomplete": ("outcome",), "interest-declared": ("bodies",),
    "round-exists": ("year",), "year": ("year",), "round-dates": ("deadline",), "deadline": ("received_at",),
    "round-open": ("received_at",), "already-submitted": ("municipality",), "invented-municipality": ("municipality",),
    "director-signature": ("director_signature.on",), "request-dates": ("due",), "reminder-due": ("due",),
    "completion-days": ("due",), "completion-deadline": ("on",), "parts": ("parts", "director_signature.role"),
    "part-present": ("parts",), "phase-known": ("phase",), "phase-order": ("phase",), "phase-date": ("on",),
    "work-date": ("on",), "answer-date": ("on",), "decision-order": ("on",), "report-kind": ("report",),
    "report-sample": ("report",), "report-account": ("report",), "block": ("blocks.0.block",), "held-about": ("about",),
}  # fmt: skip
"""The fields that a rule's no is about, where it is about one; the first of them that the form has."""
BEFORE: Final = "-before-application"
"""How the rules end that want nothing dated before the application."""
CPR: Final = (
    "Her står noget, der kan være et CPR-nummer. Skriv det uden; intet er gemt.",
    "This may be a CPR number. Write it without; nothing was stored.",
)
HELD: Final = (
    "Noget om det samme er tilbageholdt, fordi vi selv fejlede. Vent, til det er frigivet.",
    "Something about the same is held, because we failed. Wait until it is released.",
)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY: Final = re.compile(r"(?<![\w/-])\d{4}-\d\d-\d\d(?![\w/-])", re.ASCII)


def refused(tried: Mapping[str, Any], names: Sequence[str]) -> list[Wrong]:
    """Why a claim would not be recorded; `names` are the form's fields."""
    match tried:
        case {"verdict": "refused", "refusal": {"rule": rule, "da": da, "en": en}}:
            return [Wrong(_about(rule, names), *_said(da, en))]
        case {"verdict": "invalid", "problems": problems}:
            return [_problem(problem, names) for problem in problems]
        case {"verdict": "held"}:
            return [Wrong(None, *HELD)]
        case _:
            return []


def _about(rule: str, names: Sequence[str]) -> str | None:
    fields = ("on",) if rule.endswith(BEFORE) else AT.get(rule, ())
    return next((field for field in fields if field in names), None)


def _problem(problem: Mapping[str, Any], names: Sequence[str]) -> Wrong:
    name = problem["pointer"].removeprefix("/data/").replace("/", ".")
    words = CPR if problem["code"] == "cpr" else (problem["da"], problem["en"])
    return Wrong(name if name in names else None, *words)


def _said(da: str, en: str) -> tuple[str, str]:
    """A rule's no with its dates in words: it is made for programs as well."""
    return _dated(da, "da"), _dated(en, "en")


def _dated(text: str, language: str) -> str:
    whole = _MOMENT.sub(lambda found: moment(found[0], language), text)
    return _DAY.sub(lambda found: when(found[0], language), whole)
