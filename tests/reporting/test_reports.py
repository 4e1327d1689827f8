"""The analysis and the status report: given facts, what they say, to whom, and what they say is not known."""

from datetime import date
from typing import Any

import msgspec
import pytest

from events.catalogue import CASEWORK, CATALOGUE, audiences
from events.codec import Fact
from events.corrections import AMENDMENTS, targets
from events.engagement import (
    AssessmentMade,
    CaseScored,
    FindingMade,
    GoalSet,
    InterviewsHeld,
    MunicipalAccountReceived,
    RecommendationMade,
    ReservationMade,
    SampleScored,
    ServiceDelivered,
)
from events.intake import Corrected as IntakeCorrected
from services.reporting.documents import render_json
from services.reporting.views.analysis import analysis
from services.reporting.views.behind import positions
from services.reporting.views.casework import stood
from services.reporting.views.dossier import Dossier, gather
from services.reporting.views.report import Asked, UnreportableError
from services.reporting.views.status import status
from tests.reporting import case
from tests.support import builders as an

Data = dict[str, Any]
FIRST_CONCEPT = {"governance": "politics-and-strategy", "examination": "notifications"}
MAKES = {"analysis": analysis, "status": status}


def rules(**values: Any) -> Dossier:
    """The programme's rules, from position 901."""
    told = enumerate(values.items(), 901)
    return gather(an.fact(at, f"rule/eksempel_{rule}", an.adopted(rule, value=value)) for at, (rule, value) in told)


def make(kind: str, facts: list[Fact], dossier: Dossier | None = None, **asked: Any) -> Data:
    return MAKES[kind](Asked("eks-1", **{"audience": "municipality"} | asked), facts, dossier or Dossier())


def incomparable() -> list[Fact]:
    """The second sample was scored on other points."""
    other = ("catalogue/mp-2", case.catalogue(title="Målepunkter 2033", law="barnets lov", points=case.POINTS[1:]))
    second = case.development("mp-2", comparable=False)
    return case.facts([other, *case.analysis_of(), *second])


def every(data: Any) -> list[Data]:
    """Every object in the data."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [*([data] if isinstance(data, dict) else []), *(one for item in inner for one in every(item))]


VARIANTS = [
    ("analysis", case.whole(), Dossier()),
    ("analysis", case.facts(case.analysis_of(**FIRST_CONCEPT)), rules(percent_from=14)),
    ("status", case.whole(), rules(concept="first", percent_from=15)),
    ("status", incomparable(), Dossier()),
]
each = pytest.mark.parametrize(("kind", "facts", "dossier"), VARIANTS)


# -- whatever the report


@each
@pytest.mark.parametrize("audience", CASEWORK)
def test_nothing_in_it_is_hidden_from_its_audience(
    kind: str, facts: list[Fact], dossier: Dossier, audience: str
) -> None:
    corrected = case.corrected(facts, case.at(facts, RecommendationMade), "/text", "x", "Nyt.")
    made = make(kind, corrected, dossier, audience=audience)
    events = {fact.position: fact.event for fact in corrected} | dossier.events
    assert made["facts"].keys() >= {str(corrected[-1].position)}
    for position, fact in made["facts"].items():
        event = events[int(position)]
        assert fact["type"] == event.tag
        for one in [events[at] for at in targets(event)] if isinstance(event, AMENDMENTS) else [event]:
            assert audience in audiences(one)
            assert all(audience in seen_by for seen_by in CATALOGUE[one.tag].hidden.values())


@each
def test_every_number_and_text_leads_to_facts(kind: str, facts: list[Fact], dossier: Dossier) -> None:
    made = make(kind, facts, dossier)
    assert {str(at) for at in positions(made)} == made["facts"].keys()
    for one in every({name: value for name, value in made.items() if name != "facts"}):
        if {"text", "value", "count", "on"} & one.keys():
            assert one["sources"] or one.get("value") == 0, one
    assert "Opdigtet" not in made["notice"] and made["invented"] is True


@each
def test_its_face_says_what_it_is(kind: str, facts: list[Fact], dossier: Dossier) -> None:
    made = make(kind, facts, dossier)
    day = {"analysis": "2031-11-20", "status": "2033-06-15"}[kind]
    assert (made["kind"], made["engagement"], made["programme"]) == (kind, "eks-1", "eksempel")
    assert made["municipality"]["code"] == "0101" and made["audience"] == "municipality"
    assert (made["as_of"], made["template"]) == (day, f"{kind}.2")
    assert made["known_at"] == made["position"] == max(map(int, made["facts"]))


@each
@pytest.mark.parametrize("audience", ["public", "ministry"])
def test_others_get_it_only_as_it_was_published(kind: str, facts: list[Fact], dossier: Dossier, audience: str) -> None:
    with pytest.raises(UnreportableError, match="published") as refused:
        make(kind, facts, dossier, audience=audience)
    assert refused.value.rule == "report-audience"


def test_what_comes_after_it_leaves_the_analysis_as_it_is_byte_for_byte() -> None:
    early = make("analysis", case.facts(case.analysis_of()))
    assert render_json(make("analysis", case.whole())) == render_json(early)
    later = case.corrected(case.whole(), case.at(case.whole(), AssessmentMade), "/text", "x", "y")
    assert render_json(make("analysis", later)) == render_json(early)
    gone = case.annulled(case.whole(), case.at(case.whole(), CaseScored, sample=2))
    assert render_json(make("analysis", gone)) == render_json(early)


def test_a_correction_changes_todays_report_and_not_the_earlier_one() -> None:
    facts = case.whole()
    before = make("analysis", facts)
    score = case.at(facts, CaseScored, sample=1, case=10, reviewer="legal")
    now = case.corrected(facts, score, "/scores/0/score", "not_kept", "kept")
    after = make("analysis", now)
    text = [made["measurement"]["reviews"][0]["points"][0]["tally"]["text"] for made in (before, after)]
    assert text == ["9 af 14 relevante sager", "10 af 14 relevante sager"]
    assert after["position"] == now[-1].position
    assert render_json(make("analysis", now[: len(facts)])) == render_json(before)
    assert after["facts"][str(score)] == before["facts"][str(score)]  # the fact stands
    assert "rettede" in after["facts"][str(now[-1].position)]["sentence"]


def test_a_corrected_text_and_a_corrected_date_say_so() -> None:
    facts = case.whole()
    finding = case.at(facts, FindingMade, finding="f2")
    made = make("analysis", case.corrected(facts, finding, "/text", "…", "Målene er ukendte."))
    (challenge,) = made["sections"][0]["challenges"]
    assert (challenge["text"], challenge["corrected"]) == ("Målene er ukendte.", [len(facts) + 1])
    moved = make("analysis", case.corrected(facts, finding, "/on", "2031-10-20", "2031-12-24"))
    assert moved["sections"][0]["challenges"] == []  # it had not been found on that day


def test_an_annulled_finding_is_gone_and_the_report_knows_of_it() -> None:
    facts = case.whole()
    now = case.annulled(facts, case.at(facts, FindingMade, finding="f2"))
    made = make("analysis", now)
    assert made["sections"][0]["challenges"] == [] and made["totals"]["challenges"]["value"] == 1
    assert made["position"] == now[-1].position


@pytest.mark.parametrize("on", ["2031-11", "2031/..", "[2031-11-10..2031-11-30]", "2031-11-20~"])
def test_what_may_not_have_happened_yet_is_left_out_and_named(on: str) -> None:
    facts = case.facts(
        [*case.analysis_of(), (case.ENGAGEMENT, case.finding("involvement", "challenge", "Måske.", on=on))]
    )
    made = make("analysis", facts, as_of="2031-11-20")
    (unknown,) = made["unknown"]
    assert "vides ikke" in unknown["text"] and "Måske." in unknown["text"]
    assert unknown["sources"] == [facts[-1].position]
    assert made["sections"][3]["challenges"] == []
    later = make("analysis", facts, as_of="2031-12-31")
    assert [len(later["unknown"]), len(later["sections"][3]["challenges"])] == ([1, 0] if on == "2031/.." else [0, 1])


def test_a_reservation_concerns_its_own_report() -> None:
    made = {kind: make(kind, case.whole()) for kind in MAKES}
    assert [item["text"] for item in made["analysis"]["reservations"]] == [
        "Kommunen har ændret sin vagtordning efter dataindsamlingen."
    ]
    assert [item["text"] for item in made["status"]["reservations"]] == ["To ledere er skiftet ud i foråret."]
    unclear = ReservationMade(programme=case.E, report="status", text="x", on="2031-11")
    facts = case.facts([*case.analysis_of(), (case.ENGAGEMENT, unclear)])
    assert make("analysis", facts)["unknown"] == []


@pytest.mark.parametrize(
    ("kind", "facts", "as_of", "rule"),
    [
        ("analysis", case.facts(case.analysis_of()[:10]), None, "report-sample"),
        ("analysis", case.whole(), "2031-09-29", "report-sample"),
        ("status", case.facts(case.analysis_of()), None, "report-sample"),
        ("status", case.whole(), "2033-04-19", "report-sample"),
        ("status", [f for f in case.whole() if not isinstance(f.event, MunicipalAccountReceived)], None, "report-account"),
        ("analysis", [], None, "report-engagement"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_yet_is_refused(kind: str, facts: list[Fact], as_of: str | None, rule: str) -> None:
    with pytest.raises(UnreportableError) as refused:
        make(kind, facts, as_of=as_of)
    assert refused.value.rule == rule
    assert refused.value.da and str(refused.value) and refused.value.da != str(refused.value)


def test_a_first_sample_that_was_closed_after_the_second_is_missing_where_the_status_stands_on_it() -> None:
    position = case.at(case.whole(), SampleScored, sample=1)
    late = case.corrected(case.whole(), position, "/on", "2031-09-30", "2034-01-10")
    with pytest.raises(UnreportableError) as refused:
        make("status", late, as_of="2033-12-31")
    assert (refused.value.rule, "nr. 1," in refused.value.da) == ("report-sample", True)
    assert make("status", late)["as_of"] == "2034-01-10"


def test_an_account_that_may_not_have_come_is_not_there() -> None:
    told = [(s, msgspec.structs.replace(e, on="2033-06") if isinstance(e, MunicipalAccountReceived) else e)
            for s, e in [*case.analysis_of(), *case.development()]]  # fmt: skip
    with pytest.raises(UnreportableError, match="account"):
        make("status", case.facts(told), as_of="2033-06-15")


# -- the analysis


def test_the_second_concept_has_four_areas_and_two_appendices() -> None:
    made = make("analysis", case.whole())
    assert made["concept"]["concept"] == "second"
    assert [(c["number"], c["heading"]) for c in made["chapters"]] == [
        ("1", "Sammenfatning, baggrund og indhold"),
        ("2", "Overordnet styring og faglig ledelse"),
        ("3", "Faglig udredning"),
        ("4", "Valg af indsats og opfølgning"),
        ("5", "Inddragelse"),
        ("Bilag 1", "Resultat af sagsgennemgangen"),
        ("Bilag 2", "Datakilder og metode"),
    ]
    governance = made["sections"][0]
    assert [item["text"] for item in governance["strengths"]] == ["Ledelsen følger sagstallet hver uge."]
    assert [item["recommendation"] for item in governance["recommendations"]] == ["a1"]
    assert [review["reviewer"] for review in made["measurement"]["reviews"]] == ["legal", "social_work"]


def test_the_first_concept_has_six_chapters_and_ten_themes() -> None:
    made = make("analysis", case.facts(case.analysis_of(**FIRST_CONCEPT)))
    assert made["concept"]["concept"] == "first"
    assert [c["heading"] for c in made["chapters"]] == [
        "Indledning", "Resumé og anbefalinger", "Temaer", "Nøgletalsanalyse", "Resultat af sagsgennemgang",
        "Resultat af interview",
    ]  # fmt: skip
    assert [section["listed"] for section in made["sections"]] == [*[True] * 10, False]
    assert made["sections"][-1]["theme"] == "involvement"  # of neither list of this concept, and not lost
    assert [item["text"] for item in made["sections"][-1]["strengths"]] == ["Forældre indkaldes tidligt."]


@pytest.mark.parametrize(
    ("rule", "chosen"), [("first", "first"), ("second", "second"), ("third", "first"), (7, "first")]
)
def test_the_rule_of_the_day_it_opened_decides_the_concept(rule: Any, chosen: str) -> None:
    facts = case.facts(case.analysis_of(**FIRST_CONCEPT))
    made = make("analysis", facts, rules(concept=rule))
    assert made["concept"]["concept"] == chosen
    assert (made["concept"]["by"] == "rule") is (rule == chosen) and (901 in made["concept"]["sources"]) is (
        rule == chosen
    )


def test_a_concept_adopted_after_it_opened_is_not_its_own() -> None:
    later = an.fact(901, "rule/eksempel_concept", an.adopted("concept", value="first", valid_from="2031-05-02"))
    assert make("analysis", case.whole(), gather([later]))["concept"]["concept"] == "second"


def test_a_corrected_rule_leads_to_its_correction() -> None:
    rule = an.fact(901, "rule/eksempel_percent_from", an.adopted("percent_from", value=20))
    wrong = IntakeCorrected(position=901, field="/value", was=20, is_=17, reason="Tastefejl.", authority="styregruppen")
    corrected = an.fact(902, "rule/eksempel_percent_from", wrong)
    before, after = (make("analysis", case.whole(), gather(told)) for told in ([rule], [rule, corrected]))
    assert before["measurement"]["percent_from"] == {"value": 20, "sources": [901]}
    assert after["measurement"]["percent_from"] == {"value": 17, "sources": [901, 902]}
    assert (before["position"], after["position"]) == (901, 902)
    assert "rettede" in after["facts"]["902"]["sentence"]


def test_a_finding_of_no_concept_has_a_section_by_its_own_word() -> None:
    facts = case.facts(
        [*case.analysis_of(), (case.ENGAGEMENT, case.finding("ungdomskontakt", "strength", "Den virker."))]
    )
    made = make("analysis", facts)
    assert [section["heading"] for section in made["sections"]][4:] == ["Ungdomskontakt"]
    assert made["chapters"][5] == {
        "chapter": "area",
        "number": "6",
        "heading": "Ungdomskontakt",
        "theme": "ungdomskontakt",
    }


def test_data_sources_and_method() -> None:
    made = make("analysis", case.whole())
    data, measurement = made["data"], made["measurement"]
    assert [(row["group"], row["count"]) for row in data["interviews"]] == [
        ("medarbejdere i myndighedsafdelingen", 6), ("ledere", 3),
    ]  # fmt: skip
    assert (data["interviews_total"]["value"], data["material_total"]["value"]) == (9, 8)
    assert (data["collection"]["from"], data["collection"]["to"]) == ("2031-06-05", "2031-09-30")
    assert (measurement["population"]["value"], measurement["size"]["value"]) == (212, 20)
    assert (measurement["review_from"], measurement["review_to"]) == ("2029-06-01", "2031-05-31")
    assert "Stikprøven er på 20 sager" in measurement["note"]["text"] and "generelt" in measurement["note"]["text"]


def test_a_case_whose_score_was_annulled_is_missing() -> None:
    facts = case.whole()
    now = case.annulled(facts, case.at(facts, CaseScored, sample=1, case=20, reviewer="social_work"))
    made = make("analysis", now)
    assert [item["text"] for item in made["unknown"]] == [
        "Målepunktet MP-KVALITET i stikprøve nr. 1: 1 af 20 sager har ingen score."
    ]


def test_what_the_task_force_is_says_its_own_rules() -> None:
    told = [an.adopted("purpose", topic="purpose", text="Task Forcen hjælper kommuner.", value=None)]
    dossier = gather(an.facts([("rule/eksempel_purpose", event) for event in told]))
    assert [rule["text"] for rule in make("analysis", case.whole(), dossier)["purpose"]] == [
        "Task Forcen hjælper kommuner."
    ]


# -- the status report


def test_what_became_of_each_recommendation() -> None:
    made = make("status", case.whole())
    outcome = {item["recommendation"]: item for item in made["recommendations"]}
    assert {id_: item["outcome"] for id_, item in outcome.items()} == {
        "a1": "not known", "a2": "pursued", "a3": "declined",
    }  # fmt: skip
    assert outcome["a3"]["declined"]["reason"] == "Kommunen prioriterer arbejdsgangen for underretninger."
    (goal,) = outcome["a2"]["goals"]
    assert (goal["goal"], goal["status"]["status"], goal["status"]["on"]) == ("m1", "reached", "2032-12-15")
    assert [made["totals"][name]["value"] for name in ("recommendations", "pursued", "declined", "goals")] == [
        3,
        1,
        1,
        2,
    ]


def test_the_status_of_a_goal_is_that_of_the_day() -> None:
    facts = [*case.whole(), an.fact(999, case.ENGAGEMENT, case.state("m1", "given_up", "2033-06-14"))]
    assert make("status", facts)["plan"]["goals"][0]["status"]["status"] == "given_up"
    assert make("status", facts, as_of="2033-06-13")["plan"]["goals"][0]["status"]["status"] == "reached"
    assert make("status", facts)["plan"]["goals"][1]["status"] is None


def test_comparable_samples_stand_side_by_side() -> None:
    measurement = make("status", case.whole())["measurement"]
    assert measurement["comparable"]["value"] is True and measurement["apart"] == []
    legal, social = measurement["side_by_side"]
    assert [(p["point"], p["first"]["text"], p["second"]["text"]) for p in legal["points"]] == [
        ("MP-UND-24", "9 af 14 relevante sager", "12 af 15 relevante sager"),
        ("MP-SAMTALE", "14 af 17 relevante sager", "16 af 18 relevante sager"),
        ("MP-TILSYN", "ingen relevante sager", "1 af 1 relevant sag"),
    ]
    assert [(p["first"]["text"], p["second"]["text"]) for p in social["points"]] == [
        ("10 af 20 relevante sager", "13 af 20 relevante sager"),
    ]


@pytest.mark.parametrize("value", [False, None])
def test_samples_that_are_not_known_to_be_comparable_stand_apart(value: bool | None) -> None:
    facts = incomparable() if value is False else case.facts([*case.analysis_of(), *case.development(comparable=None)])
    measurement = make("status", facts)["measurement"]
    assert measurement["comparable"]["value"] is value and measurement["side_by_side"] == []
    assert [part["sample"] for part in measurement["apart"]] == [1, 2]
    assert ("kan ikke sammenlignes" in measurement["comparable"]["text"]) is (value is False)
    assert ("»Målepunkter 2031« og »Målepunkter 2033«" in measurement["comparable"]["text"]) is (value is False)


def test_the_services_are_told_with_their_totals() -> None:
    services = make("status", case.whole())["services"]
    assert [(row["title"], row["on"], row["participants"]) for row in services["delivered"]] == [
        ("Sparring om undersøgelser", "2032-03-03", 8),
        ("Barnets stemme", "2032-04-11", 25),
        ("Sparring om tilsyn", "2032-09", None),
    ]
    assert services["total"]["value"] == 3 and services["participants"]["value"] == 33
    assert {row["kind"]: row["value"] for row in services["by_kind"]} == {"sparring": 2, "teaching": 1}
    assert services["without_participants"]["value"] == 1


def test_how_many_took_part_is_not_known_where_no_service_says_it() -> None:
    told = [(s, e) for s, e in [*case.analysis_of(), *case.development()]
            if not isinstance(e, ServiceDelivered) or e.participants is None]  # fmt: skip
    services = make("status", case.facts(told))["services"]
    assert (services["total"]["value"], services["without_participants"]["value"]) == (1, 1)
    assert services["participants"] is None


def test_the_account_is_named_and_is_not_there() -> None:
    account = make("status", case.whole())["account"]
    assert (account["on"], account["media"], account["size"]["value"]) == ("2033-04-10", "application/pdf", 482133)
    assert account["commitment"] == "b" * 64


def test_the_status_stands_on_what_was_gathered_after_the_analysis() -> None:
    data = make("status", case.whole())["data"]
    assert [(row["group"], row["count"], row["on"]) for row in data["interviews"]] == [("ledere", 2, "2033-04-02")]
    assert (data["material"], data["material_total"]) == ([], {"value": 0, "sources": []})


def test_each_area_is_assessed_or_says_that_it_is_not() -> None:
    areas = make("status", case.whole())["assessments"]
    assert {area["area"]: len(area["texts"]) for area in areas} == {
        "governance": 1, "examination": 1, "effort-and-follow-up": 0, "involvement": 0,
    }  # fmt: skip


def test_only_the_engagement_itself_is_read() -> None:
    facts = case.whole()
    strange = an.fact(
        999, "engagement/eks-9", ServiceDelivered(programme=case.E, kind="other", title="x", on="2032-01-01")
    )
    assert render_json(make("status", [*facts, strange])) == render_json(make("status", facts))
    assert stood([strange], "eks-1").by(date.max).happened == ()


def test_all_kinds_of_fact_of_the_case_are_used() -> None:
    """What the example holds is shown somewhere: a fact type that no report knows would go unseen."""
    facts = case.whole()
    shown = {at for kind in MAKES for at in make(kind, facts)["facts"]}
    unseen = {type(fact.event) for fact in facts if str(fact.position) not in shown}
    # an earlier status of a goal is followed by a later one
    assert unseen <= {type(fact.event) for fact in facts if fact.event.tag == "engagement.goal-status-reported.v1"}
    assert {GoalSet, InterviewsHeld, SampleScored} & unseen == set()
