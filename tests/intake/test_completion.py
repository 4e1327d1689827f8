"""What an application lacks: awaited where a rule gives days for it, asked for, and brought in time."""

from typing import Any

import pytest

from events.base import Backing, Signature
from events.intake import ApplicationSubmitted
from tests.intake.ground import APPLICATION, RULES, SUBMITTED, YEAR, rule, spec
from tests.support.builders import agreed, brought, decided, promoted, requested, submitted, taken, withdrawn
from tests.support.spec import Told

COMPLETION = rule("completion_days", value=14)
"""At position 6, behind the round and the four rules."""
ALLOWED = (*RULES, COMPLETION)
SIGNATURE = Signature(role="director", on="2031-03-05")
BACKING = Backing(body="byrådet", on="2031-03-06")


def lacking(*parts: str, due: str = "2031-03-14", rules: tuple[int, ...] = (2, 6, 3)) -> ApplicationSubmitted:
    """The application of 28 February, without these parts."""
    return submitted(**dict.fromkeys(parts), missing=parts, due=due, rules=rules)


UNSIGNED: Told = (APPLICATION, lacking("director_signature"))
UNBACKED: Told = (APPLICATION, lacking("political_backing", rules=(2, 3, 6)))
BARE: Told = (APPLICATION, lacking("director_signature", "political_backing"))


# -- submitting without them


@pytest.mark.parametrize(
    ("parts", "rules"),
    [
        (("director_signature",), (2, 6, 3)),
        (("political_backing",), (2, 3, 6)),
        (("director_signature", "political_backing"), (2, 6, 3)),
    ],
)
def test_where_a_rule_gives_days_an_application_that_lacks_parts_is_recorded_with_them(
    parts: tuple[str, ...], rules: tuple[int, ...]
) -> None:
    wanted = submitted(**dict.fromkeys(parts))
    spec(*ALLOWED).when(APPLICATION, wanted).then((APPLICATION, lacking(*parts, rules=rules)))


@pytest.mark.parametrize(
    "changes",
    [{"valid_from": "2031-03-01"}, {"programme": "handicap"}],
)
def test_without_such_a_rule_for_its_day_it_is_refused_and_does_not_wait(changes: dict[str, Any]) -> None:
    other = rule("completion_days", **{"value": 14} | changes)
    if "programme" in changes:
        other = ("rule/handicap_completion_days", other[1])
    spec(*RULES, other).when(APPLICATION, submitted(director_signature=None)).then_refused(
        "director-signature", sources=[2]
    )
    spec(*RULES, other).when(APPLICATION, submitted(political_backing=None)).then_refused(
        "political-backing", sources=[2, 3]
    )


def test_a_complete_application_does_not_use_the_rule() -> None:
    spec(*ALLOWED).when(APPLICATION, submitted()).then((APPLICATION, submitted(rules=(2, 3))))


def test_what_no_rule_demands_is_not_missing() -> None:
    lax = rule("director_signature", value=False, valid_from="2031-02-01")
    spec(*ALLOWED, lax).when(APPLICATION, submitted(director_signature=None)).then(
        (APPLICATION, submitted(director_signature=None, rules=(7, 3)))
    )


@pytest.mark.parametrize(
    ("changes", "rule_", "sources"),
    [
        ({"received_at": "2031-03-01T12:00:01+01:00"}, "deadline", [1]),
        ({"director_signature": Signature(role="chef", on="2031-02-20")}, "director-signature", [2]),
        ({"director_signature": Signature(role="director", on="2031-03-01")}, "director-signature", [2]),
        ({"political_backing": Backing(body="byrådet", on="2031-03-01")}, "political-backing", [2, 3]),
    ],
)
def test_what_is_late_or_wrong_is_refused_all_the_same(changes: dict[str, Any], rule_: str, sources: list[int]) -> None:
    spec(*ALLOWED).when(APPLICATION, submitted(**changes)).then_refused(rule_, sources=sources)


def test_what_the_sender_says_is_missing_is_not_kept() -> None:
    said = submitted(missing=("director_signature", "budget"), due="2040-01-01", rules=(9,))
    spec(*ALLOWED).when(APPLICATION, said).then((APPLICATION, submitted(rules=(2, 3))))
    unsigned = submitted(director_signature=None, missing=("budget",), due="2040-01-01")
    spec(*ALLOWED).when(APPLICATION, unsigned).then((APPLICATION, lacking("director_signature")))


@pytest.mark.parametrize(
    ("days", "received", "due"),
    [
        (14, "2031-02-28T09:00:00+01:00", "2031-03-14"),
        (0, "2031-02-28T09:00:00+01:00", "2031-03-01"),  # never before the round's own deadline
        (14, "2031-01-10T09:00:00+01:00", "2031-03-01"),
        (2, "2031-02-27T23:30:00Z", "2031-03-02"),  # the 28th in Copenhagen
        (3653, "2031-02-28T09:00:00+01:00", "2041-02-28"),
    ],
)
def test_the_days_are_counted_from_the_day_it_was_received(days: int, received: str, due: str) -> None:
    told = rule("completion_days", value=days)
    early = Backing(body="byrådet", on="2031-01-05")
    wanted = submitted(director_signature=None, political_backing=early, received_at=received)
    expected = submitted(
        director_signature=None, political_backing=early, received_at=received, missing=("director_signature",),
        due=due, rules=(2, 6, 3),
    )  # fmt: skip
    spec(*RULES, told).when(APPLICATION, wanted).then((APPLICATION, expected))


@pytest.mark.parametrize("value", [True, "14", 14.0, None, -1, 3654, 10**12, (14,)])
def test_a_rule_that_gives_no_number_of_days_refuses(value: Any) -> None:
    odd = rule("completion_days", value=value)
    spec(*RULES, odd).when(APPLICATION, submitted(director_signature=None)).then_refused("rule-value", sources=[2, 6])


# -- deciding


def test_an_incomplete_application_is_not_admitted_but_can_be_declined_or_wait() -> None:
    refused = (
        spec(*ALLOWED, BARE).when(APPLICATION, decided()).then_refused("application-incomplete", sources=[2, 3, 6])
    )
    assert refused.da == (
        "Ansøgningen er ikke komplet; den mangler direktørens underskrift og dokumentation for politisk opbakning."
    )
    assert refused.en == (
        "The application is not complete; it lacks the director's signature and a record of political backing."
    )
    for outcome in ("declined", "waiting-list"):
        spec(*ALLOWED, BARE).when(APPLICATION, decided(outcome)).then((APPLICATION, decided(outcome)))


def test_an_incomplete_application_is_not_promoted_until_it_is_completed() -> None:
    waiting: tuple[Told, ...] = (*ALLOWED, UNSIGNED, (APPLICATION, decided("waiting-list", on="2031-03-02")))
    spec(*waiting).when(APPLICATION, promoted()).then_refused("application-incomplete", sources=[2, 3, 6])
    completed: Told = (APPLICATION, brought(director_signature=SIGNATURE))
    spec(*waiting).when(*completed).then(completed)
    spec(*waiting, completed).when(APPLICATION, promoted()).then(
        (APPLICATION, promoted(rules=(5,))), (YEAR, taken(rules=(5,)))
    )


def test_a_completed_application_is_admitted() -> None:
    completed: Told = (APPLICATION, brought(director_signature=SIGNATURE, political_backing=BACKING))
    spec(*ALLOWED, BARE, completed).when(APPLICATION, decided()).then(
        (APPLICATION, decided(rules=(5,))), (YEAR, taken(rules=(5,)))
    )


# -- bringing them


def test_what_was_missing_is_brought_at_once_or_one_by_one_until_the_last_day() -> None:
    both: Told = (APPLICATION, brought(on="2031-03-14", director_signature=SIGNATURE, political_backing=BACKING))
    spec(*ALLOWED, BARE).when(*both).then(both)
    first: Told = (APPLICATION, brought(director_signature=SIGNATURE))
    second: Told = (APPLICATION, brought(on="2031-03-14", political_backing=BACKING))
    spec(*ALLOWED, BARE).when(*first).then(first)
    spec(*ALLOWED, BARE, first).when(APPLICATION, decided()).then_refused("application-incomplete", sources=[2, 3, 6])
    spec(*ALLOWED, BARE, first).when(*second).then(second)


@pytest.mark.parametrize(
    ("changes", "rule_", "sources"),
    [
        ({"on": "2031-03-15", "director_signature": SIGNATURE}, "completion-deadline", [2, 6, 3]),
        ({"on": "2031-02-27", "director_signature": SIGNATURE}, "completed-before-application", []),
        ({"on": "2031-03-04", "director_signature": SIGNATURE}, "director-signature", [2, 6, 3]),
        ({"director_signature": Signature(role="chef", on="2031-03-01")}, "director-signature", [2, 6, 3]),
        ({"director_signature": SIGNATURE, "political_backing": BACKING}, "part-not-missing", []),
        ({"political_backing": BACKING}, "part-not-missing", []),
        ({"parts": ("budget",)}, "part-not-missing", []),
        ({"parts": ("director_signature",)}, "part-field", []),
        ({}, "parts", []),
        ({"programme": "handicap", "director_signature": SIGNATURE}, "application-programme", []),
    ],
)
def test_a_completion_is_refused_where_the_rules_say_no(
    changes: dict[str, Any], rule_: str, sources: list[int]
) -> None:
    spec(*ALLOWED, UNSIGNED).when(APPLICATION, brought(**changes)).then_refused(rule_, sources=sources)


def test_backing_that_follows_is_dated_no_later_than_it_came() -> None:
    spec(*ALLOWED, UNBACKED).when(APPLICATION, brought(on="2031-03-05", political_backing=BACKING)).then_refused(
        "political-backing", sources=[2, 3, 6]
    )
    on_the_day: Told = (APPLICATION, brought(on="2031-03-06", political_backing=BACKING))
    spec(*ALLOWED, UNBACKED).when(*on_the_day).then(on_the_day)


def test_the_last_day_stays_that_of_the_rule_when_it_was_submitted() -> None:
    longer = rule("completion_days", value=60, valid_from="2031-03-02")
    late = brought(on="2031-03-15", director_signature=SIGNATURE)
    refused = (
        spec(*ALLOWED, UNSIGNED, longer).when(APPLICATION, late).then_refused("completion-deadline", sources=[2, 6, 3])
    )
    assert refused.da == "Fristen for direktørens underskrift var 2031-03-14; den er overskredet."
    assert refused.en == "The deadline for the director's signature was 2031-03-14; it has passed."


def test_nothing_is_brought_twice_or_to_a_complete_application() -> None:
    completed: Told = (APPLICATION, brought(director_signature=SIGNATURE))
    spec(*ALLOWED, UNSIGNED, completed).when(*completed).then_refused("part-not-missing")
    spec(*ALLOWED, SUBMITTED).when(*completed).then_refused("part-not-missing")


@pytest.mark.parametrize(
    ("after", "rule_"),
    [
        ([decided("declined")], "already-decided"),
        ([decided("admitted")], "already-decided"),
        ([decided("waiting-list"), promoted()], "already-decided"),
        ([decided("admitted"), agreed()], "already-decided"),
        ([withdrawn()], "application-withdrawn"),
    ],
)
def test_after_the_end_nothing_is_asked_for_or_brought(after: list[Any], rule_: str) -> None:
    told: list[Told] = [(APPLICATION, event) for event in after]
    spec(*ALLOWED, UNSIGNED, *told).when(APPLICATION, brought(director_signature=SIGNATURE)).then_refused(rule_)
    spec(*ALLOWED, UNSIGNED, *told).when(APPLICATION, requested("budget")).then_refused(rule_)


def test_parts_of_an_unknown_application_wait_for_it() -> None:
    spec(*ALLOWED).when(APPLICATION, brought(director_signature=SIGNATURE)).then_waits("application-known", APPLICATION)
    spec(*ALLOWED).when(APPLICATION, requested("budget")).then_waits("application-known", APPLICATION)


# -- asking for them


def test_other_parts_are_asked_for_and_count_as_missing_until_they_come() -> None:
    asked: Told = (APPLICATION, requested("budget", rules=(6,)))
    spec(*ALLOWED, SUBMITTED).when(APPLICATION, requested("budget", rules=(1,))).then(asked)
    spec(*ALLOWED, SUBMITTED, asked).when(APPLICATION, decided()).then_refused("application-incomplete", sources=[6])
    came: Told = (APPLICATION, brought(on="2031-03-17", parts=("budget",)))
    spec(*ALLOWED, SUBMITTED, asked).when(*came).then(came)
    spec(*ALLOWED, SUBMITTED, asked).when(APPLICATION, brought(on="2031-03-18", parts=("budget",))).then_refused(
        "completion-deadline", sources=[6]
    )
    spec(*ALLOWED, SUBMITTED, asked, came).when(APPLICATION, decided()).then(
        (APPLICATION, decided(rules=(5,))), (YEAR, taken(rules=(5,)))
    )


def test_what_came_can_be_asked_for_anew_unless_it_has_a_field_of_its_own() -> None:
    asked: Told = (APPLICATION, requested("budget"))
    came: Told = (APPLICATION, brought(parts=("budget",)))
    spec(*RULES, SUBMITTED, asked, came).when(APPLICATION, requested("budget", on="2031-03-12")).then(
        (APPLICATION, requested("budget", on="2031-03-12"))
    )
    signed: Told = (APPLICATION, brought(director_signature=SIGNATURE))
    spec(*ALLOWED, UNSIGNED, signed).when(APPLICATION, requested("director_signature")).then_refused("part-present")
    refused = spec(*ALLOWED, SUBMITTED).when(APPLICATION, requested("political_backing")).then_refused("part-present")
    assert refused.da == "Ansøgningen har allerede dokumentation for politisk opbakning."


def test_what_no_rule_demanded_can_still_be_asked_for() -> None:
    lax = rule("director_signature", value=False, valid_from="2031-02-01")
    bare: Told = (APPLICATION, submitted(director_signature=None))
    asked: Told = (APPLICATION, requested("director_signature"))
    spec(*RULES, lax, bare).when(*asked).then(asked)
    spec(*RULES, lax, bare, asked).when(APPLICATION, decided()).then_refused("application-incomplete")


def test_a_reminder_moves_no_deadline() -> None:
    reminder: Told = (APPLICATION, requested("director_signature", on="2031-03-10", due="2031-03-14"))
    spec(*ALLOWED, UNSIGNED).when(*reminder).then(reminder)
    for due in ("2031-03-13", "2031-03-15"):
        refused = (
            spec(*ALLOWED, UNSIGNED)
            .when(APPLICATION, requested("director_signature", on="2031-03-10", due=due))
            .then_refused("reminder-due")
        )
        assert refused.da == "Fristen for direktørens underskrift er 2031-03-14; en rykker flytter den ikke."
    spec(*ALLOWED, UNSIGNED, reminder).when(
        APPLICATION, brought(on="2031-03-15", director_signature=SIGNATURE)
    ).then_refused("completion-deadline", sources=[2, 6, 3])


@pytest.mark.parametrize(
    ("wanted", "rule_", "sources"),
    [
        (requested("budget", due="2031-03-18"), "completion-days", [6]),
        (requested("budget", due="2031-03-02"), "request-dates", []),
        (requested("budget", on="2031-02-27"), "requested-before-application", []),
        (requested(), "parts", []),
        (requested("budget", "budget"), "parts", []),
        (requested("budget", programme="handicap"), "application-programme", []),
    ],
)
def test_a_request_is_refused_where_the_rules_say_no(wanted: Any, rule_: str, sources: list[int]) -> None:
    spec(*ALLOWED, SUBMITTED).when(APPLICATION, wanted).then_refused(rule_, sources=sources)


def test_where_no_rule_gives_days_the_caseworker_gives_them() -> None:
    long = requested("budget", due="2032-01-01")
    spec(*RULES, SUBMITTED).when(APPLICATION, long).then((APPLICATION, long))
    strict = rule("completion_days", value=60, valid_from="2031-03-03")
    spec(*RULES, strict, SUBMITTED).when(APPLICATION, long).then_refused("completion-days", sources=[6])
