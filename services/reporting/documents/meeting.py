"""What the page of minutes or of a letter is given beside the document itself: its first numbers, its heading, its sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.reporting.documents.sources import Source, sources

Data = Mapping[str, Any]

COUNTED: Final = (
    ("applications", "ansøgninger", "ansøgning"),
    ("admitted", "optaget", "optaget"),
    ("waiting-list", "på venteliste", "på venteliste"),
    ("declined", "fik afslag", "fik afslag"),
    ("withdrawn", "trukket tilbage", "trukket tilbage"),
    ("undecided", "ikke afgjort", "ikke afgjort"),
)
"""The numbers at the top of minutes, each with its words for several and for one; the last three where there are some."""
ALWAYS: Final = 3
HEADINGS: Final = {
    "admitted": "I er optaget i et længerevarende forløb",
    "waiting-list": "Jeres ansøgning er sat på venteliste",
    "declined": "I er ikke optaget i et længerevarende forløb",
}


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """The document of a meeting. Its numbers and heading are those of its own kind; the other has none."""

    heading: str
    band: tuple[tuple[Data, str], ...]
    sources: tuple[Source, ...]


def meeting_page(document: Data) -> MeetingPage:
    """The page that minutes or a letter make."""
    is_letter = document["kind"] == "letter"
    heading = HEADINGS[document["decision"]["outcome"]] if is_letter else "Referat"
    band = () if is_letter else tuple(_band(document["totals"]))
    return MeetingPage(heading, band, tuple(sources(document["facts"])))


def _band(totals: Data) -> list[tuple[Data, str]]:
    return [
        (totals[name], singular if totals[name]["value"] == 1 else plural)
        for at, (name, plural, singular) in enumerate(COUNTED)
        if at < ALWAYS or totals[name]["value"]
    ]
