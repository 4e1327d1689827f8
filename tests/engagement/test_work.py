"""What is delivered, received, assessed and told: services, account, assessments, and reports on their samples."""

from typing import Any

import pytest

from events.engagement import (
    AssessmentMade,
    CatalogueAdopted,
    CommentMade,
    DocumentRef,
    InterviewsHeld,
    MaterialReceived,
    MunicipalAccountReceived,
    Point,
    ReportPresented,
    ReportPublishedByMunicipality,
    SampleDrawn,
    SampleScored,
    ServiceDelivered,
    WorkEvent,
)
from services.engagement.room import EngagementRoom
from services.engagement.views.progress import status
from tests.support.builders import EKSEMPEL, adopted, discontinued, finished, opened
from tests.support.spec import Spec, Told

ABOUT = "engagement/eks-1"
OPENED: Told = (ABOUT, opened())
PDF = DocumentRef(media="application/pdf", size=48213, commitment="4e" * 32)


def served(**changes: Any) -> ServiceDelivered:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "kind": "sparring", "title": "Sparring med ledelsen", "on": "2032-02-03",
    }  # fmt: skip
    return ServiceDelivered(**fields | changes)


def interviewed(**changes: Any) -> InterviewsHeld:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "group": "rådgivere", "count": 8, "on": "2031-08"}
    return InterviewsHeld(**fields | changes)


def received(**changes: Any) -> MaterialReceived:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "kind": "procedurer", "count": 12, "on": "2031-07"}
    return MaterialReceived(**fields | changes)


def accounted(**changes: Any) -> MunicipalAccountReceived:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "on": "2033-04-20", "document": PDF}
    return MunicipalAccountReceived(**fields | changes)


def assessed(**changes: Any) -> AssessmentMade:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "area": "involvement", "text": "Børn tales oftere med.", "on": "2033-06-01",
    }  # fmt: skip
    return AssessmentMade(**fields | changes)


def presented(report: str = "analysis", **changes: Any) -> ReportPresented:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "report": report, "body": "Børneudvalget", "on": "2033-06-20"}
    return ReportPresented(**fields | changes)


def published(report: str = "analysis", **changes: Any) -> ReportPublishedByMunicipality:
    fields: dict[str, Any] = {
        "programme": EKSEMPEL, "report": report, "url": "https://kommune.example/rapport", "on": "2033-06-21",
    }  # fmt: skip
    return ReportPublishedByMunicipality(**fields | changes)


def commented(report: str = "analysis", **changes: Any) -> CommentMade:
    fields: dict[str, Any] = {"programme": EKSEMPEL, "report": report, "text": "Tallet er 41.", "on": "2031-06-21"}
    return CommentMade(**fields | changes)


def drawn(sample: int) -> Told:
    return ABOUT, SampleDrawn(
        programme=EKSEMPEL, sample=sample, catalogue="mp-2030", drawn_on="2031-06-10", population=140, method="Lod.",
        review_from="2029-06-01", review_to="2031-05-31", cases=(),
    )  # fmt: skip


def scored(sample: int) -> Told:
    return ABOUT, SampleScored(programme=EKSEMPEL, sample=sample, on="2031-07-01")


ACCOUNT: Told = (ABOUT, accounted())
FIRST = (drawn(1), scored(1))
SECOND = (*FIRST, drawn(2), scored(2))
WORK = (served(), interviewed(), received(), accounted(), assessed(), commented())
REPORTS = (presented(), presented("status"), published(), published("status"))


def spec(*facts: Told) -> Spec:
    return Spec(EngagementRoom()).given(OPENED, *facts)


# -- delivered, received, assessed


@pytest.mark.parametrize("wanted", WORK)
def test_work_is_recorded_as_it_was_done(wanted: WorkEvent) -> None:
    spec().when(ABOUT, wanted).then((ABOUT, wanted))


@pytest.mark.parametrize("kind", ["teaching", "sparring", "advice", "theme-day", "learning-course", "other"])
def test_a_service_is_of_a_known_kind(kind: str) -> None:
    spec().when(ABOUT, served(kind=kind)).then((ABOUT, served(kind=kind)))
    spec().when(ABOUT, served(kind="control")).then_refused("service-kind")


def test_two_services_at_the_same_time_are_told_apart_by_their_titles() -> None:
    other = served(title="Sparring med rådgivere")
    spec((ABOUT, served())).when(ABOUT, other).then((ABOUT, other))
    spec((ABOUT, served())).when(ABOUT, served()).then()


@pytest.mark.parametrize(
    "wanted", [served(participants=0), served(participants=-1), interviewed(count=0), received(count=-3)]
)
def test_where_a_number_is_given_there_is_at_least_one(wanted: WorkEvent) -> None:
    spec().when(ABOUT, wanted).then_refused("count")


def test_the_account_is_received_once_and_is_not_empty() -> None:
    spec(ACCOUNT).when(ABOUT, accounted()).then()
    spec(ACCOUNT).when(ABOUT, accounted(on="2033-05-01")).then_refused("account-received")
    empty = DocumentRef(media="application/pdf", size=0, commitment="4e" * 32)
    spec().when(ABOUT, accounted(document=empty)).then_refused("document-size")


def test_an_area_may_be_assessed_in_several_texts() -> None:
    more = assessed(text="Forældre høres oftere.")
    spec((ABOUT, assessed())).when(ABOUT, more).then((ABOUT, more))


# -- reports


def test_a_report_stands_on_its_sample() -> None:
    for before in ((), (drawn(1),)):
        spec(*before).when(ABOUT, presented()).then_refused("report-sample")
        spec(*before).when(ABOUT, published()).then_refused("report-sample")
    spec(*FIRST).when(ABOUT, presented()).then((ABOUT, presented()))
    spec(*FIRST).when(ABOUT, published()).then((ABOUT, published()))


def test_a_status_report_stands_on_the_second_sample_and_on_the_account() -> None:
    for wanted in (presented("status"), published("status")):
        spec(*FIRST, ACCOUNT).when(ABOUT, wanted).then_refused("report-sample")
        spec(*SECOND).when(ABOUT, wanted).then_refused("report-account")
        spec(*SECOND, ACCOUNT).when(ABOUT, wanted).then((ABOUT, wanted))


def test_there_are_two_reports() -> None:
    spec(*SECOND).when(ABOUT, presented("final")).then_refused("report-kind")


def test_a_report_may_be_presented_to_several_bodies() -> None:
    council = presented(body="Byrådet")
    spec(*FIRST, (ABOUT, presented())).when(ABOUT, council).then((ABOUT, council))


@pytest.mark.parametrize(
    "url", ["https://www.kommune.example", "http://kommune.example/a?b=c#d", "HTTPS://kommune.example:8443/a"]
)
def test_a_published_report_has_a_web_address(url: str) -> None:
    spec(*FIRST).when(ABOUT, published(url=url)).then((ABOUT, published(url=url)))


@pytest.mark.parametrize(
    "url",
    [
        "kommune.example/a", "ftp://kommune.example/a", "javascript:alert(1)", "https://", "https:///a", "https://kommune",
        "https://user@kommune.example", "https://kommune.example/a b", 'https://kommune.example/"><b>', "//kommune.example",
    ],
)  # fmt: skip
def test_anything_else_is_no_web_address(url: str) -> None:
    spec(*FIRST).when(ABOUT, published(url=url)).then_refused("url")


# -- the engagement around it


@pytest.mark.parametrize("wanted", [*WORK, *REPORTS])
def test_work_waits_for_its_engagement_and_belongs_to_its_programme(wanted: WorkEvent) -> None:
    Spec(EngagementRoom()).when(ABOUT, wanted).then_waits("engagement-known", ABOUT)
    other: Told = (ABOUT, opened(programme="boern-unge"))
    Spec(EngagementRoom()).given(other).when(ABOUT, wanted).then_refused("engagement-programme")


@pytest.mark.parametrize("ended", [finished(), discontinued()])
@pytest.mark.parametrize("wanted", WORK)
def test_no_work_is_done_when_the_engagement_has_ended(ended: Any, wanted: WorkEvent) -> None:
    spec((ABOUT, ended)).when(ABOUT, wanted).then_refused("engagement-closed")


@pytest.mark.parametrize("ended", [finished(), discontinued()])
@pytest.mark.parametrize("wanted", REPORTS)
def test_its_reports_may_still_be_presented_and_published(ended: Any, wanted: WorkEvent) -> None:
    spec(*SECOND, ACCOUNT, (ABOUT, ended)).when(ABOUT, wanted).then((ABOUT, wanted))


def test_nothing_is_measured_when_the_engagement_has_ended() -> None:
    size: Told = (f"rule/{EKSEMPEL}_sample_size", adopted("sample_size", value=0))
    catalogue = CatalogueAdopted(
        programme=EKSEMPEL, title="Målepunkter", law="barnets lov", valid_from="2030-01-01", authority="Ankestyrelsen",
        points=(Point(id="MP-1", requirement="Vurderet.", reviewer="legal"),),
    )  # fmt: skip
    before: tuple[Told, ...] = (size, ("catalogue/mp-2030", catalogue), (ABOUT, finished()))
    spec(*before).when(ABOUT, drawn(1)[1]).then_refused("engagement-closed")
    spec(*before, drawn(1)).when(ABOUT, scored(1)[1]).then_refused("engagement-closed")


@pytest.mark.parametrize("wanted", [served(on="2031-04-30"), interviewed(on="2031-04"), accounted(on="2030")])
def test_no_work_is_dated_before_the_engagement_began(wanted: WorkEvent) -> None:
    spec().when(ABOUT, wanted).then_refused("work-date")


def test_material_may_be_older_than_the_engagement() -> None:
    spec().when(ABOUT, received(on="2031-01")).then((ABOUT, received(on="2031-01")))


@pytest.mark.parametrize(
    "word",
    [
        "fejlprocenten",
        "Slutmålingen",
        "fejl-procent",
        "endelige måling",
        "error percentages",
        "slutma\u030aling",
        "fejl\u00adprocent",
        "fejl\u00a0procent",
        "slut\u2011måling",
    ],
)
def test_no_text_of_an_engagement_uses_a_word_that_a_report_may_not_say(word: str) -> None:
    said = AssessmentMade(programme=EKSEMPEL, area="involvement", text=f"Her er {word} lavere.", on="2033-06-01")
    refused = spec(OPENED).when(ABOUT, said).then_refused("forbidden-word")
    assert "relevante sager" in refused.da


def test_a_comment_is_on_one_of_the_reports_and_stands_in_the_course() -> None:
    spec().when(ABOUT, commented("answer")).then_refused("report-kind")
    assert status([(7, commented())])["comments"] == [
        {"report": "analysis", "text": "Tallet er 41.", "on": "2031-06-21", "position": 7}
    ]
