"""What may be asked of a service, and what it answers with: one row for each `ask.<owner>.<verb>`.

The rows are held to what the services serve by a test, the answers by asking a running Spor.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from events.catalogue import OWNERS
from services.contract.parts import Schema, ref
from services.forms import (
    AnswerForm,
    BoardForm,
    DueForm,
    FiguresForm,
    Form,
    IssueAnswerForm,
    IssuedForm,
    IssueReportForm,
    ListForm,
    ReadsForm,
    ReceiptsForm,
    ReleaseForm,
    ReportForm,
    ShowForm,
    ViewsForm,
    WhyForm,
)

ALL: Final = tuple(OWNERS)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: who answers it, its form, its sentence in Danish and English, and the fields of the answer.

    Without a form, what is asked is a claim itself. An answer always has `fields`; it may have others, and may grow. `page`: it can also be asked for as HTML.
    """

    verb: str
    owners: tuple[str, ...]
    form: type[Form] | None
    da: str
    en: str
    fields: dict[str, Schema]
    example: dict[str, Any] = field(default_factory=dict)
    page: bool = False

    @property
    def name(self) -> str:
        """The verb without parameters."""
        return self.verb.partition(".")[0]


POSITION: Final[Schema] = {
    "type": "integer",
    "minimum": 0,
    "description": "The log position that the answer is made from.",
}
TEXT: Final[Schema] = {"type": "string"}
DAY: Final[Schema] = {"type": ["string", "null"], "description": "When it happened: the end of this day."}
KNOWN: Final[Schema] = {"type": ["string", "integer", "null"], "description": "When we knew: a position or a moment."}
OBJECT: Final[Schema] = {"type": "object"}
MANY: Final[Schema] = {"type": "array", "items": OBJECT}
CLOCKS: Final[dict[str, Schema]] = {"position": POSITION, "as_of": DAY, "known_at": KNOWN}
HEALTH: Final[dict[str, Schema]] = {
    "service": TEXT,
    "instance": {"type": "integer"},
    "position": POSITION,
    "waiting": {"type": "integer", "description": "How many claims wait for what is not there yet."},
    "held": {"type": "array", "items": TEXT, "description": "Things whose claims were set aside because we failed."},
    "stopped": {
        "type": "array",
        "items": TEXT,
        "description": "Views that have stopped, each with the fact it cannot fold.",
    },
}
ISSUED: Final[dict[str, Schema]] = {
    "report": TEXT,
    "position": POSITION,
    "issued_now": {"type": "boolean", "description": "False where an equal report had been issued before."},
    "prefix": {"type": "integer", "description": "The log position that the report is made from."},
    "documents": {"type": "array", "items": ref("Document")},
    "supersedes": {"type": ["string", "null"], "description": "The id of the report that it succeeds."},
}

QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        "receipts.{source}", ALL, ReceiptsForm,
        "Kvitteringerne for de meddelelser, der står på disse pladser i INBOX. Kun kildens egne.",
        "The receipts of the messages at these INBOX positions. The source's own alone.",
        {"position": POSITION, "receipts": {"type": "array", "items": ref("Receipt")}},
        {"positions": [17], "wait": 5},
    ),
    Question(
        "dry-run.{source}", ALL, None,
        "Hvad der ville ske med en indberetning: kendelsen, de fakta den ville give, og hvad dens ting ville blive til. Intet skrives.",
        "What would become of a claim: its verdict, the facts it would give, and what its things would become. Nothing is written.",
        {"dry_run": {"const": True}, "verdict": TEXT, "position": POSITION},
        {
            "specversion": "1.0", "id": "7f3c", "source": "urn:spor:source:eksempel", "type": "engagement.phase-started.v1",
            "subject": "engagement/eks-1", "data": {"programme": "eksempel", "phase": "analysis", "on": "2031-06"},
        },
    ),
    Question(
        "show", ALL, ShowForm,
        "Én ting: dens tilstand og alle fakta om den, på begge ure.",
        "One thing: its state, and every fact about it, on both clocks.",
        {"thing": TEXT, **CLOCKS, "revision": {"type": "integer"}, "state": {"type": ["object", "null"]}, "timeline": MANY},
        {"thing": "engagement/eks-1", "as_of": "2031-06-30"},
    ),
    Question(
        "list", ALL, ListForm,
        "De ting, der er, hver med sit sidste faktum.",
        "The things there are, each with its last fact.",
        {**CLOCKS, "things": MANY},
        {"kind": "engagement", "as_of": "2031-06-30"},
    ),
    Question(
        "due", ALL, DueForm,
        "Hvad der venter på nogen, og til hvornår.",
        "What waits for somebody, and until when.",
        {**CLOCKS, "programme": {"type": ["string", "null"]}, "items": MANY},
        {"programme": "eksempel", "as_of": "2031-03-01"},
    ),
    Question(
        "board", ("intake", "engagement"), BoardForm,
        "Hvordan et program står.",
        "How a programme stands.",
        {**CLOCKS, "programme": TEXT},
        {"programme": "eksempel", "as_of": "2031-03-01"},
    ),
    Question(
        "health", ALL, Form,
        "Hvor langt tjenesten har læst, hvor mange indberetninger der venter, og hvad der er sat til side.",
        "How far the service has read, how many claims wait, and what is held.",
        HEALTH,
    ),
    Question(
        "held", ALL, Form,
        "Hvad der er sat til side, fordi vi selv fejlede: hvornår, hvorfor, og hvad der står i det.",
        "What was set aside because we failed: when, why, and what it says.",
        {"position": POSITION, "held": MANY},
    ),
    Question(
        "release", ALL, ReleaseForm,
        "Prøv igen, hvad der er sat til side om en ting.",
        "Try again what is held about a thing.",
        HEALTH,
        {"thing": "engagement/eks-1"},
    ),
    Question(
        "views.{instance}", ALL, ViewsForm,
        "Visningerne i én udgave af tjenesten: hvor langt de er, og hvad der sker med en af dem. Kun driften.",
        "The views of one instance of the service: how far they are, and what is to become of one. The operator alone.",
        {"position": POSITION, "views": MANY},
        {"do": "list"},
    ),
    Question(
        "answer", ("reporting",), AnswerForm,
        "Hvad loggen svarer på et spørgsmål.",
        "What the record says to a question.",
        {**CLOCKS, "question": OBJECT, "figures": OBJECT, "lists": OBJECT, "rules": MANY, "notice": TEXT},
        {"key": "20991/SOU/7", "as_of": "2099-12-06"},
        page=True,
    ),
    Question(
        "issue", ("reporting",), IssueAnswerForm,
        "Udsted svaret: gem det, registrer det og meddel det.",
        "Issue the answer: store it, record it, announce it.",
        ISSUED,
        {"key": "20991/SOU/7", "as_of": "2099-12-06"},
    ),
    Question(
        "figures", ("reporting",), FiguresForm,
        "Et programs tal og lister; hvad der ikke vides, er sagt.",
        "The figures and lists of a programme; what is not known is said to be so.",
        {"position": POSITION, "known_at": KNOWN},
        {"programme": "eksempel", "as_of": "2031-12-31"},
    ),
    Question(
        "reads", ("reporting",), ReadsForm,
        "Hvem der har fået vist noget, som offentligheden ikke må se. Kun driften.",
        "Who was shown what the public may not see. The operator alone.",
        {**CLOCKS, "reads": MANY},
        {"about": "engagement/eks-1"},
    ),
    Question(
        "report", ("reporting",), ReportForm,
        "Analyserapporten eller statusrapporten om et forløb, årsoversigten over et program, referatet af en pulje eller brevet om en ansøgning.",
        "The analysis or status report on an engagement, the overview of a programme, the minutes of a round, or the letter on an application.",
        {**CLOCKS, "kind": TEXT, "programme": TEXT, "audience": TEXT, "notice": TEXT},
        {"kind": "overview", "about": "eksempel", "as_of": "2031-12-31"},
        page=True,
    ),
    Question(
        "why", ("reporting",), WhyForm,
        "Hvorfor: fra et tal, et punkt på en liste eller en regel til de fakta, der ligger bag, og fra et faktum til alt, hvad det hænger sammen med.",
        "Why: from a figure, a list entry or a rule to the facts behind it, and from a fact to all that hangs together with it.",
        {**CLOCKS, "facts": MANY},
        {"facts": [17]},
    ),
    Question(
        "issue-report", ("reporting",), IssueReportForm,
        "Udsted rapporten til dens modtagere.",
        "Issue the report to its audience.",
        ISSUED,
        {"kind": "overview", "about": "eksempel", "as_of": "2031-12-31"},
    ),
    Question(
        "issued", ("reporting",), IssuedForm,
        "Et dokument, som det blev udstedt.",
        "A document as it was issued.",
        {**CLOCKS, "programme": TEXT, "notice": TEXT},
        {"report": "20991-SOU-7-3f5a9c0b1d2e", "format": "json"},
        page=True,
    ),
)  # fmt: skip

REFUSED: Final[Schema] = {
    "type": "object",
    "description": "Why there is no answer. `problems` has all that is wrong with the question, by JSON pointer.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "enum": ["bad-request", "not-found", "view-stopped", "too-large", "broken"]},
                "da": TEXT,
                "en": TEXT,
                "rule": {"type": "string", "description": "The rule that stands against it, where one does."},
                "problems": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"pointer": TEXT, "en": TEXT},
                        "required": ["pointer", "en"],
                    },
                },
            },
            "required": ["code", "en"],
        }
    },
    "required": ["error"],
}


def form_schema(question: Question) -> Schema:
    """The schema of what is asked; nothing else may be asked."""
    if question.form is None:
        return ref("Claim")
    return {**question.form.model_json_schema(), "title": question.form.__name__}


def answer_schema(question: Question) -> Schema:
    """The schema of what is answered: JSON, or a page where one was asked for."""
    answer: Schema = {"type": "object", "properties": question.fields, "required": list(question.fields)}
    if not question.page:
        return answer
    page = {"type": "string", "contentMediaType": "text/html", "description": "With `format: html`."}
    return {"anyOf": [answer, page]}
