"""What the steering group's meeting must have before it, and what is new on the page of a round: its applications' facts too."""

import re
from html import unescape
from itertools import islice

import pytest

from events.codec import Fact
from events.intake import SteeringGroupDecided
from tests.site.conftest import Site

ROUND = "eksempel-2022"


@pytest.fixture(scope="module")
def decided(log: list[Fact]) -> int:
    """Where the demo's application was decided on."""
    return next(fact.position for fact in log if isinstance(fact.event, SteeringGroupDecided))


def words(page: str) -> str:
    """What stands on a page, without its tags."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def news(site: Site, who: str, about: str, many: int) -> str:
    """The first that the stream of news tells somebody."""
    with site.by(who).stream("GET", "/nyt", params={"thing": about}) as stream:
        return "".join(islice((line for line in stream.iter_lines() if line.startswith("data:")), many))


def test_the_meeting_shows_each_decision_with_its_day_who_was_present_why_and_the_letter(site: Site) -> None:
    page = site.read("taskforce", f"/puljer/{ROUND}/moede").text
    told = words(page)
    assert "Afgørelse, 5. april 2022: optaget" in told, "the decision, though the agreement has been made since"
    assert "Til stede departementet, Socialstyrelsen og Ankestyrelsen" in told
    assert "Begrundelse Motivationen er tydelig" in told
    assert "Oplyste interesser Ingen er oplyst" in told
    assert "Aftale indgået 20. juni 2022." in told
    assert 'href="/ansoegninger/eksempelby-2022/brev"' in page


@pytest.mark.parametrize("page", [f"/puljer/{ROUND}", f"/puljer/{ROUND}/moede"])
def test_what_differs_from_today_on_a_rounds_page_is_its_applications_too(site: Site, decided: int, page: str) -> None:
    for then in (f"known_at={decided - 1}", "as_of=2022-03-30"):
        before = unescape(site.read("taskforce", f"{page}?{then}").text.partition("<main")[0])
        assert "Styregruppen afgjorde ansøgningen 5. april 2022" in before
        assert "rapport" not in before.partition("clocks-old")[2], "and nothing of another thing"


def test_what_differs_on_a_rounds_page_says_nothing_that_its_reader_may_not_see(site: Site, decided: int) -> None:
    for who in ("public", "another"):
        assert "afgjorde ansøgningen" not in site.read(who, f"/puljer/{ROUND}?known_at={decided - 1}").text


def test_news_of_a_round_are_its_applications_too(site: Site) -> None:
    told = news(site, "taskforce", f"round/{ROUND}", 6)
    assert "Eksempelby ansøgte i puljen" in told
    assert "Styregruppen afgjorde ansøgningen" in told


def test_news_of_a_round_tell_nobody_what_is_not_for_them(site: Site) -> None:
    for who in ("public", "another"):
        told = news(site, who, f"round/{ROUND}", 2)
        assert "puljen for 2022 åbnede" in told
        assert "Aftalen om et længerevarende forløb" in told, "the second that everybody may see"
