"""What may be asked of reporting: answers, and figures of a programme, on both clocks."""

import sqlite3
from collections.abc import Mapping
from typing import Final

import msgspec

from events.catalogue import question_key
from events.dates import local_day, parse
from events.store.chosen import Chosen
from services.asks import Answerer, NotFoundError, asked, due
from services.forms import AnswerForm, FiguresForm
from services.process import Parts
from services.reporting.documents import render_html, render_json
from services.reporting.issue import issue
from services.reporting.views import deadlines
from services.reporting.views.answer import UnanswerableError, compose
from services.reporting.views.dossier import WANTED, Dossier, gather
from services.reporting.views.figures import programme_figures

DOSSIER: Final = Chosen("dossier.3", WANTED)
"""The view that holds what answers are made of."""


def dossier_at(db: sqlite3.Connection, position: int) -> Dossier:
    """The dossier of the prefix up to a position."""
    return gather(DOSSIER.at(db, position))


def answerers(parts: Parts) -> Mapping[str, Answerer]:
    """Reporting's own questions."""

    def dossier(known_at: int | str | None) -> Dossier:
        return dossier_at(parts.store.db, parts.store.prefix(known_at))

    def composed(form: AnswerForm, found: Dossier) -> dict[str, object]:
        try:
            return compose(found, question_key(form.key), form.as_of, form.known_at)
        except UnanswerableError as error:
            raise NotFoundError(error.da, error.en) from error

    def answer(form: AnswerForm) -> bytes:
        made = composed(form, dossier(form.known_at))
        return render_html(made) if form.format == "html" else render_json(made)

    async def issued(form: AnswerForm) -> bytes:
        await parts.reached(await parts.log.head())
        found = dossier(form.known_at)
        made = composed(form, found)
        drafted = found.questions[question_key(form.key)].drafted
        if drafted is None:
            raise NotFoundError("Svaret er ikke udkastet.", "The answer has not been drafted.")
        return msgspec.json.encode(await issue(parts, question_key(form.key), made, drafted[0]))

    def figures(form: FiguresForm) -> bytes:
        day = parse(form.as_of).latest if form.as_of else None
        found = dossier(form.known_at)
        made = programme_figures(found, form.programme, day or local_day(parts.clock()), form.year)
        return msgspec.json.encode({"position": parts.store.prefix(form.known_at), "known_at": form.known_at, **made})

    return {
        "answer": asked(AnswerForm, answer),
        "issue": asked(AnswerForm, issued),
        "figures": asked(FiguresForm, figures),
        "due": due(parts.store, DOSSIER, deadlines.due, parts.clock),
    }
