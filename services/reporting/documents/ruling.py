"""A rule as the page quotes it: its sentence, who said it and when, and whether it is known on the as-of day (R7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.words import when
from services.reporting.documents.wording import quantity

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ruling:
    """`amount` is the rule's number with its unit; `current`: it is known on the as-of day."""

    text: str
    amount: str | None
    current: bool
    said: str
    quote: str | None
    file: str | None
    terms: tuple[str, ...]
    sources: tuple[int, ...]


def ruling(rule: Data, answer: Data) -> Ruling:
    """The rule, as the answer quotes it."""
    return Ruling(
        text=rule["text"],
        amount=_amount(rule),
        current=_current(rule, answer),
        said=_said(rule),
        quote=rule["quote"],
        file=rule["file"],
        terms=_terms(rule["value"]),
        sources=tuple(rule["sources"]),
    )


def _amount(rule: Data) -> str | None:
    amount = quantity(rule["value"], rule["unit"])
    if amount is None:
        return None
    limit = {"min": "mindst ", "max": "højst "}.get(rule["rule"].rpartition("_")[2], "")
    return f"{'ca. ' if rule['approximate'] else limit}{amount}"


def _terms(value: Any) -> tuple[str, ...]:
    """A rule that is a list of words."""
    return tuple(value) if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value) else ()


def _said(rule: Data) -> str:
    if rule["valid_from"]:
        return f"Vedtaget af {rule['said_by']}; gælder fra {when(rule['valid_from'])}"
    if rule["stated_on"]:
        return f"Oplyst {when(rule['stated_on'])} af {rule['said_by']}"
    return f"Oplyst af {rule['said_by']}; svarets dato er tabt: {when(rule['stated_when'])}"


def _current(rule: Data, answer: Data) -> bool:
    """Adopted, or stated on the very day; or stated in the answer itself, whose date is lost."""
    if rule["valid_from"] or rule["stated_on"]:
        return bool(rule["valid_from"]) or rule["stated_on"] == answer["as_of"]
    question = answer["question"]
    files = {answer["facts"][str(at)]["file"] for at in question["sources"]}
    return question["answered_on"] is None and rule["file"] in files and answer["as_of"] == question["asked_on"]
