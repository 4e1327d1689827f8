"""One engagement: opened by an agreement, then its phases in the order of the rule adopted for the day."""

from typing import Any

import msgspec
import pytest

from events.decider import Thing
from services.engagement.reactions import reaction
from services.engagement.room import EngagementRoom
from tests.support.builders import (
    EKSEMPEL,
    adopted,
    agreed,
    completed,
    decided,
    discontinued,
    fact,
    finished,
    leaves,
    opened,
    opened_round,
    participates,
    registered,
    started,
    submitted,
    taken,
    takes_part,
)
from tests.support.spec import Spec, Told

ABOUT = "engagement/eks-1"
PHASES: Told = (f"rule/{EKSEMPEL}_phases", adopted("phases"))
OPENED: Told = (ABOUT, opened())
PARTICIPATION = f"participation/{EKSEMPEL}_0101"
TAKES_PART: Told = (PARTICIPATION, takes_part())


def spec(*facts: Told) -> Spec:
    return Spec(EngagementRoom()).given(*facts)


def steps(*made: Any) -> list[Told]:
    return [(ABOUT, step) for step in made]


ANALYSED = steps(started("analysis", "2031-06"), completed("analysis", "2031-11"))
DEVELOPED = steps(started("development", "2031-12"), completed("development", "2033-03"))
CLOSED = steps(started("status", "2033-04"), completed("status", "2033-06"))


# -- opening


def test_an_agreement_asks_for_the_engagement_that_takes_the_applications_id() -> None:
    cause = fact(9, "application/eks-7", agreed(municipality="0147", on="2031-05-03"))
    asked = reaction(cause)
    assert asked is not None
    assert (asked.cause, asked.thing) == (cause, Thing("engagement", "eks-7"))
    assert asked.wanted == opened(municipality="0147", application="eks-7", on="2031-05-03")


@pytest.mark.parametrize(
    ("subject", "event"),
    [
        ("source/esdh", registered()), (f"rule/{EKSEMPEL}_phases", adopted("phases")), ("round/2031-1", opened_round()),
        ("application/eks-1", submitted()), ("application/eks-1", decided()), (f"year/{EKSEMPEL}_2031", taken()),
        (ABOUT, opened()), (ABOUT, started("analysis", "2031-06")), (f"participation/{EKSEMPEL}_0101", participates("0101")),
    ],
)  # fmt: skip
def test_no_other_fact_asks_for_anything(subject: str, event: Any) -> None:
    assert reaction(fact(9, subject, event)) is None


def test_an_engagement_is_opened_once_and_its_municipality_takes_part() -> None:
    spec().when(ABOUT, opened()).then(OPENED, TAKES_PART)
    spec(OPENED, TAKES_PART).when(ABOUT, opened(on="2032-01-01")).then()


def test_a_municipality_has_one_open_engagement_in_a_programme() -> None:
    second = opened(application="eks-2", on="2032-01-01")
    refused = spec(OPENED, TAKES_PART).when("engagement/eks-2", second).then_refused("engagement-open")
    assert "eks-1" in refused.en


@pytest.mark.parametrize(
    ("changes", "about"),
    [({"municipality": "0147"}, f"{EKSEMPEL}_0147"), ({"programme": "boern-unge"}, "boern-unge_0101")],
)
def test_another_municipality_and_another_programme_have_their_own(changes: dict[str, Any], about: str) -> None:
    second = opened(application="eks-2", **changes)
    taking: Told = (f"participation/{about}", takes_part(engagement="eks-2", **changes))
    spec(OPENED, TAKES_PART).when("engagement/eks-2", second).then(("engagement/eks-2", second), taking)


def test_when_the_engagement_has_ended_the_municipality_may_take_part_again() -> None:
    second = opened(application="eks-2", on="2034-01-01")
    taking: Told = (PARTICIPATION, takes_part(engagement="eks-2", on="2034-01-01"))
    over: tuple[Told, ...] = ((ABOUT, finished(rules=(1,))), (PARTICIPATION, leaves()))
    spec(OPENED, TAKES_PART, *over).when("engagement/eks-2", second).then(("engagement/eks-2", second), taking)


def test_what_somebody_said_about_taking_part_keeps_nobody_out() -> None:
    said: Told = (PARTICIPATION, participates("0101"))
    spec(said).when(ABOUT, opened()).then(OPENED, TAKES_PART)
    spec(OPENED, TAKES_PART, said).when("engagement/eks-2", opened()).then_refused("engagement-open")


# -- phases


def test_the_phases_follow_each_other_to_the_end() -> None:
    history = [PHASES, OPENED]
    for _, wanted in (*ANALYSED, *DEVELOPED, *CLOSED):
        kept = msgspec.structs.replace(wanted, rules=(1,))
        spec(*history).when(ABOUT, wanted).then((ABOUT, kept))
        history.append((ABOUT, kept))


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ([], started("development", "2031-06")),
        ([], started("status", "2031-06")),
        ([], completed("analysis", "2031-06")),
        (ANALYSED[:1], started("analysis", "2031-07")),
        (ANALYSED[:1], started("development", "2031-07")),
        (ANALYSED[:1], completed("development", "2031-07")),
        (ANALYSED, started("analysis", "2031-12")),
        (ANALYSED, started("status", "2031-12")),
        (ANALYSED, completed("analysis", "2031-12")),
        ([*ANALYSED, *DEVELOPED, *CLOSED], started("analysis", "2034")),
        ([*ANALYSED, *DEVELOPED, *CLOSED], started("status", "2034")),
        ([*ANALYSED, *DEVELOPED, *CLOSED], completed("status", "2034")),
    ],
)
def test_no_phase_is_skipped_repeated_or_completed_before_it_began(before: list[Told], wanted: Any) -> None:
    spec(PHASES, OPENED, *before).when(ABOUT, wanted).then_refused("phase-order", sources=[1])


@pytest.mark.parametrize("wanted", [started("pilot", "2031-06"), completed("pilot", "2031-06")])
def test_a_phase_that_the_rule_does_not_know_is_refused(wanted: Any) -> None:
    refused = spec(PHASES, OPENED).when(ABOUT, wanted).then_refused("phase-known", sources=[1])
    assert refused.en == "The phase must be one of analysis, development, status."


@pytest.mark.parametrize(
    ("on", "fits"),
    [
        ("2031-05-01", True), ("2031-04-30", False), ("2031-05", True), ("2031-04", False), ("2031", True), ("2030", False),
        ("2031-04~", True), ("2031-04-30~", True), ("[2031-01-01..2031-05-01]", True), ("[2031-01-01..2031-04-30]", False),
    ],
)  # fmt: skip
def test_a_phase_does_not_begin_when_it_is_certain_that_the_engagement_had_not_begun(on: str, fits: bool) -> None:
    wish = spec(PHASES, OPENED).when(ABOUT, started("analysis", on))
    if fits:
        wish.then((ABOUT, started("analysis", on, rules=(1,))))
    else:
        wish.then_refused("phase-date")


@pytest.mark.parametrize(
    ("on", "fits"), [("2031-06", True), ("2031-06-01", True), ("2031-05-31", False), ("2032", True)]
)
def test_a_phase_is_not_completed_before_it_began(on: str, fits: bool) -> None:
    wish = spec(PHASES, OPENED, *ANALYSED[:1]).when(ABOUT, completed("analysis", on))
    if fits:
        wish.then((ABOUT, completed("analysis", on, rules=(1,))))
    else:
        wish.then_refused("phase-date")


@pytest.mark.parametrize(
    ("on", "fits"), [("2031-09", False), ("2031-10-14", False), ("2031-10-15", True), ("2031-10", True)]
)
def test_a_vague_date_between_does_not_let_time_run_backwards(on: str, fits: bool) -> None:
    before = steps(started("analysis", "2031-10-15", rules=(1,)), completed("analysis", "2031", rules=(1,)))
    wish = spec(PHASES, OPENED, *before).when(ABOUT, started("development", on))
    if fits:
        wish.then((ABOUT, started("development", on, rules=(1,))))
    else:
        wish.then_refused("phase-date")


@pytest.mark.parametrize("on", ["[..2031-06]", "2031-06/..", "[2031-06..]"])
def test_a_step_may_be_open_to_one_side_only_where_a_day_can_be_named(on: str) -> None:
    wish = spec(PHASES, OPENED).when(ABOUT, started("analysis", on))
    if on.startswith("[.."):
        wish.then_refused("phase-date")
    else:
        wish.then((ABOUT, started("analysis", on, rules=(1,))))


def test_a_phase_of_an_unknown_engagement_waits_for_it() -> None:
    spec(PHASES).when(ABOUT, started("analysis", "2031-06")).then_waits("engagement-known", ABOUT)
    spec(PHASES).when(ABOUT, completed("analysis", "2031-06")).then_waits("engagement-known", ABOUT)


def test_a_phase_of_another_programme_is_refused() -> None:
    other: Told = (ABOUT, opened(programme="boern-unge"))
    spec(PHASES, other).when(ABOUT, started("analysis", "2031-06")).then_refused("engagement-programme")


# -- rules


def test_without_a_rule_of_phases_for_the_day_a_phase_waits() -> None:
    spec(OPENED).when(ABOUT, started("analysis", "2031-06")).then_waits("no-rule", f"rule/{EKSEMPEL}_phases")
    later: Told = (PHASES[0], adopted("phases", valid_from="2031-07-01"))
    early = spec(later, OPENED).when(ABOUT, started("analysis", "2031-06")).then_waits("no-rule", PHASES[0])
    assert "on this date (2031-06-30)" in early.en


def test_the_rule_of_the_last_day_that_the_date_can_mean_decides() -> None:
    newer: Told = (PHASES[0], adopted("phases", value=("survey", "development"), valid_from="2031-06-30"))
    spec(PHASES, newer, OPENED).when(ABOUT, started("survey", "2031-06")).then(
        (ABOUT, started("survey", "2031-06", rules=(2,)))
    )
    spec(PHASES, newer, OPENED).when(ABOUT, started("analysis", "2031-06")).then_refused("phase-known", sources=[2])
    spec(PHASES, newer, OPENED).when(ABOUT, started("analysis", "2031-06-29")).then(
        (ABOUT, started("analysis", "2031-06-29", rules=(1,)))
    )


@pytest.mark.parametrize("value", [(), "analysis", True, 3, None])
def test_a_rule_of_phases_that_is_no_list_of_names_refuses(value: Any) -> None:
    odd: Told = (PHASES[0], adopted("phases", value=value))
    spec(odd, OPENED).when(ABOUT, started("analysis", "2031-06")).then_refused("rule-value", sources=[1])


def test_an_order_that_is_changed_on_the_way_repeats_no_phase_and_leaves_none_out() -> None:
    other: Told = (PHASES[0], adopted("phases", value=("development", "analysis", "status"), valid_from="2031-12-01"))
    turned = spec(PHASES, other, OPENED, *ANALYSED)
    turned.when(ABOUT, started("analysis", "2031-12")).then_refused("phase-order", sources=[2])
    turned.when(ABOUT, started("development", "2031-12")).then((ABOUT, started("development", "2031-12", rules=(2,))))
    last: Told = (PHASES[0], adopted("phases", value=("development", "analysis"), valid_from="2031-12-01"))
    unfinished = spec(PHASES, last, OPENED, TAKES_PART, *ANALYSED)
    unfinished.when(ABOUT, finished("2032-01-01")).then_refused("phases-completed", sources=[2])


def test_a_phase_that_is_going_on_can_be_completed_under_a_rule_that_has_it_no_more() -> None:
    shorter: Told = (PHASES[0], adopted("phases", value=("analysis", "status"), valid_from="2032-01-01"))
    history = [PHASES, shorter, OPENED, *ANALYSED, *DEVELOPED[:1]]
    spec(*history).when(ABOUT, completed("development", "2033-03")).then(
        (ABOUT, completed("development", "2033-03", rules=(2,)))
    )
    spec(*history).when(ABOUT, finished("2033-03-31")).then_refused("phases-completed", sources=[2])


# -- the end

WHOLE = [PHASES, OPENED, TAKES_PART, *ANALYSED, *DEVELOPED, *CLOSED]


def test_an_engagement_is_completed_after_its_last_phase_and_its_municipality_leaves() -> None:
    spec(*WHOLE).when(ABOUT, finished()).then((ABOUT, finished(rules=(1,))), (PARTICIPATION, leaves()))


@pytest.mark.parametrize("before", [[], ANALYSED, [*ANALYSED, *DEVELOPED], [*ANALYSED, *DEVELOPED, *CLOSED[:1]]])
def test_an_engagement_is_not_completed_before_its_last_phase(before: list[Told]) -> None:
    spec(PHASES, OPENED, TAKES_PART, *before).when(ABOUT, finished()).then_refused("phases-completed", sources=[1])


def test_the_rule_of_the_day_says_which_phase_is_the_last() -> None:
    shorter: Told = (PHASES[0], adopted("phases", value=("analysis", "development"), valid_from="2033-04-01"))
    history = [PHASES, shorter, OPENED, TAKES_PART, *ANALYSED, *DEVELOPED]
    spec(*history).when(ABOUT, finished("2033-03-31")).then_refused("phases-completed", sources=[1])
    spec(*history).when(ABOUT, finished("2033-04-01")).then(
        (ABOUT, finished("2033-04-01", rules=(2,))), (PARTICIPATION, leaves("2033-04-01"))
    )


@pytest.mark.parametrize("before", [[], ANALYSED[:1], ANALYSED, [*ANALYSED, *DEVELOPED, *CLOSED]])
def test_an_engagement_may_be_discontinued_at_any_time(before: list[Told]) -> None:
    spec(PHASES, OPENED, TAKES_PART, *before).when(ABOUT, discontinued("2033-07")).then(
        (ABOUT, discontinued("2033-07")), (PARTICIPATION, leaves("2033-07"))
    )


@pytest.mark.parametrize("wanted", [finished("2033-05-31"), discontinued("2033-05-31")])
def test_an_engagement_does_not_end_before_its_last_step(wanted: Any) -> None:
    spec(*WHOLE).when(ABOUT, wanted).then_refused("phase-date")


@pytest.mark.parametrize("wanted", [finished(), discontinued()])
def test_an_unknown_engagement_and_one_of_another_programme_do_not_end(wanted: Any) -> None:
    spec(PHASES).when(ABOUT, wanted).then_waits("engagement-known", ABOUT)
    other: Told = (ABOUT, opened(programme="boern-unge"))
    spec(PHASES, other).when(ABOUT, wanted).then_refused("engagement-programme")


@pytest.mark.parametrize("ended", [finished(rules=(1,)), discontinued("2033-06-30")])
@pytest.mark.parametrize(
    "wanted", [started("analysis", "2034"), completed("status", "2034"), finished("2034"), discontinued("2034")]
)
def test_when_an_engagement_has_ended_no_step_follows(ended: Any, wanted: Any) -> None:
    refused = spec(*WHOLE, (ABOUT, ended), (PARTICIPATION, leaves())).when(ABOUT, wanted)
    assert "2033-06-30" in refused.then_refused("engagement-closed").da
