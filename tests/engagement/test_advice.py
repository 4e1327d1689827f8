"""What is found and advised, and what the municipality chooses: each goes with what was said before it."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from events.decider import RefusedError
from events.engagement import (
    AdviceEvent,
    DevelopmentPlanAdopted,
    FindingMade,
    GoalSet,
    GoalStatusReported,
    RecommendationDeclined,
    RecommendationMade,
)
from services.engagement.room import EngagementRoom
from tests.support.builders import EKSEMPEL, discontinued, opened
from tests.support.spec import Spec, Told

ABOUT = "engagement/eks-1"
OPENED: Told = (ABOUT, opened())


def found(**changes: Any) -> FindingMade:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "theme": "notifications", "kind": "challenge", "text": "Vurderingen er ikke skrevet ned.",
    }  # fmt: skip
    return FindingMade(**fields | changes)


def advised(recommendation: str = "a-1", **changes: Any) -> RecommendationMade:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "recommendation": recommendation, "theme": "notifications", "text": "Indfør en skabelon.",
    }  # fmt: skip
    return RecommendationMade(**fields | changes)


def declined(recommendation: str = "a-1", **changes: Any) -> RecommendationDeclined:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "recommendation": recommendation, "reason": "En anden vej er valgt.", "on": "2031-12-08",
    }  # fmt: skip
    return RecommendationDeclined(**fields | changes)


def planned(**changes: Any) -> DevelopmentPlanAdopted:
    return DevelopmentPlanAdopted(**{"programme": EKSEMPEL, "on": "2031-12-15", "body": "Børneudvalget"} | changes)


def aimed(goal: str = "m-1", **changes: Any) -> GoalSet:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "goal": goal, "text": "Alle underretninger vurderes.", "indicator": "Andel til tiden.",
        "activity": "Skabelon.", "responsible": "afdelingslederen", "due": "2032-12",
    }  # fmt: skip
    return GoalSet(**fields | changes)


def reported(goal: str = "m-1", status: str = "in_progress", **changes: Any) -> GoalStatusReported:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "goal": goal, "status": status, "on": "2032-06-01"}
    return GoalStatusReported(**fields | changes)


def spec(*events: AdviceEvent) -> Spec:
    return Spec(EngagementRoom()).given(OPENED, *((ABOUT, event) for event in events))


EVERY = (found(), advised(), declined(), planned(), aimed(), reported())


# -- findings and recommendations


@pytest.mark.parametrize("kind", ["strength", "challenge"])
def test_strengths_and_challenges_are_found(kind: str) -> None:
    spec().when(ABOUT, found(kind=kind)).then((ABOUT, found(kind=kind)))


def test_a_finding_is_nothing_else() -> None:
    spec().when(ABOUT, found(kind="opportunity")).then_refused("finding-kind")


def test_findings_without_an_id_stand_beside_each_other() -> None:
    other = found(text="Der er ingen skabelon.")
    spec(found()).when(ABOUT, other).then((ABOUT, other))


def test_an_id_names_one_finding() -> None:
    spec(found(finding="f-1")).when(ABOUT, found(finding="f-1", text="x")).then_refused("finding-exists")
    spec(found(finding="f-1")).when(ABOUT, found(finding="f-1")).then()


def test_an_id_names_one_recommendation() -> None:
    spec().when(ABOUT, advised()).then((ABOUT, advised()))
    spec(advised()).when(ABOUT, advised()).then()
    spec(advised()).when(ABOUT, advised(text="x")).then_refused("recommendation-exists")
    spec(advised()).when(ABOUT, advised("a-2")).then((ABOUT, advised("a-2")))


def test_a_recommendation_follows_from_a_finding_that_was_made() -> None:
    wanted = advised(from_finding="f-1")
    spec(found(finding="f-1")).when(ABOUT, wanted).then((ABOUT, wanted))
    spec(found(finding="f-2")).when(ABOUT, wanted).then_refused("finding-known")


# -- the municipality's choice


def test_the_municipality_may_decline_a_recommendation_once() -> None:
    spec(advised()).when(ABOUT, declined()).then((ABOUT, declined()))
    spec(advised(), declined()).when(ABOUT, declined()).then()
    spec(advised(), declined()).when(ABOUT, declined(reason="x")).then_refused("recommendation-declined")


def test_nobody_declines_what_was_not_recommended() -> None:
    refused = spec(advised()).when(ABOUT, declined("a-9")).then_refused("recommendation-known")
    assert "a-9" in refused.da


def test_a_plan_may_be_adopted_anew() -> None:
    spec().when(ABOUT, planned()).then((ABOUT, planned()))
    spec(planned()).when(ABOUT, planned(on="2032-12-15")).then((ABOUT, planned(on="2032-12-15")))


def test_a_goal_belongs_to_an_adopted_plan() -> None:
    spec().when(ABOUT, aimed()).then_refused("plan-adopted")
    spec(planned()).when(ABOUT, aimed()).then((ABOUT, aimed()))


def test_an_id_names_one_goal() -> None:
    spec(planned(), aimed()).when(ABOUT, aimed()).then()
    spec(planned(), aimed()).when(ABOUT, aimed(text="x")).then_refused("goal-exists")


def test_a_goal_pursues_recommendations_that_were_made_and_not_declined() -> None:
    wanted = aimed(recommendations=("a-1", "a-2"))
    spec(planned(), advised(), advised("a-2")).when(ABOUT, wanted).then((ABOUT, wanted))
    refused = spec(planned(), advised()).when(ABOUT, wanted).then_refused("recommendation-known")
    assert "a-2" in refused.en
    assert "a-1" not in refused.en
    spec(planned(), advised(), advised("a-2"), declined("a-2")).when(ABOUT, wanted).then_refused(
        "recommendation-declined"
    )


@pytest.mark.parametrize(
    ("due", "on", "fits"),
    [
        ("2031-05", None, True), ("2031-04-30", None, False), ("2032-01-01", "2032-01-01", True),
        ("2031-12-31", "2032-01-01", False),
    ],
)  # fmt: skip
def test_a_goal_is_not_due_before_it_was_set(due: str, on: str | None, fits: bool) -> None:
    wanted = aimed(due=due, on=on)
    wish = spec(planned()).when(ABOUT, wanted)
    if fits:
        wish.then((ABOUT, wanted))
    else:
        wish.then_refused("goal-due")


@pytest.mark.parametrize("status", ["not_started", "in_progress", "reached", "given_up"])
def test_a_goal_has_come_so_far(status: str) -> None:
    spec(planned(), aimed()).when(ABOUT, reported(status=status)).then((ABOUT, reported(status=status)))


def test_a_status_is_on_the_scale_and_of_a_goal_that_was_set() -> None:
    spec(planned(), aimed()).when(ABOUT, reported(status="nearly")).then_refused("goal-status")
    spec(planned(), aimed()).when(ABOUT, reported("m-2")).then_refused("goal-known")


# -- the engagement around it


@pytest.mark.parametrize("wanted", EVERY)
def test_advice_waits_for_its_engagement_and_belongs_to_its_programme(wanted: AdviceEvent) -> None:
    Spec(EngagementRoom()).when(ABOUT, wanted).then_waits("engagement-known", ABOUT)
    other: Told = (ABOUT, opened(programme="boern-unge"))
    Spec(EngagementRoom()).given(other).when(ABOUT, wanted).then_refused("engagement-programme")


@pytest.mark.parametrize("wanted", EVERY)
def test_nothing_is_advised_or_chosen_when_the_engagement_has_ended(wanted: AdviceEvent) -> None:
    spec().given((ABOUT, discontinued())).when(ABOUT, wanted).then_refused("engagement-closed")


def test_what_was_said_before_the_end_may_be_said_again() -> None:
    spec(advised()).given((ABOUT, discontinued())).when(ABOUT, advised()).then()


@pytest.mark.parametrize(
    "wanted", [found(on="2031-04"), advised(on="2031-04"), declined(on="2030"), planned(on="2031-04-30"), aimed(on="2030"),
               reported(on="2031-04-30")],
)  # fmt: skip
def test_nothing_is_dated_before_the_engagement_began(wanted: AdviceEvent) -> None:
    spec().when(ABOUT, wanted).then_refused("work-date")


# -- law

ids = st.sampled_from(["1", "2"])
wishes = st.one_of(
    st.builds(found, finding=st.none() | ids, text=st.sampled_from(["x.", "y."])),
    st.builds(advised, ids, text=st.sampled_from(["x.", "y."]), from_finding=st.none() | ids),
    st.builds(declined, ids),
    st.builds(planned),
    st.builds(aimed, ids, recommendations=st.lists(ids, unique=True).map(tuple)),
    st.builds(reported, ids),
)


@given(st.lists(wishes, max_size=25))
@settings(max_examples=150)
def test_whatever_is_wished_in_whatever_order_what_is_recorded_refers_only_to_what_stands_before_it(
    wished: list[AdviceEvent],
) -> None:
    recorded: list[Told] = [OPENED]
    for wanted in wished:
        try:
            recorded += [
                (ABOUT, event) for _, event in Spec(EngagementRoom()).when(ABOUT, wanted)._decide(tuple(recorded))
            ]
        except RefusedError:
            continue
    findings: set[str | None] = set()
    made: set[str] = set()
    chosen_not: set[str] = set()
    goals: set[str] = set()
    plan = False
    for _, event in recorded[1:]:
        match event:
            case FindingMade(finding=finding):
                assert finding is None or finding not in findings
                findings.add(finding)
            case RecommendationMade(recommendation=one, from_finding=finding):
                assert one not in made and (finding is None or finding in findings)
                made.add(one)
            case RecommendationDeclined(recommendation=one):
                assert one in made - chosen_not
                chosen_not.add(one)
            case DevelopmentPlanAdopted():
                plan = True
            case GoalSet(goal=goal, recommendations=pursued):
                assert plan and goal not in goals and set(pursued) <= made - chosen_not
                goals.add(goal)
            case GoalStatusReported(goal=goal):
                assert goal in goals
            case _:
                raise AssertionError(event)
    assert len({event for _, event in recorded}) == len(recorded)
