"""What was said about who takes part is kept as printed, and bounded by its own day (R2)."""

from typing import Any

import pytest

from events.base import When
from services.engagement.room import EngagementRoom
from tests.support.builders import EKSEMPEL, participates
from tests.support.spec import Spec

ABOUT = f"participation/{EKSEMPEL}_0101"


def spec() -> Spec:
    return Spec(EngagementRoom())


@pytest.mark.parametrize("field", ["begun", "phase_in", "ended"])
@pytest.mark.parametrize(
    ("when", "said_on", "bounded"),
    [
        ("2018", "2018-12-06", "[2018-01-01..2018-12-06]"),
        ("2012/..", "2014-03-19", "[2012-01-01..2014-03-19]"),
        ("2012", "2014-03-19", "2012"),
        ("2016-01~", "2016-02-10", "[2015-12-01..2016-02-10]"),
        ("[2012..]", "2014-03-19", "[2012-01-01..2014-03-19]"),
        ("2012", "[2017-09-15..]", "2012"),
        ("2017", "[2017-09-15..]", "2017"),
    ],
)
def test_a_statement_about_the_past_is_kept_as_printed_and_bounded_by_its_day(
    field: str, when: str, said_on: str, bounded: str
) -> None:
    wanted = participates("0101", said_on=said_on, **{field: When(when=when, printed="som trykt")})
    kept = participates("0101", said_on=said_on, **{field: When(when=when, printed="som trykt", bounded=bounded)})
    spec().when(ABOUT, wanted).then((ABOUT, kept))


@pytest.mark.parametrize("field", ["begun", "phase_in", "ended"])
@pytest.mark.parametrize("when", ["2019", "2018-12-07", "2019/.."])
def test_a_statement_about_later_days_is_no_statement_about_the_past(field: str, when: str) -> None:
    wanted = participates("0101", **{field: When(when=when)})
    refused = spec().when(ABOUT, wanted).then_refused("statement-date")
    assert "expected_end" in refused.en
    assert "expected_end" in refused.da


def test_a_forecast_is_kept_as_it_was_said() -> None:
    wanted = participates("0101", expected_end=When(when="2020-01~", printed="primo 2020"))
    spec().when(ABOUT, wanted).then((ABOUT, wanted))


def test_a_bound_that_the_sender_gives_is_not_kept() -> None:
    wanted = participates(
        "0101", begun=When(when="2018", bounded="2012"), expected_end=When(when="2020", bounded="2019")
    )
    kept = participates(
        "0101", begun=When(when="2018", bounded="[2018-01-01..2018-12-06]"), expected_end=When(when="2020")
    )
    spec().when(ABOUT, wanted).then((ABOUT, kept))


@pytest.mark.parametrize(
    ("changes", "rule"), [({"kind": "medium"}, "kind"), ({"kind": ""}, "kind"), ({"phase": "pilot"}, "phase-known")]
)
def test_a_statement_is_of_a_known_kind_and_phase(changes: dict[str, Any], rule: str) -> None:
    spec().when(ABOUT, participates("0101", **changes)).then_refused(rule)


def test_the_same_statement_by_another_source_or_on_another_day_is_kept_beside_the_first() -> None:
    first, second = participates("0101"), participates("0101", said_by="Ankestyrelsen", said_on="2019")
    spec().given((ABOUT, first)).when(ABOUT, second).then((ABOUT, second))
    spec().given((ABOUT, first)).when(ABOUT, first).then((ABOUT, first))
