"""How far has it come? One flat answer for each thing, folded from its facts."""

from msgspec import to_builtins

from events.base import Event
from events.engagement import Case, CaseScored, PointTally, SampleDrawn, SampleScored
from services.engagement.views.progress import status
from tests.engagement.test_advice import advised, aimed, declined, found, planned, reported
from tests.engagement.test_work import accounted, assessed, interviewed, presented, published, received, served
from tests.support.builders import (
    EKSEMPEL,
    completed,
    discontinued,
    finished,
    held,
    leaves,
    opened,
    participates,
    started,
    takes_part,
)


def after(*events: Event) -> dict[str, object]:
    answer: dict[str, object] = to_builtins(status(enumerate(events, 1)))
    return answer


def test_an_engagement_that_goes_on_and_one_that_was_completed() -> None:
    steps = (opened(), started("status", "2033-04", planned_end="2033-06"), completed("status", "2033-06"))
    assert after(*steps[:2])["phase"] == "status"
    done = after(*steps, finished())
    assert (done["phase"], done["completed_on"]) == (None, "2033-06-30")
    assert done["completed_phases"] == [{"phase": "status", "on": "2033-06"}]


def test_an_engagement_that_was_discontinued_is_in_no_phase() -> None:
    over = after(opened(), started("analysis", "2031-06"), discontinued())
    assert (over["phase"], over["phase_since"]) == (None, None)
    assert (over["discontinued_on"], over["reason"]) == ("2032-02-01", "Området omlægges.")


def test_samples_by_their_numbers() -> None:
    drawn = SampleDrawn(
        programme=EKSEMPEL, sample=2, catalogue="mp-2030", drawn_on="2033-04-04", population=140, method="Lod.",
        review_from="2031-06-01", review_to="2033-03-31", cases=(Case(number=1, commitment="1c" * 32),), comparable=True,
    )  # fmt: skip
    case = CaseScored(programme=EKSEMPEL, sample=2, case=1, reviewer="legal", on="2033-05-02", scores=())
    closed = SampleScored(programme=EKSEMPEL, sample=2, on="2033-05-20", tally=(PointTally(point="MP-1", kept=1),))
    beginning = {
        "catalogue": "mp-2030", "drawn_on": "2033-04-04", "population": 140, "cases": 1, "comparable": True,
    }  # fmt: skip
    assert after(drawn)["samples"] == {"2": {**beginning, "reviews": 0, "scored_on": None}}
    tally = {
        "point": "MP-1", "kept": 1, "kept_lawful_exception": 0, "not_kept": 0, "not_relevant": 0, "not_documented": 0,
    }  # fmt: skip
    assert after(drawn, case, closed)["samples"] == {
        "2": {**beginning, "reviews": 1, "scored_on": "2033-05-20", "tally": [tally]}
    }


def test_recommendations_and_goals_with_what_became_of_them() -> None:
    known = after(
        found(finding="f-1"), advised(from_finding="f-1"), advised("a-2"), declined("a-2"), planned(),
        aimed(recommendations=("a-1",)), reported(status="in_progress"), reported(status="reached", on="2032-12"),
    )  # fmt: skip
    assert known["findings"] == [
        {
            "theme": "notifications", "kind": "challenge", "text": "Vurderingen er ikke skrevet ned.", "finding": "f-1",
            "on": None, "position": 1,
        },
    ]  # fmt: skip
    made = known["recommendations"]
    assert isinstance(made, dict)
    assert (made["a-1"]["from_finding"], made["a-1"]["declined"], made["a-1"]["position"]) == ("f-1", None, 2)
    assert made["a-2"]["declined"] == {
        "recommendation": "a-2", "reason": "En anden vej er valgt.", "on": "2031-12-08", "position": 4,
    }  # fmt: skip
    assert known["plan"] == {"on": "2031-12-15", "body": "Børneudvalget", "position": 5}
    goals = known["goals"]
    assert isinstance(goals, dict)
    assert goals["m-1"]["status"] == "reached"
    assert [(told["status"], told["on"]) for told in goals["m-1"]["reported"]] == [
        ("in_progress", "2032-06-01"), ("reached", "2032-12"),
    ]  # fmt: skip


def test_all_the_work_that_was_done() -> None:
    done = after(
        served(participants=24), interviewed(), received(), accounted(), assessed(), presented(), published(), served(),
    )  # fmt: skip
    services = done["services"]
    assert isinstance(services, list)
    assert [(told["title"], told["participants"], told["position"]) for told in services] == [
        ("Sparring med ledelsen", 24, 1), ("Sparring med ledelsen", None, 8),
    ]  # fmt: skip
    assert done["interviews"] == [{"group": "rådgivere", "count": 8, "on": "2031-08", "position": 2}]
    assert done["material"] == [{"kind": "procedurer", "count": 12, "on": "2031-07", "position": 3}]
    document = {"media": "application/pdf", "size": 48213, "commitment": "4e" * 32}
    assert done["account"] == {"on": "2033-04-20", "document": document, "position": 4}
    assert done["assessments"] == [
        {"area": "involvement", "text": "Børn tales oftere med.", "on": "2033-06-01", "position": 5},
    ]
    assert done["presented"] == [
        {"report": "analysis", "body": "Børneudvalget", "on": "2033-06-20", "position": 6},
    ]
    assert done["published"] == [
        {"report": "analysis", "url": "https://kommune.example/rapport", "on": "2033-06-21", "position": 7},
    ]


def test_who_takes_part_and_did_before() -> None:
    about = {"programme": EKSEMPEL, "municipality": "0101"}
    assert after(takes_part()) == {**about, "engagement": "eks-1", "since": "2031-05-01"}
    over = after(takes_part(), leaves(), participates("0101"))
    assert (over["engagement"], over["former"]) == (None, [{"engagement": "eks-1", "ended": "2033-06-30"}])
    assert isinstance(over["stated"], list)
    assert len(over["stated"]) == 1


def test_a_short_service_is_told_whole() -> None:
    assert after(held("0101", "0580")) == {
        "programme": EKSEMPEL, "kind": "theme-day", "title": "Barnets stemme", "on": "2031-10-02",
        "municipalities": ("0101", "0580"), "participants": None,
    }  # fmt: skip
