"""What was recorded wrongly is corrected or annulled beside it, by those who may, and with all that follows from it."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from events import engagement, intake, reporting
from events.base import Annulment, Change, Correction, Event
from events.codec import Fact
from events.corrections import effective
from events.decider import Thing
from events.engagement import (
    CaseScored,
    DevelopmentPlanAdopted,
    EngagementCompleted,
    GoalSet,
    ParticipationClosed,
    ParticipationStated,
    PhaseStarted,
    PointTally,
    RecommendationMade,
    SampleScored,
    ServiceDelivered,
)
from events.inbox.verdict import Receipt
from events.store.timeline import history, standing
from services.engagement.views.progress import status
from tests.engagement.test_samples import CATALOGUE, WHOLE, drawn
from tests.support.builders import (
    EKSEMPEL,
    ESDH,
    STEPS,
    agreement,
    application,
    begun,
    claim,
    completed,
    decision,
    ending,
    figure,
    foundation,
    held,
    one_way,
    participates,
    registration,
    started,
)
from tests.support.house import House

ABOUT = "engagement/eks-1"
BROAD = "urn:spor:source:bred"
TASK_FORCE = "urn:spor:source:taskforce"
OTHER = "urn:spor:source:portal"


def corrected(position: int, field: str, was: Any, is_: Any, owner: Any = engagement, **changes: Any) -> Correction:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "position": position, "field": field, "was": was, "is_": is_,
        "reason": "Det var skrevet forkert.", "authority": "Task Forcens anden læser",
    }  # fmt: skip
    made: Correction = owner.Corrected(**fields | changes)
    return made


def annulled(position: int, owner: Any = engagement, **changes: Any) -> Annulment:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "position": position, "reason": "Det fandt ikke sted.", "authority": "Task Forcen",
    }  # fmt: skip
    made: Annulment = owner.Annulled(**fields | changes)
    return made


def verdict(receipt: Receipt) -> str:
    return receipt.refusal.rule if receipt.refusal else receipt.verdict.value


class Scene:
    """A house with one engagement, its sources, and a number for each new claim."""

    def __init__(self, house: House) -> None:
        self.house, self._claims = house, 0

    def claim(self, about: str, event: Event, source: str = ESDH) -> dict[str, Any]:
        self._claims += 1
        return claim(f"scene-{self._claims}", about, event, source=source)

    async def say(self, event: Event, about: str = ABOUT, source: str = ESDH) -> str:
        """Send one claim; its verdict, or the rule that refused it."""
        (receipt,) = await self.house.send(self.claim(about, event, source))
        return verdict(receipt)

    async def facts(self, type_: type[Event]) -> list[Fact]:
        return [fact for fact in await self.house.all_facts() if isinstance(fact.event, type_)]

    async def at(self, type_: type[Event], number: int = 0) -> int:
        """The position of the fact of a type, the first without a number."""
        return (await self.facts(type_))[number].position

    async def now(self, type_: type[Event], number: int = 0) -> Any:
        """What that fact says, as corrected."""
        return [fact.event for fact in effective(await self.house.all_facts()) if isinstance(fact.event, type_)][number]

    async def shown(self, about: str = ABOUT, as_of: str | None = None) -> dict[str, Any]:
        kind, _, id_ = about.partition("/")
        store = self.house.stores["engagement"]
        told = history(store.db, Thing(kind, id_), store.position, as_of)
        return {
            "state": status((fact.position, fact.event) for fact in standing(told)),
            "timeline": [item.shown() for item in told],
        }


async def scene(*more: dict[str, Any]) -> Scene:
    house = House()
    sources = [
        registration("taskforce", role="taskforce"),
        registration("portal"),
    ]
    receipts = await house.send(*one_way()[:-6], *sources, *more)
    assert {receipt.verdict.value for receipt in receipts} == {"recorded"}
    return Scene(house)


async def measured() -> Scene:
    """A sample of three cases, drawn, scored and closed."""
    made = await scene(
        claim("size", f"rule/{EKSEMPEL}_sample_size", intake.RuleAdopted(
            programme=EKSEMPEL, topic="sample", rule="sample_size", text="3 sager.", value=3, valid_from="2030-01-01",
            authority="styregruppen",
        )),
        claim("catalogue", "catalogue/mp-2030", CATALOGUE),
    )  # fmt: skip
    assert [await made.say(event) for event in (drawn(), WHOLE)] == ["recorded"] * 2
    return made


# -- a score


async def test_a_corrected_score_stands_beside_the_old_one_and_takes_the_tally_with_it() -> None:
    there = await measured()
    case, tally = await there.at(CaseScored), await there.at(SampleScored)
    assert await there.say(corrected(case, "/scores/1/score", "not_kept", "kept")) == "recorded"
    (correction,) = [fact.event for fact in await there.facts(engagement.Corrected)]
    assert correction == corrected(
        case, "/scores/1/score", "not_kept", "kept",
        follows=(
            Change(position=tally, field="/tally/1/not_kept", was=1, is_=None),
            Change(position=tally, field="/tally/1/kept", was=None, is_=1),
        ),
    )  # fmt: skip
    assert (await there.facts(CaseScored))[0].event.scores[1].score == "not_kept"  # type: ignore[attr-defined]
    assert (await there.now(CaseScored)).scores[1].score == "kept"
    assert (await there.now(SampleScored)).tally[1] == PointTally(
        point="MP-2", kept=1, not_relevant=1, not_documented=1
    )


async def test_a_corrected_score_must_be_on_the_scale_and_its_days_must_belong_to_it() -> None:
    there = await measured()
    case = await there.at(CaseScored)
    assert await there.say(corrected(case, "/scores/0/score", "kept", "splendid")) == "score"
    assert await there.say(corrected(case, "/scores/0/score", "kept", "Ikke et navn")) == "correction-value"
    assert await there.say(corrected(case, "/scores/0/score", "kept", 4)) == "correction-value"
    assert await there.say(corrected(case, "/scores/0/days_over", None, 12)) == "days-over"
    assert await there.say(corrected(case, "/scores/1/days_over", None, 12)) == "recorded"
    assert await there.say(corrected(case, "/scores/1/score", "not_kept", "kept")) == "days-over"
    assert (await there.now(CaseScored)).scores[1].days_over == 12


@pytest.mark.parametrize("field", ["/scores/0/point", "/case", "/sample", "/reviewer", "/programme", "/scores", "/scores/2/score", "/scores/x", "/mood", "/on/x"])  # fmt: skip
async def test_only_what_the_schema_marks_can_be_corrected(field: str) -> None:
    there = await measured()
    assert await there.say(corrected(await there.at(CaseScored), field, None, "kept")) == "correction-field"


async def test_no_scored_case_and_no_drawn_sample_can_be_annulled_under_its_tally() -> None:
    there = await measured()
    assert await there.say(annulled(await there.at(CaseScored))) == "correction-contradicts"
    assert await there.say(annulled(await there.at(engagement.SampleDrawn))) == "correction-contradicts"


async def test_a_sample_that_its_cases_have_closed_is_not_opened_by_annulling_its_tally() -> None:
    """It would be complete and never closed again: every case is scored, and there is nothing left to send."""
    made = await measured()
    assert await made.say(annulled(await made.at(SampleScored))) == "annul-derived"
    assert (await made.shown())["state"]["samples"]["1"]["scored_on"] == "2031-07-01"


async def test_a_sample_is_closed_on_the_day_of_its_last_case_and_is_corrected_with_it() -> None:
    made = await measured()
    closing, last = await made.at(SampleScored), await made.at(CaseScored, 5)
    assert await made.say(corrected(closing, "/on", "2031-07-01", "2031-06-01")) == "correction-field"
    assert await made.say(corrected(last, "/on", "2031-07-01", "2031-07-02")) == "recorded"
    assert (await made.now(CaseScored, 5)).on == (await made.now(SampleScored)).on == "2031-07-02"


async def test_a_value_of_the_wrong_kind_of_number_is_refused_and_holds_nothing() -> None:
    """To the schema 3.0 is a whole number, and to the facts it is none."""
    there = await measured()
    case, sample = await there.at(CaseScored), await there.at(engagement.SampleDrawn)
    assert await there.say(corrected(sample, "/population", 140, 3.0)) == "correction-value"
    assert await there.say(corrected(case, "/scores/1/days_over", None, 3.0)) == "correction-value"
    assert there.house.desks["engagement"].held == []


async def test_a_corrected_score_is_corrected_again_from_what_it_says_now() -> None:
    there = await measured()
    case = await there.at(CaseScored)
    first = corrected(case, "/scores/0/score", "kept", "not_kept")
    assert await there.say(first) == "recorded"
    assert await there.say(first) == "recorded"  # said again: nothing more
    assert await there.say(corrected(case, "/scores/0/score", "kept", "not_relevant")) == "correction-was"
    assert await there.say(corrected(case, "/scores/0/score", "not_kept", "not_kept")) == "correction-same"
    assert await there.say(corrected(case, "/scores/0/score", "not_kept", "kept")) == "recorded"
    assert await there.say(first) == "recorded"
    assert len(await there.facts(engagement.Corrected)) == 3
    assert (await there.now(SampleScored)).tally[0].kept == 0


async def test_a_place_in_a_list_has_one_name() -> None:
    there = await measured()
    assert await there.say(corrected(await there.at(CaseScored), "/scores/01/score", "not_kept", "kept")) == (
        "correction-field"
    )


async def test_what_was_changed_back_by_way_of_the_whole_list_is_corrected_anew() -> None:
    about = f"figure/{EKSEMPEL}_long"
    there = await scene(claim("figure", about, figure(value=2, members=("0101", "0147"), complete=True)))
    position = await there.at(reporting.FigureStated)
    one = corrected(position, "/members/1", "0147", "0151", reporting)
    assert await there.say(one, about) == "recorded"
    back = corrected(position, "/members", ["0101", "0151"], ["0101", "0147"], reporting)
    assert await there.say(back, about) == "recorded"
    assert await there.say(one, about) == "recorded"
    assert (await there.now(reporting.FigureStated)).members == ("0101", "0151")


# -- who


async def test_the_sender_and_the_task_force_correct_and_nobody_else() -> None:
    there = await scene(claim("phase", ABOUT, STEPS[0]))
    position = await there.at(PhaseStarted)
    wanted = corrected(position, "/on", "2031-06", "2031-07")
    assert await there.say(wanted, source=OTHER) == "correction-by"
    assert await there.say(annulled(position), source=OTHER) == "correction-by"
    assert await there.say(wanted, source=ESDH) == "recorded"
    assert await there.say(corrected(position, "/on", "2031-07", "2031-08"), source=TASK_FORCE) == "recorded"
    assert (await there.now(PhaseStarted)).on == "2031-08"


async def test_whoever_may_not_speak_about_a_fact_is_not_told_where_it_stands() -> None:
    there = await scene(registration("lille", municipalities=("0147",)), claim("phase", ABOUT, STEPS[0]))
    small, position = "urn:spor:source:lille", await there.at(PhaseStarted)
    for at in (position, 7, 10_000):
        assert await there.say(annulled(at), source=small) == "correction-target"
        assert await there.say(corrected(at, "/on", "2031-06", "2031-07"), source=small) == "correction-target"


async def test_a_limited_source_corrects_nothing_into_anothers_municipality() -> None:
    there = await scene(registration("lille", municipalities=("0101", "0147")))
    small, about = "urn:spor:source:lille", "short-service/k-1"
    assert await there.say(held("0101"), about, small) == "recorded"
    position = await there.at(engagement.ShortServiceHeld)
    assert (
        await there.say(corrected(position, "/municipalities", ["0101"], ["0101", "0151"]), about, small)
        == "source-municipality"
    )
    assert (
        await there.say(corrected(position, "/municipalities", ["0101"], ["0101", "0147"]), about, small) == "recorded"
    )
    assert await there.say(corrected(position, "/title", "Barnets stemme", "Barnets ord"), about, small) == "recorded"
    assert await there.say(annulled(position), about, small) == "recorded"


async def test_what_followed_from_another_fact_is_corrected_by_the_task_force_alone() -> None:
    there = await scene()
    opened = await there.at(engagement.EngagementOpened)
    wanted = corrected(opened, "/on", "2031-05-01", "2031-05-03")
    assert await there.say(wanted) == "correction-by"
    assert await there.say(wanted, source=TASK_FORCE) == "recorded"
    taking_part = await there.now(engagement.ParticipationOpened)
    assert taking_part.on == "2031-05-03"


async def test_the_correction_is_about_a_fact_of_the_same_thing_and_programme() -> None:
    broad = registration("bred", programmes=("eksempel", "andet"), role="taskforce")
    there = await scene(claim("phase", ABOUT, STEPS[0]), broad)
    rule = await there.at(intake.RuleAdopted)
    for position in (0, -1, 10_000, rule):
        assert await there.say(corrected(position, "/on", "2031-06", "2031-07")) == "correction-target"
        assert await there.say(annulled(position)) == "correction-target"
    phase = await there.at(PhaseStarted)
    none = corrected(phase, "/on", "2031-06", "2031-07", programme=None)
    assert await there.say(none, source=BROAD) == "correction-programme"
    assert await there.say(none) == "source-programme"  # who speaks for the examples alone must always say so
    assert await there.say(corrected(phase, "/on", "2031-06", "2031-07")) == "recorded"
    correction = await there.at(engagement.Corrected)
    assert await there.say(annulled(correction)) == "correction-target"
    assert await there.say(corrected(correction, "/is", "2031-07", "2031-08")) == "correction-target"


async def test_a_correction_of_another_owners_fact_is_sent_to_that_owner() -> None:
    there = await scene()
    (receipt,) = await there.house.send(there.claim("application/eks-1", corrected(9, "/on", "a", "b")))
    assert receipt.verdict.value == "invalid"
    assert [(problem.pointer, problem.code) for problem in receipt.problems] == [("/subject", "subject")]


@pytest.mark.parametrize("field", ["on", "", "/", "/a b", "/on/" + "a" * 300])
async def test_a_field_is_a_json_pointer(field: str) -> None:
    there = await scene()
    (receipt,) = await there.house.send(there.claim(ABOUT, corrected(1, field, 1, 2)))
    assert receipt.verdict.value == "invalid"
    assert "/data/field" in {problem.pointer for problem in receipt.problems}


# -- dates and their order


async def test_a_corrected_date_must_go_with_the_steps_before_and_behind_it() -> None:
    there = await scene(
        claim("a", ABOUT, started("analysis", "2031-06")), claim("b", ABOUT, completed("analysis", "2031-11"))
    )
    position = await there.at(PhaseStarted)
    assert await there.say(corrected(position, "/on", "2031-06", "2031-04")) == "phase-date"
    assert await there.say(corrected(position, "/on", "2031-06", "2031-12")) == "correction-contradicts"
    assert await there.say(corrected(position, "/on", "2031-06", "2031-08")) == "recorded"
    assert await there.say(annulled(position)) == "correction-contradicts"


async def test_what_a_later_rule_would_refuse_is_no_reason_against_a_correction() -> None:
    there = await scene(claim("a", ABOUT, started("analysis", "2031-06")))
    other = intake.RuleAdopted(
        programme=EKSEMPEL, topic="phases", rule="phases", text="En anden orden.", value=("screening", "analysis"),
        valid_from="2030-02-01", authority="styregruppen",
    )  # fmt: skip
    assert await there.say(other, f"rule/{EKSEMPEL}_phases") == "recorded"
    assert await there.say(corrected(await there.at(PhaseStarted), "/on", "2031-06", "2031-07")) == "recorded"


async def test_when_an_end_is_corrected_the_participation_ends_then_too() -> None:
    there = await scene(*[claim(f"s{at}", ABOUT, step) for at, step in enumerate(STEPS)], ending())
    position = await there.at(EngagementCompleted)
    assert await there.say(corrected(position, "/on", "2033-06-30", "2033-07-02")) == "recorded"
    assert (await there.now(EngagementCompleted)).on == "2033-07-02"
    assert (await there.now(ParticipationClosed)).on == "2033-07-02"
    assert await there.say(annulled(position)) == "annul-consequences"


# -- statements


async def test_a_corrected_statement_is_bounded_anew() -> None:
    said = participates("0101", begun=begun("2018"))
    there = await scene(claim("said", f"participation/{EKSEMPEL}_0101", said))
    position, about = await there.at(ParticipationStated), f"participation/{EKSEMPEL}_0101"
    assert await there.say(corrected(position, "/begun/when", "2018", "2019"), about) == "statement-date"
    assert await there.say(corrected(position, "/said_on", "2018-12-06", "2018-11"), about) == "recorded"
    assert (await there.now(ParticipationStated)).begun.bounded == "[2018-01-01..2018-11-30]"
    assert await there.say(corrected(position, "/begun/when", "2018", "2017"), about) == "recorded"
    assert (await there.now(ParticipationStated)).begun.bounded == "2017"
    assert await there.say(corrected(position, "/begun/bounded", "2017", "2016"), about) == "correction-field"
    assert (await there.now(ParticipationStated)).begun.bounded == "2017"


@pytest.mark.parametrize("words", [{"reason": "Fejlprocenten var forkert."}, {"authority": "Lederen af slutmålingen"}])
async def test_a_correction_says_why_without_the_words_that_no_report_may_say(words: dict[str, str]) -> None:
    """Its reason and authority stand among the sources of every report that it changes."""
    there = await measured()
    case, drawn_ = await there.at(CaseScored), await there.at(engagement.SampleDrawn)
    assert await there.say(corrected(case, "/scores/0/score", "kept", "not_kept", **words)) == "forbidden-word"
    assert await there.say(annulled(drawn_, **words)) == "forbidden-word"


async def test_a_corrected_figure_must_still_be_what_it_says() -> None:
    about = f"figure/{EKSEMPEL}_long"
    there = await scene(claim("figure", about, figure(value=2, members=("0101", "0147"), complete=True)))
    position = await there.at(reporting.FigureStated)
    assert await there.say(corrected(position, "/value", 2, 3, reporting), about) == "complete-list"
    assert (
        await there.say(corrected(position, "/members", ["0101", "0147"], ["0101", "9999"], reporting), about)
        == "correction-value"
    )
    assert (
        await there.say(corrected(position, "/members", ["0101", "0147"], ["0101", "0151"], reporting), about)
        == "recorded"
    )
    assert (await there.now(reporting.FigureStated)).members == ("0101", "0151")


async def test_a_value_that_is_the_fields_own_default_can_be_corrected_to_and_from() -> None:
    """It is not written into the fact: false, an empty list."""
    about = f"figure/{EKSEMPEL}_long"
    there = await scene(claim("figure", about, figure(value=2, members=("0101", "0147"), complete=True)))
    position = await there.at(reporting.FigureStated)
    said: tuple[tuple[bool | None, bool | None, str], ...] = (
        (True, False, "recorded"),
        (False, True, "recorded"),
        (True, True, "correction-same"),
        (True, None, "recorded"),
        (None, False, "correction-same"),
        (True, False, "correction-was"),
        (None, True, "recorded"),
    )
    for number, (was, is_, verdict_) in enumerate(said):
        wanted = corrected(position, "/complete", was, is_, reporting, reason=f"Grund nr. {number}.")
        assert await there.say(wanted, about) == verdict_
    assert (await there.now(reporting.FigureStated)).complete


async def test_a_question_has_no_programme_and_neither_has_its_correction() -> None:
    asked = msgspec.convert(
        {
            "session": "20991", "committee": "SOU", "number": "7", "committee_name": "Socialudvalget",
            "minister": "socialministeren", "asked_on": "2031-01-09", "text": "Hvor mange?",
            "citation": {"file": "x.txt", "sentence": "Hvor mange?"},
        },
        reporting.QuestionReceived,
    )  # fmt: skip
    broad = registration("bred", programmes=("eksempel", "andet"))
    there = await scene(broad, claim("asked", "question/20991-SOU-7", asked, source=BROAD))
    position = await there.at(reporting.QuestionReceived)
    wanted = corrected(position, "/asked_on", "2031-01-09", "2031-01-10", reporting, programme=None)
    assert await there.say(wanted, "question/20991-SOU-7", BROAD) == "recorded"
    number = corrected(position, "/number", "7", "8", reporting, programme=None)
    assert await there.say(number, "question/20991-SOU-7", BROAD) == "correction-field"


# -- annulling


async def test_an_annulled_fact_stands_and_counts_no_more() -> None:
    there = await scene()
    service = ServiceDelivered(programme=EKSEMPEL, kind="sparring", title="Sparring", on="2031-09-01")
    assert await there.say(service) == "recorded"
    position = await there.at(ServiceDelivered)
    assert await there.say(annulled(position)) == "recorded"
    assert await there.say(annulled(position)) == "recorded"  # said again: nothing more
    assert len(await there.facts(engagement.Annulled)) == 1
    assert await there.say(annulled(position, reason="En anden grund.")) == "annulled"
    assert await there.say(corrected(position, "/title", "Sparring", "Oplæg")) == "annulled"
    shown = await there.shown()
    assert "services" not in shown["state"]
    told = {item["position"]: item for item in shown["timeline"]}
    assert (told[position]["annulled"], told[position]["now"]) == (True, None)
    assert await there.say(service) == "recorded"  # what was annulled can be said again
    assert len((await there.shown())["state"]["services"]) == 1


async def test_what_others_rest_on_is_annulled_only_after_them() -> None:
    there = await scene()
    recommendation = RecommendationMade(
        programme=EKSEMPEL, recommendation="a-1", theme="notifications", text="Gør noget."
    )
    plan = DevelopmentPlanAdopted(programme=EKSEMPEL, on="2031-12-01", body="Børneudvalget")
    goal = GoalSet(
        programme=EKSEMPEL, goal="m-1", text="Et mål.", indicator="En måling.", activity="En handling.",
        responsible="leder", due="2032-06-01", recommendations=("a-1",),
    )  # fmt: skip
    for event in (recommendation, plan, goal):
        assert await there.say(event) == "recorded"
    at = await there.at(RecommendationMade)
    assert await there.say(annulled(at)) == "correction-contradicts"
    assert await there.say(annulled(await there.at(GoalSet))) == "recorded"
    assert await there.say(annulled(at)) == "recorded"


async def test_what_has_had_consequences_elsewhere_is_not_annulled() -> None:
    there = await scene()
    about = "application/eks-1"
    for type_ in (intake.SteeringGroupDecided, intake.AgreementConcluded):
        assert await there.say(annulled(await there.at(type_), intake), about) == "annul-consequences"
    place = await there.at(intake.PlaceTaken)
    assert await there.say(annulled(place, intake), f"year/{EKSEMPEL}_2031", TASK_FORCE) == "annul-consequences"


async def test_an_annulled_rule_is_no_rule_any_more_for_whoever_decides_by_it() -> None:
    there = await scene()
    about = f"rule/{EKSEMPEL}_phases"
    rule = next(fact.position for fact in await there.facts(intake.RuleAdopted) if str(fact.thing) == about)
    assert await there.say(annulled(rule, intake), about) == "recorded"
    assert await there.house.send(there.claim(ABOUT, STEPS[0])) == []
    assert there.house.desks["engagement"].waiting == 1  # it waits for a rule


# -- one batch, and both clocks


async def test_claims_of_one_batch_read_what_the_ones_before_them_corrected() -> None:
    there = await scene(claim("a", ABOUT, started("analysis", "2031-06")))
    position = await there.at(PhaseStarted)
    receipts = await there.house.send(
        there.claim(ABOUT, annulled(position)),
        there.claim(ABOUT, started("analysis", "2031-09")),
        there.claim(ABOUT, corrected(position + 2, "/on", "2031-09", "2031-08")),
        there.claim(ABOUT, completed("analysis", "2031-08-15")),
    )
    assert list(map(verdict, receipts)) == ["recorded"] * 4
    state = (await there.shown())["state"]
    assert state["completed_phases"] == [{"phase": "analysis", "on": "2031-08-15"}]


async def test_a_timeline_tells_the_old_value_the_new_one_and_when_it_happened_as_corrected() -> None:
    there = await scene(claim("a", ABOUT, started("analysis", "2031-06")))
    position = await there.at(PhaseStarted)
    assert await there.say(corrected(position, "/on", "2031-06", "2031-09")) == "recorded"
    now = await there.shown(as_of="2031-12-31")
    assert now["state"]["phase_since"] == "2031-09"
    told = {item["position"]: item for item in now["timeline"]}
    assert (told[position]["data"].on, told[position]["now"].on) == ("2031-06", "2031-09")
    assert told[position]["amended_by"] == (await there.at(engagement.Corrected),)
    earlier = await there.shown(as_of="2031-08-01")
    assert earlier["state"]["phase"] is None
    assert [item["type"] for item in earlier["timeline"]] == ["engagement.engagement-opened.v1"]


async def test_a_new_desk_reads_the_same_from_the_log() -> None:
    there = await measured()
    case = await there.at(CaseScored)
    assert await there.say(corrected(case, "/scores/1/score", "not_kept", "kept")) == "recorded"
    other = Scene(await House(clock=there.house.clock, journals=there.house.journals).wake())
    wanted = corrected(case, "/scores/1/score", "not_kept", "kept", reason="Igen.")
    arrival = replace(there.house.arrival(claim("another", ABOUT, wanted)), position=1000)
    await other.house.take([arrival])
    await other.house.settle()
    receipt = other.house.receipt(arrival)
    assert receipt
    assert verdict(receipt) == "correction-was"


async def test_a_short_services_municipalities_can_be_corrected() -> None:
    there = await scene(claim("short", "short-service/k-1", held("0101", "0147")))
    position = await there.at(engagement.ShortServiceHeld)
    wanted = corrected(position, "/municipalities", ["0101", "0147"], ["0101", "0151"])
    assert await there.say(wanted, "short-service/k-1") == "recorded"
    nobody = corrected(position, "/municipalities", ["0101", "0151"], [])
    assert await there.say(nobody, "short-service/k-1") == "municipalities"


async def test_a_correction_of_an_application_leaves_its_place_alone() -> None:
    house = House()
    receipts = await house.send(*foundation(capacity_per_year=1), application(), decision(), agreement())
    assert {receipt.verdict.value for receipt in receipts} == {"recorded"}
    there = Scene(house)
    position = await there.at(intake.SteeringGroupDecided)
    wanted = corrected(position, "/reasons", None, "Motiveret og klar.", intake)
    assert await there.say(wanted, "application/eks-1") == "recorded"
    assert (await there.now(intake.SteeringGroupDecided)).reasons == "Motiveret og klar."


async def test_an_admission_is_not_moved_to_a_day_that_had_no_place_for_it() -> None:
    house = House()
    later = intake.RuleAdopted(
        programme=EKSEMPEL, topic="admission", rule="capacity_per_year", text="2 pladser.", value=2,
        valid_from="2031-04-02", authority="styregruppen",
    )  # fmt: skip
    await house.send(*foundation(capacity_per_year=1), claim("two", f"rule/{EKSEMPEL}_capacity_per_year", later))
    await house.send(application(1), application(2), decision(1), decision(2, on="2031-04-02"))
    made = Scene(house)
    position = await made.at(intake.SteeringGroupDecided, 1)
    earlier = corrected(position, "/on", "2031-04-02", "2031-04-01", intake)
    assert await made.say(earlier, "application/eks-2") == "capacity"
    assert (
        await made.say(corrected(position, "/on", "2031-04-02", "2031-04-03", intake), "application/eks-2")
        == "recorded"
    )


async def test_a_rule_that_came_later_hides_no_other_reason_against_a_correction() -> None:
    made = await scene(*one_way()[-6:], ending())
    longer = intake.RuleAdopted(
        programme=EKSEMPEL, topic="phases", rule="phases", text="Fire faser.",
        value=("analysis", "development", "status", "follow_up"), valid_from="2033-05-01", authority="styregruppen",
    )  # fmt: skip
    assert await made.say(longer, f"rule/{EKSEMPEL}_phases") == "recorded"
    end = await made.at(EngagementCompleted)
    assert await made.say(corrected(end, "/on", "2033-06-30", "2033-06-14")) == "phase-date"
    assert await made.say(corrected(end, "/on", "2033-06-30", "2033-06-29")) == "recorded"
