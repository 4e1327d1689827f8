"""Minutes of a meeting and letters on applications: what they say, to whom, and what changes them."""

from typing import Any

import pytest

from events.base import Event
from events.intake import Annulled, Corrected, InterestDeclared, PlaceTaken
from events.reporting import ReportIssued
from events.words import FORBIDDEN
from services.reporting.again import Told
from services.reporting.documents import render_json, render_page
from services.reporting.views.composed import Wanted, composed, followed, settled, succeeding
from services.reporting.views.report import UnreportableError
from services.reporting.views.succession import alterations
from tests.reporting.test_facts_behind import Walked, every, is_told
from tests.support.builders import (
    EKSEMPEL,
    adopted,
    agreed,
    assessed,
    decided,
    facts,
    opened_round,
    promoted,
    released,
    requested,
    submitted,
    taken,
    withdrawn,
)

Data = dict[str, Any]
ROUND = "2031-1"
RULES: list[tuple[str, Event]] = [
    (f"rule/{EKSEMPEL}_{name}", adopted(name, text=text, **more))
    for name, text, more in (
        ("capacity_per_year", "Der kan optages fire kommuner om året.", {}),
        ("criteria", "En ansøgning vurderes på tre kriterier.", {"value": ("motivation",)}),
        ("political_adoption", "Aftalen skal være politisk vedtaget.", {}),
    )
]
"""The capacity at position 1, the criteria at 2, the political adoption at 3."""
FIRST, SECOND, THIRD = "application/eks-1", "application/eks-2", "application/eks-3"
MEETING: list[tuple[str, Event]] = [
    *RULES,
    (f"round/{ROUND}", opened_round()),  # 4
    (FIRST, submitted()),
    (SECOND, submitted(municipality="0147", received_at="2031-02-27T09:00:00+01:00")),
    (THIRD, submitted(municipality="0151", received_at="2031-02-26T09:00:00+01:00")),
    (FIRST, assessed(5, 4, 3)),  # 8
    (SECOND, assessed(3, 3, 3)),
    (THIRD, InterestDeclared(programme=EKSEMPEL, body="Ankestyrelsen", on="2031-03-25")),  # 10
    (FIRST, decided(reasons="Ledelsen er parat.", rules=(1,))),  # 11
    (f"year/{EKSEMPEL}_2031", taken()),  # 12
    (SECOND, decided("waiting-list", reasons="Alle fire pladser er taget.")),  # 13
    (THIRD, decided("declined", reasons="Ansøgningen siger ikke, hvad kommunen vil.", bodies=("departementet",))),  # 14
]


def log_of(told: list[tuple[str, Event]]) -> Told:
    return Told(one.body for one in facts(told))


def make(kind: str, about: str, told: list[tuple[str, Event]] = MEETING, **more: Any) -> Data:
    log = log_of(told)
    audience = more.pop("audience", "taskforce" if kind == "minutes" else "municipality")
    return settled(Wanted(kind, about, audience, **more), log.prefix(len(told)), log.prefix)


def page(made: Data) -> str:
    return render_page(made).decode()


def test_minutes_have_each_application_in_the_order_in_which_they_came() -> None:
    made = make("minutes", ROUND)
    assert [one["application"] for one in made["applications"]] == ["eks-3", "eks-2", "eks-1"]
    third, second, first = made["applications"]
    assert [one["decisions"][0]["outcome"] for one in (first, second, third)] == [
        "admitted",
        "waiting-list",
        "declined",
    ]
    assert first["decisions"][0]["reasons"] == "Ledelsen er parat." and first["decisions"][0]["sources"] == [11]
    assert [score["score"] for score in first["assessments"][0]["scores"]] == [5, 4, 3]
    assert third["interests"] == [
        {"body": "Ankestyrelsen", "declared_on": "2031-03-25", "sources": [10], "corrected": []}
    ]
    assert {name: one["value"] for name, one in made["totals"].items()} == {
        "applications": 3, "admitted": 1, "waiting-list": 1, "declined": 1, "withdrawn": 0, "undecided": 0,
    }  # fmt: skip
    places = made["places"]
    assert [places[name]["value"] for name in ("capacity", "taken", "free")] == [4, 1, 3]
    assert places["free"]["sources"] == [1, 12]
    assert (made["as_of"], made["position"], made["template"]) == ("2031-04-01", 14, "minutes.2")


def test_the_ministrys_minutes_have_decisions_and_reasons_and_nothing_of_the_applications() -> None:
    made = make("minutes", ROUND, audience="ministry")
    said = render_json(made).decode()
    assert "Ledelsen er parat." in said and "Ansøgningen siger ikke" in said
    assert "Vurdering af" not in said and "2031-03-25" not in said and "2031-02-2" not in said
    named = {one["application"]: (one["municipality"] or {}).get("code") for one in made["applications"]}
    assert named == {"eks-1": "0101", "eks-2": None, "eks-3": None}, (
        "a place names who has it; nothing names the others"
    )


def test_minutes_of_an_earlier_day_do_not_count_what_came_later() -> None:
    later = [
        *MEETING,
        (FIRST, withdrawn(on="2031-05-02")),
        (f"year/{EKSEMPEL}_2031", released()),
        (SECOND, promoted(on="2031-05-06")),
        (f"year/{EKSEMPEL}_2031", taken(application="eks-2", municipality="0147")),
    ]
    for audience in ("taskforce", "ministry"):
        before = make("minutes", ROUND, audience=audience)
        then = make("minutes", ROUND, later, as_of="2031-04-01", audience=audience)
        assert then == {**before, **{name: then[name] for name in ("position", "known_at", "root")}}
    now = make("minutes", ROUND, later)
    assert now["as_of"] == "2031-05-06"
    assert {name: one["value"] for name, one in now["totals"].items() if one["value"]} == {
        "applications": 3, "admitted": 1, "declined": 1, "withdrawn": 1,
    }  # fmt: skip
    assert [now["places"][name]["value"] for name in ("taken", "free")] == [1, 3]


def test_without_a_rule_the_places_are_not_known_and_no_number() -> None:
    made = make("minutes", ROUND, [(f"rule/{EKSEMPEL}_criteria", adopted("criteria")), *MEETING[3:10], MEETING[13]])
    assert [made["places"][name]["value"] for name in ("capacity", "free")] == [None, None]
    assert any("Hvor mange pladser" in item["text"] for item in made["unknown"])
    assert "ikke kendt" in page(made)


@pytest.mark.parametrize(
    ("application", "heading", "outcome", "rules"),
    [
        ("eks-1", "I er optaget i et længerevarende forløb", "admitted", [1, 2]),
        ("eks-2", "Jeres ansøgning er sat på venteliste", "waiting-list", [1, 2]),
        ("eks-3", "I er ikke optaget i et længerevarende forløb", "declined", [2]),
    ],
)
def test_a_letter_has_the_decision_its_reasons_and_the_rules_it_rests_on(
    application: str, heading: str, outcome: str, rules: list[int]
) -> None:
    made = make("letter", application)
    assert made["decision"]["outcome"] == outcome and made["decision"]["reasons"]
    assert [rule["sources"] for rule in made["rules"]] == [[at] for at in rules]
    said = page(made)
    assert heading in said and made["decision"]["reasons"] in said
    assert "Vurdering af" not in said, "how it was assessed is not the municipality's to see"
    assert made["next"] and "Task Forcen" in said


def test_the_letter_on_an_admission_says_what_must_be_done_by_which_rule_and_what_no_rule_says() -> None:
    made = make("letter", "eks-1")
    assert made["next"][1] == {
        "text": "Inden aftalen kan indgås: Aftalen skal være politisk vedtaget.", "until": None, "sources": [3],
    }  # fmt: skip
    assert [item["text"] for item in made["unknown"]] == [
        "Hvornår aftalen senest skal være indgået: ingen vedtaget regel har en frist."
    ]


def test_a_letter_on_the_waiting_list_says_what_is_missing_and_until_when() -> None:
    told = [*MEETING[:9], (SECOND, requested("political_backing", due="2031-04-20")), *MEETING[9:]]
    step = make("letter", "eks-2", told)["next"][0]
    assert "dokumentation for politisk opbakning" in step["text"] and step["until"] == "2031-04-20"
    assert "Senest <a" in page(make("letter", "eks-2", told)) and "20. april 2031" in page(
        make("letter", "eks-2", told)
    )


def test_an_admission_from_the_waiting_list_is_a_letter_of_its_own_day() -> None:
    told = [*MEETING, (SECOND, promoted())]
    assert make("letter", "eks-2", told)["as_of"] == "2031-05-06"
    assert "fra ventelisten" in page(make("letter", "eks-2", told))
    before = make("letter", "eks-2", told, as_of="2031-04-01")
    assert before["decision"]["outcome"] == "waiting-list"


@pytest.mark.parametrize(
    ("kind", "about", "told", "more", "rule"),
    [
        ("minutes", "2032-1", MEETING, {}, "report-round"),
        ("minutes", ROUND, MEETING[:10], {}, "report-decision"),
        ("minutes", ROUND, MEETING, {"as_of": "2031-03-31"}, "report-decision"),
        ("minutes", ROUND, MEETING, {"audience": "municipality"}, "report-audience"),
        ("minutes", ROUND, MEETING, {"audience": "public"}, "report-audience"),
        ("letter", "eks-1", MEETING, {"audience": "ministry"}, "report-audience"),
        ("letter", "eks-9", MEETING, {}, "report-round"),
        ("letter", "eks-1", MEETING[:10], {}, "report-decision"),
        ("letter", "eks-1", [*MEETING, (FIRST, withdrawn())], {"as_of": "2031-05-02"}, "report-withdrawn"),
    ],
)
def test_what_cannot_be_made_is_refused_by_a_rule(
    kind: str, about: str, told: list[tuple[str, Event]], more: Data, rule: str
) -> None:
    with pytest.raises(UnreportableError) as refused:
        make(kind, about, told, **more)
    assert refused.value.rule == rule


@pytest.mark.parametrize(("kind", "about", "field"), [("minutes", ROUND, "/applications/2"), ("letter", "eks-1", "")])
def test_a_corrected_reason_gives_a_successor_that_says_what_and_why(kind: str, about: str, field: str) -> None:
    correction = Corrected(
        programme=EKSEMPEL, position=11, field="/reasons", was="Ledelsen er parat.", is_="Ledelsen har sat tid af.",
        reason="Forkert ordlyd.", authority="Task Forcen",
    )  # fmt: skip
    log = log_of([*MEETING, (FIRST, correction)])
    wanted = Wanted(kind, about, "taskforce" if kind == "minutes" else "municipality", "2031-04-01")
    former, prefix = composed(wanted, log.prefix(14)), log.prefix(15)
    made = succeeding(settled(wanted, prefix, log.prefix), former, "the-former", prefix)
    (change,) = made["succeeds"]["changes"]
    assert (change["was"], change["is"]) == ("Ledelsen er parat.", "Ledelsen har sat tid af.")
    assert change["field"].startswith(field) and change["what"].endswith("begrundelse")
    assert [reason["reason"] for reason in made["succeeds"]["reasons"]] == ["Forkert ordlyd."]
    assert "rettet" in page(made) and "Hvad der er ændret" in page(made)


def redated(day: str) -> Corrected:
    """The admission of the first, dated otherwise."""
    return Corrected(
        programme=EKSEMPEL, position=11, field="/on", was="2031-04-01", is_=day, reason="Forkert dag.", authority="Task Forcen"
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "about"), [("minutes", ROUND), ("letter", "eks-1")])
@pytest.mark.parametrize(
    ("as_of", "more", "then"),
    [
        ("2031-04-01", [(FIRST, redated("2031-04-08"))], "2031-04-08"),
        ("2031-04-01", [(FIRST, redated("2031-03-30"))], "2031-04-01"),
        ("2031-04-20", [(FIRST, redated("2031-04-08"))], "2031-04-20"),
        ("2031-04-01", [(FIRST, redated("2031-04-08")), (FIRST, Annulled(position=11, reason="Nej.", authority="x"))], "2031-04-01"),
        ("2031-04-01", [(SECOND, promoted(on="2031-05-06"))], "2031-04-01"),
        ("2031-04-01", [], "2031-04-01"),
    ],
    ids=["later", "earlier", "within", "annulled", "another decision", "nothing"],
)  # fmt: skip
def test_what_tells_a_decision_is_of_the_later_day_that_it_is_dated_to(
    kind: str, about: str, as_of: str, more: list[tuple[str, Event]], then: str
) -> None:
    made = make(kind, about, as_of=as_of)
    issued = ReportIssued(
        kind=kind, about=about, programme=EKSEMPEL, audience=made["audience"], as_of=as_of, position=14,
        template=made["template"], documents=(),
    )  # fmt: skip
    log = log_of([*MEETING, *more])
    assert followed(issued, log.prefix(14 + len(more)), log.prefix).as_of == then


def test_what_does_not_concern_a_letter_leaves_it_as_it_is() -> None:
    before = make("letter", "eks-1")
    log = log_of([*MEETING, (FIRST, agreed()), (SECOND, withdrawn())])
    after = composed(Wanted("letter", "eks-1", "municipality", "2031-04-01"), log.prefix(16))
    assert alterations(before, after) == [] and after["position"] == before["position"]


def rendered() -> list[Data]:
    more: list[tuple[str, Event]] = [*MEETING, (SECOND, promoted())]
    return [
        make("minutes", ROUND), make("minutes", ROUND, audience="ministry"), make("minutes", ROUND, more),
        *(make("letter", f"eks-{number}", more) for number in (1, 2, 3)),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_every_figure_entry_and_rule_leads_to_facts_and_no_word_is_one_that_may_not_be_used(number: int) -> None:
    made = rendered()[number]
    read = Walked(page(made))
    assert [text for text, behind in read.texts if not behind] == []
    entries = [entry for entry in read.entries if not entry[2]]
    assert entries and [entry for entry in entries if not entry[1]] == []
    told = [one for one in every({name: made[name] for name in made if name != "facts"}) if is_told(one)]
    assert told and [one for one in told if not one.get("sources") and one.get("value") != 0] == []
    assert FORBIDDEN.search(page(made)) is None


def test_a_place_of_another_round_of_the_year_is_taken_too() -> None:
    told = [*MEETING, (f"year/{EKSEMPEL}_2031", taken(application="andre-1", municipality="0159", place=2))]
    assert isinstance(told[-1][1], PlaceTaken)
    assert make("minutes", ROUND, told)["places"]["free"]["value"] == 2
