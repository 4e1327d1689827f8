"""What may be asked of reporting: answers, reports, and figures of a programme, on both clocks."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from events.catalogue import question_key
from events.codec import Fact
from events.dates import local_day, parse
from events.decider import Thing
from events.engagement import SampleDrawn
from events.store.chosen import Chosen
from events.store.timeline import facts_of
from services.asks import TIMELINE, Answerer, NotFoundError, asked, due
from services.forms import AnswerForm, FiguresForm, ReportForm
from services.process import Parts
from services.reporting.documents import render_html, render_json, render_report
from services.reporting.issue import MEDIA, PersonalError, issue_answer, issue_report
from services.reporting.views import deadlines
from services.reporting.views.analysis import analysis
from services.reporting.views.answer import UnanswerableError, compose
from services.reporting.views.dossier import WANTED, Dossier, gather
from services.reporting.views.figures import programme_figures
from services.reporting.views.overview import overview
from services.reporting.views.report import Asked, UnreportableError
from services.reporting.views.status import status

DOSSIER: Final = Chosen("dossier.3", WANTED)
"""The view that holds what answers are made of."""

Data = dict[str, Any]
OfEngagement = Callable[[Asked, list[Fact], Dossier], Data]
Composer = Callable[[Parts, ReportForm], Data]


def dossier_at(db: sqlite3.Connection, position: int) -> Dossier:
    """The dossier of the prefix up to a position."""
    return gather(DOSSIER.at(db, position))


def _of_engagement(made: OfEngagement) -> Composer:
    """A report that is made of one engagement's facts and of the rules."""

    def composed(parts: Parts, form: ReportForm) -> Data:
        position = parts.store.prefix(form.known_at, TIMELINE, DOSSIER.name)
        wanted = Asked(form.about, form.audience or "municipality", form.as_of, form.known_at)
        return made(wanted, _facts(parts, form.about, position), dossier_at(parts.store.db, position))

    return composed


def _of_programme(parts: Parts, form: ReportForm) -> Data:
    """The overview; it is everyone's, whoever asks for it."""
    found = dossier_at(parts.store.db, parts.store.prefix(form.known_at, DOSSIER.name))
    return overview(found, form.about, _day(parts, form.as_of), form.known_at)


def _day(parts: Parts, as_of: str | None) -> date:
    """The day that is asked about; today where none is."""
    return (parse(as_of).latest if as_of else None) or local_day(parts.clock())


COMPOSERS: Final[Mapping[str, Composer]] = {
    "analysis": _of_engagement(analysis),
    "status": _of_engagement(status),
    "overview": _of_programme,
}
"""How each kind of report is made."""


def _facts(parts: Parts, engagement: str, position: int) -> list[Fact]:
    """The facts of an engagement, and of the measurement points that its samples were drawn under, in their order."""
    own = facts_of(parts.store.db, Thing("engagement", engagement), position)
    names = dict.fromkeys(fact.event.catalogue for fact in own if isinstance(fact.event, SampleDrawn))
    points = [fact for name in names for fact in facts_of(parts.store.db, Thing("catalogue", name), position)]
    return sorted((*own, *points), key=lambda fact: fact.position)


def report_of(parts: Parts, form: ReportForm) -> Data:
    """The report that is asked for. Raises NotFoundError, with the rule where one stands against it."""
    try:
        return COMPOSERS[form.kind](parts, form)
    except UnreportableError as error:
        raise NotFoundError(error.da, error.en, error.rule) from error


def answer_of(parts: Parts, form: AnswerForm) -> Data:
    """The answer that is asked for. Raises NotFoundError."""
    return _composed(form, dossier_at(parts.store.db, parts.store.prefix(form.known_at, DOSSIER.name)))


def _composed(form: AnswerForm, found: Dossier) -> Data:
    try:
        return compose(found, question_key(form.key), form.as_of, form.known_at)
    except UnanswerableError as error:
        raise NotFoundError(error.da, error.en) from error


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Reporting's own questions."""

    def dossier(known_at: int | str | None) -> Dossier:
        return dossier_at(parts.store.db, parts.store.prefix(known_at, DOSSIER.name))

    def answer(form: AnswerForm) -> bytes:
        made = answer_of(parts, form)
        return render_html(made) if form.format == "html" else render_json(made)

    async def issued(form: AnswerForm) -> bytes:
        await parts.reached(await parts.log.head())
        found = dossier(form.known_at)
        made = _composed(form, found)
        drafted = found.questions[question_key(form.key)].drafted
        if drafted is None:
            raise NotFoundError("Svaret er ikke udkastet.", "The answer has not been drafted.")
        rendered = dict(zip(MEDIA, (render_html(made), render_json(made)), strict=True))
        return msgspec.json.encode(await issue_answer(parts, question_key(form.key), made, rendered, drafted[0]))

    def figures(form: FiguresForm) -> bytes:
        found = dossier(form.known_at)
        made = programme_figures(found, form.programme, _day(parts, form.as_of), form.year)
        return msgspec.json.encode(
            {"position": parts.store.prefix(form.known_at, DOSSIER.name), "known_at": form.known_at, **made}
        )

    return {
        "answer": asked(AnswerForm, answer),
        "issue": asked(AnswerForm, issued),
        "figures": asked(FiguresForm, figures),
        "due": due(parts.store, DOSSIER, deadlines.due, parts.clock),
        **_reports(parts),
    }


def _reports(parts: Parts) -> Mapping[str, Answerer]:
    """Reports on an engagement or a programme, and their issuing."""

    def report(form: ReportForm) -> bytes:
        made = report_of(parts, form)
        return render_report(made) if form.format == "html" else render_json(made)

    async def report_issued(form: ReportForm) -> bytes:
        await parts.reached(await parts.log.head())
        made = report_of(parts, form)
        if not made["facts"]:
            raise NotFoundError(
                "Rapporten udstedes ikke: den bygger på ingen fakta.",
                "The report is not issued: it is made of no facts.",
                "report-empty",
            )
        rendered = dict(zip(MEDIA, (render_report(made), render_json(made)), strict=True))
        try:
            return msgspec.json.encode(await issue_report(parts, made, rendered))
        except PersonalError as error:
            raise NotFoundError(
                f"Rapporten udstedes ikke: der står noget, der ligner et CPR-nummer, i {error}.",
                f"The report is not issued: there is something like a CPR number in {error}.",
                "report-cpr",
            ) from error

    return {"report": asked(ReportForm, report), "issue-report": asked(ReportForm, report_issued)}
