"""What questions wait for is kept from one question to the next, and is what would be found anew among all facts."""

from datetime import date
from typing import Any

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from events.base import Event
from events.codec import Fact
from events.corrections import targets
from events.reporting import Annulled, Corrected, Document, QuestionReceived, ReportIssued
from services.reporting.queries import WAITING
from services.reporting.views.deadlines import due
from tests.reporting.test_answering import approved, dismissed, supplement, supplement_sent
from tests.reporting.test_deadlines import DRAFTED, asked, sent
from tests.support.builders import facts
from tests.support.waits import WHY, anew, demand_as_anew

DAYS = (date(2031, 2, 1), date(2031, 3, 15), date(2031, 6, 1))
ISSUED = ReportIssued(
    kind="answer", about="r-1", programme="boern-unge", question="20301-SOU-1", audience="public", as_of="2031-03-01",
    position=1, template="answer.1", documents=(Document(media="text/html", size=1, digest="0" * 64),),
)  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[Fact]:
    """Three questions from draft to sent answer and supplement, reports that may take others' places, and amendments."""
    told: list[tuple[str, Event]] = [("question/20301-SOU-1", asked())]
    for _ in range(draw(st.integers(3, 20))):
        number, at = draw(st.integers(1, 3)), draw(st.integers(1, len(told)))
        about, report = f"question/20301-SOU-{number}", f"report/r-{draw(st.integers(1, 2))}"
        said: list[tuple[str, Event]] = [
            (about, asked(number=str(number), asked_on=draw(st.sampled_from(["2031-01-20", "2031-02-01"])))),
            (about, DRAFTED),
            (about, approved(at)),
            (about, sent()),
            (about, supplement(draw(st.sampled_from([22, 23])))),
            (about, supplement_sent(at)),
            (about, dismissed(at)),
            (report, ISSUED),
            (report, replace(ISSUED, supersedes=supplement().supersedes)),
            (draw(st.sampled_from([about, told[at - 1][0]])), Annulled(position=at, **WHY)),
        ]
        if isinstance(told[at - 1][1], QuestionReceived):
            moved: dict[str, Any] = {"position": at, "field": "/asked_on", "is_": "2031-02-20", **WHY}
            said.append((told[at - 1][0], Corrected(**moved)))
        told.append(draw(st.sampled_from(said)))
    return facts(told)


@settings(max_examples=60)
@given(logs(), st.data())
def test_what_waits_is_what_would_be_found_anew(log: list[Fact], data: st.DataObject) -> None:
    demand_as_anew(WAITING, due, "question", log, DAYS, data)


@given(logs(), st.data())
def test_what_is_not_kept_says_nothing_of_what_waits(log: list[Fact], data: st.DataObject) -> None:
    """The report that takes no other's place is left out, and with it what amends it."""
    upto = data.draw(st.integers(1, len(log)))
    left_out = {fact.position for fact in log[:upto] if fact.event == ISSUED}
    kept = [fact for fact in log[:upto] if not left_out & {fact.position, *targets(fact.event)}]
    for day in DAYS:
        assert anew(due, kept, day) == anew(due, log[:upto], day)
