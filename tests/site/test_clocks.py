"""Both clocks, on every page that has them: what they leave out is said, and what differs from today is told."""

from html import unescape

from events.codec import Fact
from tests.site.conftest import PUBLIC, Site
from tests.site.walk import addresses, routes

WITHOUT = {
    "/statisk/": "files of this release",
    "/v1/openapi.json": "speaks of the server",
    "/log-ind": "who is there now",
    "/nyt": "what comes from now on",
}
"""Addresses without clocks, by how they begin, and what they speak of."""
FOREVER = ("dokument.html", "dokument.json", "document.html", "document.json")
"""Documents as they were issued: their bytes are the same on any day."""


def page(site: Site, address: str, who: str = PUBLIC) -> str:
    answer = site.by(who).get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_an_old_clock_is_said_in_words_at_the_top(site: Site) -> None:
    today, old = page(site, "/"), page(site, "/?as_of=2018-12-06")
    assert "Du ser ikke siden, som den er i dag" not in today
    assert "hvordan det var ved udgangen af 6. december 2018" in old
    assert old.index("Du ser ikke siden") < old.index("<h1")


def test_what_was_recorded_later_is_left_out_and_told(site: Site) -> None:
    known = page(site, "/?programme=eksempel&known_at=200")
    main, differs = known.partition("<main")[2], known.partition("<main")[0]
    assert "position 200 af" in differs
    assert "Skrevet i loggen siden" in differs
    assert "blev udstedt" in differs
    assert "blev udstedt" not in main


def test_what_happened_later_is_left_out_and_told(site: Site) -> None:
    then = page(site, "/forloeb/eksempelby-2022?as_of=2023-03-01", "taskforce")
    main, differs = then.partition("<main")[2], then.partition("<main")[0]
    assert "Analysefasen" in main and "Statusfasen begyndte" not in main
    assert "Forløbet blev afsluttet 20. november 2024" in differs and "Forløbet blev afsluttet" not in main
    assert main.count('class="strip"') == main.count('class="strip-share"') == 12, "the second sample was not drawn"


def test_a_day_is_its_end_in_copenhagen(site: Site) -> None:
    assert "Du ser ikke siden" not in page(site, "/?known_at=2999-01-01")
    assert site.by(PUBLIC).get("/kommuner?known_at=2012-01-01").headers["spor-position"] == "0"


def test_what_was_not_there_yet_is_said_to_be_so(site: Site) -> None:
    answer = site.by(PUBLIC).get("/forloeb/eksempelby-2022?as_of=2020-01-01")
    assert answer.status_code == 404
    assert "Det fandtes ikke endnu på det tidspunkt" in unescape(answer.text)
    hidden = site.by(PUBLIC).get("/ansoegninger/findes-ikke?as_of=2020-01-01")
    assert "fandtes ikke endnu" not in unescape(hidden.text)


def test_links_keep_the_clocks_and_the_language(site: Site) -> None:
    english = page(site, "/en/kommuner?as_of=2018-12-06")
    assert 'href="/en/kommuner/0101?as_of=2018-12-06"' in english
    assert 'href="/kommuner?as_of=2018-12-06"' in english, "the other language of the same page"


def test_a_clock_that_cannot_be_read_keeps_what_was_typed_and_says_what_to_write(site: Site) -> None:
    for address, says in [
        ("/kommuner", "Skriv en dag, en måned eller et år"),
        ("/en/kommuner", "Write a day, a month"),
    ]:
        answer = site.by(PUBLIC).get(address, params={"as_of": "i går", "known_at": "157"})
        told = unescape(answer.text)
        assert answer.status_code == 400
        assert told.count(says) == 2, "at the top, and at the field"
        assert 'value="i går" aria-describedby="as_of-hint as_of-wrong" aria-invalid="true"' in told
        assert 'value="157"' in told and f'action="{address}"' in told


def test_a_day_is_taken_as_danes_write_it(site: Site) -> None:
    assert "hvordan det var ved udgangen af 6. december 2018" in page(site, "/?as_of=6.12.2018")
    assert "hvordan det var ved udgangen af 6. december 2018" in page(site, "/?as_of=6.+december+2018")


def test_every_address_has_both_clocks_or_says_why_not(site: Site, log: list[Fact]) -> None:
    """What has no clock answers nonsense as it answers anything else."""
    deaf = []
    for path in routes():
        bare = path.removeprefix("/en") or "/"
        if bare.startswith(tuple(WITHOUT)) or bare.endswith(FOREVER):
            continue
        address = next(iter(addresses(log, [path])), None)
        for clock in ("as_of", "known_at"):
            answer = site.by("auditor").get((address or path).partition("?")[0], params={clock: "i går"})
            if answer.status_code != 400:
                deaf.append((path, clock, answer.status_code))
    assert deaf == []


def test_who_may_have_begun_later_is_not_said_to_have_begun(site: Site) -> None:
    """The record names some of 2018 whose beginning nobody has told."""
    for address, words in [("/kommuner", "begyndelse eller slutning ikke kendt"), ("/en/kommuner", "beginning or end")]:
        assert words in page(site, f"{address}?as_of=2011-06-30")
