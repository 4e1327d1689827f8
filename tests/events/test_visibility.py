"""Who may see what: every type and every audience, by a table written by hand from domain 7.4, and what never leaves."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, strategies as st

from events import engagement, intake, reporting
from events.base import Change, Correction, Event
from events.catalogue import CATALOGUE, ENTRIES, Entry, entry_of
from events.codec import Fact, decode
from events.corrections import AMENDMENTS
from events.engagement import EngagementDiscontinued
from events.visibility import EVERYBODY, Audience, Seen, municipality_of, seen, types_for
from tests.support.builders import EKSEMPEL, fact, started

GOLDEN = Path(__file__).parent / "golden"
OWN, OTHER = Audience("municipality", "0101"), Audience("municipality", "0147")
PUBLIC, TASKFORCE, MINISTRY, AUDITOR = (Audience(name) for name in ("public", "taskforce", "ministry", "auditor"))
ALL = (PUBLIC, OWN, OTHER, TASKFORCE, MINISTRY, AUDITOR)

# Each row of domain 7.4: which of ALL see a fact that is about the municipality 0101, in their order.
ROWS: dict[str, tuple[type[Event], ...]] = {
    # who takes part, kind, dates, phase; stated figures; rules; questions and sent answers
    "yyyyyy": (
        intake.RuleStated, intake.RuleAdopted, intake.NameStated, intake.MunicipalityKnown,
        intake.ApplicationRoundOpened, intake.AgreementConcluded,
        engagement.ParticipationStated, engagement.ParticipationOpened, engagement.ParticipationClosed,
        engagement.EngagementOpened, engagement.PhaseStarted, engagement.PhaseCompleted, engagement.EngagementCompleted,
        engagement.EngagementDiscontinued, engagement.CatalogueAdopted, engagement.ReportPublishedByMunicipality,
        engagement.ShortServiceHeld,
        reporting.FigureStated, reporting.QuestionReceived, reporting.AnswerSent, reporting.SupplementSent, reporting.ReportIssued,
    ),
    # applications: a municipality's own; the ministry sees decision and reasons
    "-y-y-y": (
        intake.ApplicationSubmitted, intake.MissingPartsRequested, intake.ApplicationCompleted,
        intake.ApplicationWithdrawn,
        # scores, tallies, recommendations, plan
        engagement.SampleDrawn, engagement.CaseScored, engagement.SampleScored, engagement.FindingMade,
        engagement.RecommendationMade, engagement.RecommendationDeclined, engagement.DevelopmentPlanAdopted,
        engagement.GoalSet, engagement.GoalStatusReported, engagement.ServiceDelivered, engagement.InterviewsHeld,
        engagement.MaterialReceived, engagement.MunicipalAccountReceived, engagement.ReservationMade,
        engagement.CommentMade,
        engagement.AssessmentMade, engagement.ReportPresented,
    ),
    "-y-yyy": (
        intake.SteeringGroupDecided, intake.ApplicationPromoted, intake.PlaceTaken, intake.PlaceReleased,
    ),
    # assessments, who may send what, what is held, and what operators had Spor do
    "---y-y": (
        intake.ApplicationAssessed, intake.InterestDeclared, intake.SourceRegistered, intake.SourceRevoked,
        intake.OperatorActed, reporting.HeldDismissed,
    ),
    # drafts of answers, and what is decided on them
    "---yyy": (
        reporting.AnswerDrafted, reporting.AnswerApproved, reporting.SupplementDrafted, reporting.SupplementDismissed,
    ),
    # who was shown what is not for everybody
    "-----y": (reporting.MaterialRead,),
}  # fmt: skip
TABLE = {event.tag: marks for marks, events in ROWS.items() for event in events}


AMENDING = sorted(tag for tag, entry in CATALOGUE.items() if issubclass(entry.event, AMENDMENTS))
TELLING = sorted(set(CATALOGUE) - set(AMENDING))


def golden(tag: str, position: int = 7) -> Fact:
    """The golden fact of a type; one that names its municipality is about 0101."""
    found = decode(position, (GOLDEN / f"{tag}.json").read_bytes())
    named = "municipality" in found.event.__struct_fields__
    about = msgspec.structs.replace(found.event, municipality="0101") if named else found.event
    return fact(position, str(found.thing), about)


def marks(told: Iterable[object]) -> str:
    return "".join("-" if one is None else "y" for one in told)


def amendment(of: Fact, kind: type[Event], field: str = "/on") -> Fact:
    """What corrects or annuls a fact."""
    said: dict[str, Any] = {"position": of.position, "reason": "HEMMELIG grund", "authority": "sekretariatet"}
    if issubclass(kind, Correction):
        said |= {"field": field, "was": "HEMMELIG før", "is_": "HEMMELIG nu"}
    return fact(of.position + 1, str(of.thing), kind(**said))


def amending(of: Fact) -> list[type[Event]]:
    owner = entry_of(of.event).owner
    return [CATALOGUE[tag].event for tag in AMENDING if CATALOGUE[tag].owner == owner]


# -- the table


def test_the_table_names_every_type_but_those_that_amend_others() -> None:
    assert sorted(TABLE) == TELLING


@pytest.mark.parametrize("tag", TELLING)
def test_every_type_is_seen_by_whom_the_table_says(tag: str) -> None:
    told = [seen(golden(tag), audience, "0101", {}) for audience in ALL]
    assert marks(told) == TABLE[tag]
    for audience, one in zip(ALL, told, strict=True):
        assert one is None or tag in types_for(audience)


@pytest.mark.parametrize("tag", TELLING)
def test_nothing_leaves_to_an_audience_that_the_catalogue_does_not_name(tag: str) -> None:
    for audience, one in zip(ALL, [seen(golden(tag), audience, "0101", {}) for audience in ALL], strict=True):
        assert one is None or audience.name in CATALOGUE[tag].seen_by


@pytest.mark.parametrize("tag", TELLING)
def test_what_amends_a_fact_is_seen_by_whoever_sees_the_fact(tag: str) -> None:
    of = golden(tag)
    for kind in amending(of):
        told = [seen(amendment(of, kind), audience, "0101", {of.position: of}) for audience in ALL]
        assert marks(told) == TABLE[tag], kind


def test_what_amends_a_fact_that_is_not_there_is_seen_by_those_alone_who_see_every_fact() -> None:
    of = golden("engagement.phase-started.v1")
    for kind in amending(of):
        assert marks(seen(amendment(of, kind), audience, "0101", {}) for audience in ALL) == "---y-y"


@pytest.mark.parametrize(
    ("issued_for", "expected"),
    [
        ("public", "yyyyyy"), ("municipality", "-y-y-y"), ("taskforce", "---y-y"), ("ministry", "---yyy"),
        ("auditor", "---y-y"),
    ],
)  # fmt: skip
def test_a_report_is_seen_by_the_audience_that_it_was_issued_for(issued_for: str, expected: str) -> None:
    of = golden("reporting.report-issued.v1")
    about = fact(7, str(of.thing), msgspec.structs.replace(of.event, audience=issued_for, municipality="0101"))
    assert marks(seen(about, audience, None, {}) for audience in ALL) == expected


def test_a_report_for_a_municipality_that_names_none_is_seen_by_no_municipality() -> None:
    of = golden("reporting.report-issued.v1")
    about = fact(7, str(of.thing), msgspec.structs.replace(of.event, audience="municipality", municipality=None))
    assert marks(seen(about, audience, None, {}) for audience in ALL) == "---y-y"


@pytest.mark.parametrize("tag", [tag for tag in TELLING if "public" not in CATALOGUE[tag].seen_by])
def test_what_is_about_no_municipality_is_seen_by_none(tag: str) -> None:
    of = golden(tag)
    if "municipality" not in of.event.__struct_fields__:
        assert seen(of, OWN, None, {}) is None


def test_the_municipality_that_a_fact_names_goes_before_that_of_its_thing() -> None:
    taken = golden("intake.place-taken.v1").event
    assert municipality_of(taken, "0147") == "0101"
    assert municipality_of(started("analysis", "2031"), "0147") == "0147"
    assert municipality_of(started("analysis", "2031")) is None


@pytest.mark.parametrize(("name", "code"), [("public", "0101"), ("municipality", None), ("press", None)])
def test_there_is_no_other_audience(name: str, code: str | None) -> None:
    with pytest.raises(ValueError, match="no audience"):
        Audience(name, code)


# -- hidden fields

ENDED = fact(
    7, "engagement/eks-1", EngagementDiscontinued(programme=EKSEMPEL, on="2032-02", reason="HEMMELIG i kommunen")
)


@pytest.mark.parametrize("audience", ALL)
def test_a_hidden_field_is_seen_by_those_whom_the_catalogue_names(audience: Audience) -> None:
    told = seen(ENDED, audience, "0101", {})
    assert told is not None
    whole = audience in {OWN, TASKFORCE, AUDITOR}
    assert told.redacted == (() if whole else ("/reason",))
    assert (told.body() == ENDED.body) is whole
    assert ("HEMMELIG" in everything(told)) is whole


def test_a_copy_says_what_was_taken_out_and_of_which_original() -> None:
    told = seen(ENDED, EVERYBODY, "0101", {})
    assert told is not None
    copy, original = msgspec.json.decode(told.body()), msgspec.json.decode(ENDED.body)
    assert copy["data"] == {"programme": EKSEMPEL, "on": "2032-02"}
    assert copy["redacted"] == "/reason"
    assert copy["originaldigest"] == ENDED.digest
    left = {"data", "redacted", "originaldigest", "dataschema"}
    assert {k: v for k, v in copy.items() if k not in left} == {k: v for k, v in original.items() if k not in left}
    assert "dataschema" not in copy  # it does not hold what the schema asks for
    read = JSONFormat().read(CloudEvent, told.body())
    assert read.get_attributes()["originaldigest"] == ENDED.digest


@pytest.mark.parametrize("audience", ALL)
@pytest.mark.parametrize("field", ["/reason", "/on"])
def test_a_correction_of_a_hidden_field_shows_neither_value_nor_why(audience: Audience, field: str) -> None:
    told = seen(amendment(ENDED, engagement.Corrected, field), audience, "0101", {7: ENDED})
    assert told is not None
    whole = field == "/on" or audience in {OWN, TASKFORCE, AUDITOR}
    assert ("HEMMELIG" in everything(told)) is whole
    assert told.redacted == (() if whole else ("/was", "/is", "/reason"))
    assert field in told.sentence()
    assert field in told.sentence("en")


@pytest.mark.parametrize("audience", ALL)
def test_why_a_fact_with_a_hidden_field_was_annulled_is_hidden_with_it(audience: Audience) -> None:
    told = seen(amendment(ENDED, engagement.Annulled), audience, "0101", {7: ENDED})
    assert told is not None
    assert ("HEMMELIG" in everything(told)) is (audience in {OWN, TASKFORCE, AUDITOR})
    assert "faktum 7" in told.sentence()


def test_what_follows_from_a_correction_is_shown_where_what_it_changes_is() -> None:
    phase, scored = fact(5, "engagement/eks-1", started("analysis", "2031")), golden("engagement.sample-scored.v1", 6)
    follows = (
        Change(position=6, field="/tally/0/kept", was=4711, is_=4712),
        Change(position=7, field="/reason", was="HEMMELIG", is_="HEMMELIG"),
        Change(position=7, field="/on", was="2032", is_="2033"),
    )
    correction = engagement.Corrected(
        programme=EKSEMPEL, position=5, field="/on", was="2031", is_="2032", reason="r", authority="a", follows=follows
    )
    about = fact(8, "engagement/eks-1", correction)
    told = seen(about, EVERYBODY, "0101", {5: phase, 6: scored, 7: ENDED})
    assert told is not None
    assert told.redacted == ("/follows",)
    assert "4711" not in everything(told)
    assert "HEMMELIG" not in everything(told)
    assert msgspec.to_builtins(told.data)["follows"] == [{"position": 7, "field": "/on", "was": "2032", "is": "2033"}]
    whole = seen(about, OWN, "0101", {5: phase, 6: scored, 7: ENDED})
    assert whole is not None
    assert whole.redacted == ()


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.hidden], ids=lambda entry: entry.tag)
def test_no_sentence_tells_a_hidden_field(entry: Entry) -> None:
    for template in (entry.da, entry.en):
        assert not {name.partition("!")[0] for name in re.findall(r"{(.+?)}", template)} & set(entry.hidden)


# -- whatever comes

SECRET = "HEMMELIG"


@given(
    tag=st.sampled_from(TELLING),
    audience=st.sampled_from(ALL),
    about=st.sampled_from([None, "0101", "0147"]),
    field=st.sampled_from(["/reason", "/on", "/text", "/reason/0"]),
    kind=st.integers(0, 1),
)
def test_what_amends_a_fact_never_shows_more_than_the_fact(
    tag: str, audience: Audience, about: str | None, field: str, kind: int
) -> None:
    of = golden(tag)
    change = amendment(of, amending(of)[kind], field)
    fact_seen = seen(of, audience, about, {})
    told = seen(change, audience, about, {of.position: of})
    assert (told is None) == (fact_seen is None)
    if told and fact_seen and f"/{field.split('/')[1]}" in fact_seen.redacted:
        assert SECRET not in everything(told)


def everything(told: Seen) -> str:
    """All that leaves of a fact."""
    return "".join([
        told.sentence(), told.sentence("en"), told.body().decode(), msgspec.json.encode(told.data).decode(),
    ])  # fmt: skip
