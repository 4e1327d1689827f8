"""What was corrected or annulled counts as it stands now, and as it stood before at an earlier position."""

from datetime import date
from typing import Any

from events.engagement import Annulled, Corrected
from events.reporting import AnswerDrafted, Block, Corrected as ReportingCorrected, QuestionReceived
from services.reporting.documents import render_html
from services.reporting.views.answer import compose
from services.reporting.views.dossier import Dossier, gather
from services.reporting.views.figures import programme_figures
from services.reporting.views.reading import Figure, figure
from tests.support.builders import (
    EKSEMPEL,
    QUOTED,
    begun,
    completed,
    discontinued,
    facts,
    figure as stated,
    opened,
    participates,
    started,
)
from tests.support.spec import Told

KEY = "20301-SOU-1"
ABOUT = f"participation/{EKSEMPEL}_0101"
COURSE = "engagement/eks-1"
WHY: dict[str, Any] = {"reason": "Året var forkert.", "authority": "sekretariatet"}
SAID: Told = (ABOUT, participates("0101", begun=begun("2018")))
CORRECTED: Told = (ABOUT, Corrected(position=1, field="/begun/when", was="2018", is_="2017", **WHY))
ASKED: tuple[Told, ...] = (
    (
        f"question/{KEY}",
        QuestionReceived(
            session="20301", committee="SOU", number="1", committee_name="Udvalget", minister="ministeren",
            asked_on="2018-12-06", text="Hvor mange?", citation=QUOTED,
        ),
    ),
    (
        f"question/{KEY}",
        AnswerDrafted(programme=EKSEMPEL, blocks=(Block(block="long"), Block(block="states"))),
    ),
)  # fmt: skip


def known(*told: Told) -> Dossier:
    return gather(facts(told))


def started_in(dossier: Dossier, year: int) -> Figure:
    lines, figures = dossier.lines(EKSEMPEL), dossier.stated(EKSEMPEL)
    return figure("started", date(2018, 12, 31), lines, figures, year)


def answer(*told: Told) -> dict[str, Any]:
    return compose(known(*told), KEY, "2018-12-31")


def test_a_corrected_statement_changes_the_answer_and_not_the_one_known_before() -> None:
    assert started_in(known(SAID), 2018).members == ("0101",)
    now = known(SAID, CORRECTED)
    assert started_in(now, 2018).members == ()
    assert started_in(now, 2017).members == ("0101",)


def test_an_annulled_statement_counts_no_more() -> None:
    annulled = (ABOUT, Annulled(position=1, reason="En anden kommune var ment.", authority="sekretariatet"))
    now = known(SAID, annulled)
    assert started_in(now, 2018).members == ()
    assert figure("long", date(2020, 1, 1), now.lines(EKSEMPEL), []).members == ()
    assert now.events == {} and now.position == 2


def test_an_answer_leads_to_the_correction_behind_it() -> None:
    made = answer(SAID, CORRECTED, *ASKED)
    assert made["lists"]["long"][0]["sources"] == [1, 2]
    assert made["figures"]["long"]["sources"] == [1, 2]
    fact = made["facts"]["2"]
    assert fact["type"] == "engagement.corrected.v1"
    assert "rettede" in fact["sentence"] and "»2017«" in fact["sentence"]
    page = render_html(made).decode()
    assert 'id="p2"' in page


def test_an_answer_without_corrections_is_what_it_was() -> None:
    made = answer(SAID, *ASKED)
    assert made["lists"]["long"][0]["sources"] == [1]
    assert set(made["facts"]) == {"1", "2"}


def test_the_figures_of_a_programme_lead_to_it_too() -> None:
    made = programme_figures(known(SAID, CORRECTED), EKSEMPEL, date(2018, 12, 31))
    assert made["figures"]["long"]["sources"] == made["lists"]["long"][0]["sources"] == [1, 2]


def test_a_corrected_list_is_read_as_corrected_and_so_is_what_it_contradicts() -> None:
    list_ = (f"figure/{EKSEMPEL}_long", stated("long", members=("0147",), value=1, complete=True))
    fixed = ReportingCorrected(position=2, field="/members/0", was="0147", is_="0151", **WHY)
    told = ((ABOUT, participates("0101", begun=begun("2016"))), list_, (f"figure/{EKSEMPEL}_long", fixed), *ASKED)
    made = compose(known(*told), KEY, "2018-12-06")
    assert {entry["code"] for entry in made["lists"]["long"]} == {"0101", "0151"}
    (contradiction,) = made["figures"]["long"]["contradictions"]
    assert (contradiction["list"], contradiction["sources"]) == (2, [1, 3])
    assert "3" in made["facts"]


def test_what_the_public_may_not_see_does_not_come_in_by_its_correction() -> None:
    course: tuple[Told, ...] = ((COURSE, opened(on="2018-01-01")), (COURSE, discontinued("2018-06-01")))
    secret = Corrected(position=2, field="/reason", was="Området omlægges.", is_="Lederen er syg.", **WHY)
    later = Corrected(position=2, field="/on", was="2018-06-01", is_="2018-06-02", **WHY)
    made = answer(*course, (COURSE, secret), (COURSE, later), *ASKED)
    assert made["lists"]["long"][0]["sources"] == [1, 2, 4]
    assert "syg" not in str(made) and "omlægges" not in str(made)


def test_a_phase_whose_beginning_was_annulled_is_known_by_its_end_alone() -> None:
    now = known(
        (COURSE, opened(on="2016-01-01")),
        (COURSE, started("development", "2016-03-01")),
        (COURSE, completed("development", "2018-06-01")),
        (COURSE, Annulled(position=2, reason="Fasen begyndte en anden dag.", authority="sekretariatet")),
    )
    in_2018, in_2017 = (
        figure("in_development", date(2018, 12, 31), now.lines(EKSEMPEL), [], year) for year in (2018, 2017)
    )
    assert (in_2018.members, in_2017.members) == (("0101",), ())
    assert in_2017.basis == "not known"


def test_a_discontinued_engagement_was_not_completed_and_is_in_no_phase_afterwards() -> None:
    now = known(
        (COURSE, opened(on="2017-01-01")),
        (COURSE, started("development", "2017-03-01")),
        (COURSE, discontinued("2018-06-01")),
    )
    lines = now.lines(EKSEMPEL)
    assert figure("completed", date(2018, 12, 31), lines, []).members == ()
    assert figure("in_development", date(2018, 12, 31), lines, []).members == ("0101",), "until it ended"
    assert figure("in_development", date(2019, 12, 31), lines, []).members == ()
    assert figure("long", date(2019, 12, 31), lines, []).members == ("0101",)
