"""Documents: answers and reports as pages for people, and as canonical JSON for programs.

Both are pure functions of the data that `views` compose: no clock, no environment, no network, and the
same bytes for the same answer in every locale, time zone and process. A page loads nothing and runs nothing; its one
style sheet stands in it, and its content security policy allows that sheet by digest and nothing else.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from events.words import listed, when, word
from services.reporting.documents.behind import corrected, counted, fact, facts, ref
from services.reporting.documents.meeting import meeting_page
from services.reporting.documents.page import page
from services.reporting.documents.report import report_page
from services.reporting.documents.wording import (
    AUDIENCES,
    CONCEPTS,
    SCORES,
    criterion,
    days,
    instant,
    moment,
    number,
    programme,
    quantity,
    spans,
    told_value,
    unit,
    upper_first,
)
from services.reporting.documents.yearly import yearly
from services.templating import Templates

PAGES: Final[Mapping[str, tuple[str, Callable[[dict[str, Any]], Any]]]] = {
    "analysis": ("report.html.j2", report_page),
    "status": ("report.html.j2", report_page),
    "overview": ("overview.html.j2", yearly),
    "minutes": ("minutes.html.j2", meeting_page),
    "letter": ("letter.html.j2", meeting_page),
}
"""The template of each kind of report, and what arranges it for reading."""


def prepared() -> None:
    """Read every template once, so that nobody waits for it."""
    _environment().read_all()


def render_html(answer: dict[str, Any]) -> bytes:
    """The answer as a Danish page of its own, UTF-8."""
    return _rendered("answer.html.j2", answer, page(answer), answer=answer)


def render_report(report: dict[str, Any]) -> bytes:
    """A report as a Danish page of its own, UTF-8."""
    template, arranged = PAGES[report["kind"]]
    return _rendered(template, report, arranged(report), scores=SCORES, audiences=AUDIENCES, concepts=CONCEPTS)


def render_page(document: dict[str, Any]) -> bytes:
    """An answer or a report as a Danish page of its own, UTF-8."""
    return render_report(document) if "kind" in document else render_html(document)


class Fragment:
    """What an answer or a report says, as Danish HTML without a frame: to stand on a page that shows a draft of it.

    It is written part by part as it is gone through, anew each time.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def __iter__(self) -> Iterator[str]:
        document = self._document
        if "kind" in document:
            name, arranged = PAGES[document["kind"]]
            more = {"page": arranged(document), "scores": SCORES, "audiences": AUDIENCES, "concepts": CONCEPTS}
        else:
            name, more = "answer.html.j2", {"page": page(document), "answer": document}
        return _environment().pieces(name, {"frame": "fragment.j2", "document": document, **more})


def render_json(document: dict[str, Any]) -> bytes:
    """The data as canonical JSON: fields in the order composed, two spaces of indent, UTF-8, one final newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def render_atom(reports: Sequence[Mapping[str, Any]]) -> bytes:
    """A feed of issued reports, newest first, as Atom (RFC 4287); what it leads to is named without a host."""
    return _environment().get_template("reports.atom.j2").render(reports=reports).encode()


def _rendered(template: str, document: dict[str, Any], arranged: Any, **more: Any) -> bytes:
    """A document in the common frame: its data, and what was arranged of them for reading."""
    environment = _environment()
    style = environment.get_template("style.css.j2").render(
        document=document
    )  # as it stands: its digest is in the policy
    html = environment.get_template(template).render(
        document=document,
        page=arranged,
        style=style,
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
        **more,
    )
    return html.encode()


@cache
def _environment() -> Templates:
    environment = Templates("services.reporting.documents", keep_trailing_newline=True)
    environment.filters |= {
        "corrected": corrected,
        "counted": counted,
        "criterion": criterion,
        "fact": fact,
        "facts": facts,
        "instant": instant,
        "listed": listed,
        "moment": moment,
        "programme": programme,
        "number": number,
        "quantity": quantity,
        "ref": ref,
        "spans": spans,
        "told": told_value,
        "unit": unit,
        "upper_first": upper_first,
        "when": when,
        "word": word,
        "days": days,
    }
    return environment
