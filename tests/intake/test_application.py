"""One application: submitted, decided on, agreed; by the rules adopted for its day, and by no others."""

from typing import Any

import pytest

from events.base import Backing, Signature
from events.intake import RuleStated
from tests.intake.ground import (
    ADMITTED,
    ADOPTION,
    APPLICATION,
    BACKED,
    OPENED,
    RULES,
    SIGNED,
    SUBMITTED,
    rule,
    spec,
)
from tests.support.builders import EKSEMPEL, QUOTED, adopted, agreed, decided, submitted, taken
from tests.support.spec import Told

# -- submitting


def test_an_application_in_time_signed_and_backed_is_submitted_and_names_its_rules() -> None:
    spec(*RULES).when(APPLICATION, submitted()).then((APPLICATION, submitted(rules=(2, 3))))


@pytest.mark.parametrize(
    "received",
    ["2031-01-01T23:30:00Z", "2031-01-02T00:00:00+01:00", "2031-03-01T12:00:00+01:00", "2031-03-01T11:00:00Z"],
)
def test_the_round_is_open_from_its_day_in_copenhagen_to_the_moment_of_its_deadline(received: str) -> None:
    wanted = submitted(received_at=received, director_signature=Signature(role="director", on="2031-01-01"),
                       political_backing=Backing(body="byrådet", on="2030-12-01"))  # fmt: skip
    spec(*RULES).when(APPLICATION, wanted).then((APPLICATION, submitted(
        received_at=received, director_signature=wanted.director_signature, political_backing=wanted.political_backing,
        rules=(2, 3))))  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule_", "sources"),
    [
        ({"received_at": "2031-01-01T22:59:59Z"}, "round-open", [1]),
        ({"received_at": "2031-03-01T12:00:00.001+01:00"}, "deadline", [1]),
        ({"received_at": "2031-03-01T12:00:00Z"}, "deadline", [1]),
        ({"programme": "boern-unge"}, "round-programme", [1]),
        ({"director_signature": None}, "director-signature", [2]),
        ({"director_signature": Signature(role="chef", on="2031-02-20")}, "director-signature", [2]),
        ({"director_signature": Signature(role="director", on="2031-03-01")}, "director-signature", [2]),
        ({"political_backing": None}, "political-backing", [2, 3]),
        ({"political_backing": Backing(body="byrådet", on="2031-03-01")}, "political-backing", [2, 3]),
    ],
)
def test_an_application_is_refused_with_the_rule_and_where_it_stands(
    changes: dict[str, Any], rule_: str, sources: list[int]
) -> None:
    spec(*RULES).when(APPLICATION, submitted(**changes)).then_refused(rule_, sources=sources)


def test_what_is_signed_and_backed_on_the_day_it_is_received_is_in_time() -> None:
    wanted = submitted(director_signature=Signature(role="director", on="2031-02-28"),
                       political_backing=Backing(body="byrådet", on="2031-02-28"))  # fmt: skip
    decision = spec(*RULES).when(APPLICATION, wanted)
    decision.then((APPLICATION, submitted(director_signature=wanted.director_signature,
                                          political_backing=wanted.political_backing, rules=(2, 3))))  # fmt: skip


def test_an_application_is_submitted_once() -> None:
    spec(*RULES, SUBMITTED).when(APPLICATION, submitted()).then_refused("already-submitted")


def test_an_application_to_an_unknown_round_waits_for_it() -> None:
    spec(SIGNED, BACKED).when(APPLICATION, submitted()).then_waits("round-known", "round/2031-1")


@pytest.mark.parametrize("missing", ["director_signature", "political_backing"])
def test_without_a_rule_for_its_day_an_application_waits(missing: str) -> None:
    rules = [told for told in RULES if not told[0].endswith(missing)]
    early = spec(*rules).when(APPLICATION, submitted()).then_waits("no-rule", f"rule/{EKSEMPEL}_{missing}")
    assert early.en == f"No adopted rule “{missing}” is known for eksempel on this date (2031-02-28)."
    assert early.da == f"Ingen vedtaget regel »{missing}« kendes for eksempel på denne dato (2031-02-28)."


def test_a_rule_that_holds_only_from_tomorrow_is_no_rule_today() -> None:
    later = rule("director_signature", valid_from="2031-03-01")
    spec(OPENED, later, BACKED).when(APPLICATION, submitted()).then_waits(
        "no-rule", f"rule/{EKSEMPEL}_director_signature"
    )


def test_a_rule_that_holds_from_today_is_used_today() -> None:
    today = rule("director_signature", valid_from="2031-02-28")
    spec(OPENED, today, BACKED).when(APPLICATION, submitted()).then((APPLICATION, submitted(rules=(2, 3))))


def test_the_latest_rule_in_force_decides_in_whatever_order_they_were_adopted() -> None:
    lax = rule("director_signature", value=False, valid_from="2031-02-01")
    old = rule("director_signature", value=True, valid_from="2020-01-01")
    unsigned = submitted(director_signature=None)
    spec(OPENED, lax, old, BACKED).when(APPLICATION, unsigned).then(
        (APPLICATION, submitted(director_signature=None, rules=(2, 4)))
    )
    strict = rule("director_signature", value=True, valid_from="2031-02-01")
    spec(OPENED, lax, strict, BACKED).when(APPLICATION, unsigned).then_refused("director-signature", sources=[3])


def test_a_stated_rule_decides_nothing() -> None:
    stated = RuleStated(
        programme=EKSEMPEL, topic="requirement", rule="director_signature", text="Det er et krav.", value=False,
        said_on="2018-12-06", said_by="Socialstyrelsen", citation=QUOTED,
    )  # fmt: skip
    told: Told = (f"rule/{EKSEMPEL}_director_signature", stated)
    spec(OPENED, told, BACKED).when(APPLICATION, submitted()).then_waits("no-rule", told[0])


def test_another_programmes_rules_decide_nothing() -> None:
    other: Told = ("rule/handicap_director_signature", adopted("director_signature", programme="handicap", value=False))
    spec(OPENED, other, BACKED).when(APPLICATION, submitted()).then_waits(
        "no-rule", f"rule/{EKSEMPEL}_director_signature"
    )


@pytest.mark.parametrize("value", ["yes", 1, None, ("true",), 1.5])
def test_a_rule_of_the_wrong_form_refuses_and_is_named(value: Any) -> None:
    odd = rule("director_signature", value=value)
    spec(OPENED, odd, BACKED).when(APPLICATION, submitted()).then_refused("rule-value", sources=[2])


# -- deciding


def test_an_admission_takes_the_first_place_of_the_year() -> None:
    spec(*RULES, SUBMITTED).when(APPLICATION, decided()).then(
        (APPLICATION, decided(rules=(5,))), (f"year/{EKSEMPEL}_2031", taken(rules=(5,)))
    )


@pytest.mark.parametrize("outcome", ["waiting-list", "declined"])
def test_no_other_outcome_takes_a_place_or_uses_a_rule(outcome: str) -> None:
    spec(*RULES, SUBMITTED).when(APPLICATION, decided(outcome)).then((APPLICATION, decided(outcome)))
    spec(OPENED, SUBMITTED).when(APPLICATION, decided(outcome, rules=(1, 2))).then((APPLICATION, decided(outcome)))


def places(number: int) -> list[Told]:
    return [
        (f"year/{EKSEMPEL}_2031", taken(application=f"other-{place}", place=place)) for place in range(1, number + 1)
    ]


def test_the_last_place_can_be_taken_and_no_more() -> None:
    spec(*RULES, *places(3), SUBMITTED).when(APPLICATION, decided()).then(
        (APPLICATION, decided(rules=(5,))), (f"year/{EKSEMPEL}_2031", taken(place=4, rules=(5,)))
    )
    refused = spec(*RULES, *places(4), SUBMITTED).when(APPLICATION, decided()).then_refused("capacity", sources=[5])
    assert (refused.en, refused.da) == ("All 4 places of 2031 are taken.", "Alle 4 pladser i 2031 er taget.")


def test_where_all_places_are_taken_the_waiting_list_is_open() -> None:
    spec(*RULES, *places(4), SUBMITTED).when(APPLICATION, decided("waiting-list")).then(
        (APPLICATION, decided("waiting-list"))
    )


def test_the_capacity_is_that_of_the_day_of_the_decision_and_the_places_are_those_of_the_rounds_year() -> None:
    more = rule("capacity_per_year", value=5, valid_from="2031-04-01")
    spec(*RULES, more, *places(4), SUBMITTED).when(APPLICATION, decided()).then(
        (APPLICATION, decided(rules=(6,))), (f"year/{EKSEMPEL}_2031", taken(place=5, rules=(6,)))
    )
    spec(*RULES, more, *places(4), SUBMITTED).when(APPLICATION, decided(on="2031-03-31")).then_refused(
        "capacity", sources=[5]
    )
    other_year: list[Told] = [(f"year/{EKSEMPEL}_2030", taken(year=2030, place=place)) for place in range(1, 5)]
    spec(*RULES, *other_year, SUBMITTED).when(APPLICATION, decided(on="2032-01-15")).then(
        (APPLICATION, decided(on="2032-01-15", rules=(5,))), (f"year/{EKSEMPEL}_2031", taken(rules=(5,)))
    )


@pytest.mark.parametrize("value", [True, "4", 4.0, None])
def test_a_capacity_that_is_no_whole_number_refuses(value: Any) -> None:
    odd = rule("capacity_per_year", value=value)
    spec(OPENED, odd, SUBMITTED).when(APPLICATION, decided()).then_refused("rule-value", sources=[2])


def test_without_a_capacity_for_the_day_an_admission_waits() -> None:
    spec(OPENED, SUBMITTED).when(APPLICATION, decided()).then_waits("no-rule", f"rule/{EKSEMPEL}_capacity_per_year")


@pytest.mark.parametrize(
    ("wanted", "rule_"),
    [
        (decided("postponed"), "outcome"),
        (decided("Admitted"), "outcome"),
        (decided(on="2031-02-27"), "decided-before-application"),
        (decided(programme="boern-unge"), "application-programme"),
    ],
)
def test_a_decision_is_refused_where_the_rules_say_no(wanted: Any, rule_: str) -> None:
    spec(*RULES, SUBMITTED).when(APPLICATION, wanted).then_refused(rule_)


def test_a_decision_on_the_day_of_the_application_in_copenhagen_is_in_time() -> None:
    late: Told = (APPLICATION, submitted(received_at="2031-02-27T23:30:00Z"))
    spec(*RULES, late).when(APPLICATION, decided("declined", on="2031-02-28")).then(
        (APPLICATION, decided("declined", on="2031-02-28"))
    )
    spec(*RULES, late).when(APPLICATION, decided("declined", on="2031-02-27")).then_refused(
        "decided-before-application"
    )


@pytest.mark.parametrize("first", ["admitted", "declined"])
@pytest.mark.parametrize("second", ["admitted", "waiting-list", "declined"])
def test_an_application_is_decided_on_once(first: str, second: str) -> None:
    before: Told = (APPLICATION, decided(first))
    spec(*RULES, SUBMITTED, before).when(APPLICATION, decided(second)).then_refused("already-decided")


def test_a_decision_on_an_unknown_application_waits_for_it() -> None:
    spec(*RULES).when(APPLICATION, decided()).then_waits("application-known", APPLICATION)


# -- agreeing


def test_an_agreement_with_an_admitted_municipality_that_adopted_it_is_concluded() -> None:
    spec(*RULES, SUBMITTED, ADMITTED).when(APPLICATION, agreed()).then((APPLICATION, agreed(rules=(4,))))


@pytest.mark.parametrize(
    ("changes", "rule_", "sources"),
    [
        ({"municipality": "0147"}, "other-municipality", []),
        ({"programme": "boern-unge"}, "application-programme", []),
        ({"political_adoption": None}, "political-adoption", [4]),
        ({"political_adoption": Backing(body="byrådet", on="2031-05-02")}, "political-adoption", [4]),
    ],
)
def test_an_agreement_is_refused_where_the_rules_say_no(
    changes: dict[str, Any], rule_: str, sources: list[int]
) -> None:
    spec(*RULES, SUBMITTED, ADMITTED).when(APPLICATION, agreed(**changes)).then_refused(rule_, sources=sources)


@pytest.mark.parametrize("before", [[], [(APPLICATION, decided("waiting-list"))], [(APPLICATION, decided("declined"))]])
def test_only_an_admitted_application_leads_to_an_agreement(before: list[Told]) -> None:
    spec(*RULES, SUBMITTED, *before).when(APPLICATION, agreed()).then_refused("not-admitted")


def test_an_agreement_is_concluded_once() -> None:
    spec(*RULES, SUBMITTED, ADMITTED, (APPLICATION, agreed())).when(APPLICATION, agreed()).then_refused(
        "already-agreed"
    )


def test_an_agreement_on_an_unknown_application_waits_for_it() -> None:
    spec(*RULES).when(APPLICATION, agreed()).then_waits("application-known", APPLICATION)


def test_an_adoption_dated_otherwise_decides_otherwise() -> None:
    lax = rule("political_adoption", value=False, valid_from="2031-05-01")
    bare = agreed(political_adoption=None)
    spec(*RULES, lax, SUBMITTED, ADMITTED).when(APPLICATION, bare).then(
        (APPLICATION, agreed(political_adoption=None, rules=(6,)))
    )
    day_before = agreed(political_adoption=None, on="2031-04-30")
    spec(*RULES, lax, SUBMITTED, ADMITTED).when(APPLICATION, day_before).then_refused("political-adoption", sources=[4])
    missing = [told for told in RULES if told != ADOPTION]
    spec(*missing, SUBMITTED, ADMITTED).when(APPLICATION, agreed()).then_waits(
        "no-rule", f"rule/{EKSEMPEL}_political_adoption"
    )
