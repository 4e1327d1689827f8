"""What may be asked of reporting: answers, reports, and figures of a programme, on both clocks."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from events.catalogue import OWNERS, question_key
from events.dates import local_day, parse
from events.store.chosen import Chosen
from services.asks import Answerer, NotFoundError, Told, asked, due, listing
from services.forms import (
    AnswerForm,
    FiguresForm,
    IssueAnswerForm,
    IssuedForm,
    IssueReportForm,
    IssuingForm,
    ReadsForm,
    ReportForm,
)
from services.plan import Parts
from services.reporting.documents import render_json, render_page
from services.reporting.issue import MEDIA, OvertakenError, PersonalError, issue, recorded, stored
from services.reporting.record import DOSSIER, NEEDED, dossier_at, prefix_at
from services.reporting.room import OWNER
from services.reporting.views import deadlines
from services.reporting.views.answer import UnanswerableError
from services.reporting.views.composed import OWN, Wanted, composed
from services.reporting.views.figures import programme_figures
from services.reporting.views.issued import Issued, issued_as, successor
from services.reporting.views.reads import Reads, Wanted as Read, reads
from services.reporting.views.report import UnreportableError

WAITING: Final = Chosen("waiting.3", deadlines.WANTED, deadlines.wanted)
"""The view that holds what questions wait for."""

ORDINARY: Final[Mapping[str, str]] = {"minutes": "taskforce"}
"""For whom a report is, where nobody says; the others on one thing are for the municipality."""

OVERTAKEN: Final = "report-overtaken"
"""The rule by which nothing is issued that was not looked at."""

Data = dict[str, Any]


def _day(parts: Parts, as_of: str | None) -> date:
    """The day that is asked about; today where none is."""
    return (parse(as_of).latest if as_of else None) or local_day(parts.clock())


def answer_to(form: AnswerForm) -> Wanted:
    """The answer that is asked for."""
    return Wanted("answer", question_key(form.key), as_of=form.as_of, known_at=form.known_at)


def report_by(parts: Parts, form: ReportForm) -> Wanted:
    """The report that is asked for. The overview is everyone's, whoever asks for it."""
    if form.kind == "overview":
        return Wanted(form.kind, form.about, as_of=str(_day(parts, form.as_of)), known_at=form.known_at)
    return Wanted(form.kind, form.about, form.audience or ORDINARY.get(form.kind, OWN), form.as_of, form.known_at)


def made(parts: Parts, wanted: Wanted) -> Data:
    """A report. Raises NotFoundError, with the rule where one stands against it."""
    try:
        return composed(wanted, prefix_at(parts.store.db, parts.store.prefix(wanted.known_at, *NEEDED)))
    except UnreportableError as error:
        raise NotFoundError(error.da, error.en, error.rule) from error
    except UnanswerableError as error:
        raise NotFoundError(error.da, error.en) from error


def demand_facts(found: Data) -> Data:
    """Raises NotFoundError where a report is made of no facts."""
    if not found["facts"]:
        raise NotFoundError(
            "Rapporten udstedes ikke: den bygger på ingen fakta.",
            "The report is not issued: it is made of no facts.",
            "report-empty",
        )
    return found


async def issued(parts: Parts, wanted: Wanted, form: IssuingForm) -> bytes:
    """Issue a report from all that stands on the log now, or stood at the position that is asked for."""
    await parts.reached(await parts.log.head())
    demand_facts(made(parts, wanted))
    try:
        return msgspec.json.encode(await issue(parts, wanted, actor=form.actor, expected=form.expected))
    except OvertakenError as error:
        raise NotFoundError(
            "Rapporten udstedes ikke: den ville nu blive en anden end den, der blev set på.",
            "The report is not issued: it would now be another one than was looked at.",
            OVERTAKEN,
        ) from error
    except PersonalError as error:
        raise NotFoundError(
            f"Rapporten udstedes ikke: der står noget, der ligner et CPR-nummer, i {error}.",
            f"The report is not issued: there is something like a CPR number in {error}.",
            "report-cpr",
        ) from error


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Reporting's own questions."""

    def answer(form: AnswerForm) -> bytes:
        return RENDER[form.format](made(parts, answer_to(form)))

    def report(form: ReportForm) -> bytes:
        return RENDER[form.format](made(parts, report_by(parts, form)))

    def figures(form: FiguresForm) -> bytes:
        position = parts.store.prefix(form.known_at, DOSSIER.name)
        found = programme_figures(
            dossier_at(parts.store.db, position), form.programme, _day(parts, form.as_of), form.year
        )
        return msgspec.json.encode({"position": position, "known_at": form.known_at, **found})

    def read(form: ReadsForm) -> bytes:
        position = parts.store.prefix(form.known_at, Reads.name)
        last = str(_day(parts, form.as_of)) if form.as_of else None
        wanted = Read(form.about, form.reader, form.role, last, form.before)
        found = reads(parts.store.db, wanted, position, form.limit)
        clocks = {"position": position, "as_of": form.as_of, "known_at": form.known_at}
        return msgspec.json.encode({**clocks, "reads": found})

    async def document(form: IssuedForm) -> bytes:
        name = form.report.removeprefix("report/")
        found = issued_as(parts.store.db, name) or await recorded(parts, name)  # the views may not be there yet
        if found is None:
            raise NotFoundError(f"Der er ingen rapport {form.report}.", f"There is no report {form.report}.")
        return await stored(parts, found.event, MEDIA[form.format == "json"])

    return {
        "answer": asked(AnswerForm, answer),
        "issue": asked(IssueAnswerForm, lambda form: issued(parts, answer_to(form), form)),
        "report": asked(ReportForm, report),
        "issue-report": asked(IssueReportForm, lambda form: issued(parts, report_by(parts, form), form)),
        "issued": asked(IssuedForm, document),
        "figures": asked(FiguresForm, figures),
        "reads": asked(ReadsForm, read),
        "due": due(parts.store, WAITING, deadlines.due, parts.clock, unit="question"),
        "list": listing(parts.store, OWNERS[OWNER], _with_successor(parts), Issued.name),
    }


def _with_successor(parts: Parts) -> Told:
    """Beside a report, the one that succeeds it."""

    def told(one: Data, position: int) -> Data:
        kind, _, id_ = one["thing"].partition("/")
        later = successor(parts.store.db, id_, position) if kind == "report" else None
        if later is None:
            return one
        return one | {"successor": f"report/{later}", "sentence": f"{one['sentence']} Afløst af report/{later}."}

    return told


RENDER: Final[Mapping[str, Callable[[Data], bytes]]] = {"json": render_json, "html": render_page}
"""How a report is told."""
