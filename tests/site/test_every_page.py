"""What holds for every page, in both languages, whoever looks."""

import re
from html import unescape

import pytest

from events.catalogue import told as sentence
from events.codec import Fact
from events.municipalities import invented, municipalities, name
from events.words import FORBIDDEN
from services.reporting.site.acts.amending import ANNUL, CORRECT
from services.reporting.site.acts.table import BY_KEY
from services.reporting.site.words import PROGRAMMES, WORDS
from services.web.problems import KINDS
from tests.site.conftest import PUBLIC, WHO, Site
from tests.site.provider import CONTACT
from tests.site.tongues import said
from tests.site.walk import addresses, routes

PAGES = [
    path
    for path in routes()
    if not path.startswith(("/v1", "/statisk", "/en/statisk")) and not path.endswith((".json", ".html", ".csv"))
]
LANGUAGES = {
    "da": [p for p in PAGES if p != "/en" and not p.startswith("/en/")],
    "en": [p for p in PAGES if p == "/en" or p.startswith("/en/")],
}
OUTSIDE = re.compile(r"""(?:src|href|action|data-src|srcset)="(?!/|#|data:)[^"]*\"""")
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:")
QUOTED = re.compile(r"<blockquote.*?</blockquote>|<q\b.*?</q>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
INVENTED = "9901"
PRINTED = re.compile(r"<pre.*?</pre>|<script.*?</script>|<meta[^>]*>", re.DOTALL)
MADE = re.compile(r"\{['\"]\w+['\"]:|\[\(|object at 0x|<function|datetime\.|frozenset")
"""How Python writes what was meant to be told in words."""
MANY = re.compile(
    r"(?<![\d.,–-])\b1 (?:kommuner|fakta|dage|måneder|ansøgninger|pladser|rapporter|sager|forløb har|indberetninger|gennemgange"
    r"|municipalities|facts|days|months|applications|places|reports|cases|claims|reviews)\b"
)
"""One of what is many."""
LETTERS = re.compile(r"[æøå]\w|\w[æøå]", re.IGNORECASE)
NAMES = re.compile(
    "|".join(sorted({re.escape(name(code)) for code in municipalities()}, key=len, reverse=True)) + r"|^\w{3,4}$"
)
"""Names are the same in every language; on the map of tiles they are their first letters."""


def pages(site: Site, log: list[Fact], who: str, language: str) -> dict[str, str]:
    """Every page as it came, by its address."""
    told = {}
    for address in addresses(log, LANGUAGES[language]):
        answer = site.read(who, address)
        if answer.headers["content-type"].startswith("text/html"):
            told[address] = answer.text
            assert answer.status_code in {200, 403, 404, 400}, (address, answer.status_code)
            assert "default-src 'none'" in answer.headers["content-security-policy"], address
            assert "unsafe" not in answer.headers["content-security-policy"], address
    assert len(told) > 80
    return told


@pytest.fixture(scope="module", params=[(who, language) for who in WHO for language in LANGUAGES], ids=str)
def told(request: pytest.FixtureRequest, site: Site, log: list[Fact]) -> tuple[str, dict[str, str]]:
    who, language = request.param
    return language, pages(site, log, who, language)


def test_nothing_comes_from_outside_and_nothing_stands_inline(told: tuple[str, dict[str, str]]) -> None:
    for address, page in told[1].items():
        assert OUTSIDE.findall(page) == [], address
        assert INLINE.findall(page) == [], address


def test_every_page_says_what_it_is(told: tuple[str, dict[str, str]]) -> None:
    language, every = told
    for address, page in every.items():
        assert f'<html lang="{language}">' in page, address
        assert page.count("<h1") == 1, address
        assert page.count("<main") == 1, address
        assert 'class="skip" href="#indhold"' in page, address
        assert not re.search(r">\s*(None|Undefined|\[\]|\(\))\s*<", page), address
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), address


def test_no_page_shows_how_it_is_made(told: tuple[str, dict[str, str]]) -> None:
    for address, page in told[1].items():
        assert MADE.search(unescape(PRINTED.sub(" ", page))) is None, address


def test_every_page_is_called_by_a_name_of_its_own(told: tuple[str, dict[str, str]]) -> None:
    named: dict[str, set[str]] = {}
    for address, page in told[1].items():
        if (found := re.search(r"<title[^>]*>(.*?)</title>", page, re.DOTALL)) and "error-" not in page:
            named.setdefault(found[1], set()).add(address.partition("?")[0])
        assert found and found[1].endswith(" · Spor"), address
        assert page.count('hreflang="da"') >= 1 <= page.count('hreflang="en"'), address
    wrong = {title: same for title, same in named.items() if len(same) > 1 and not re.search(r"\(\d{3}\)", title)}
    assert wrong == {}


def test_what_is_danish_on_an_english_page_is_marked(told: tuple[str, dict[str, str]]) -> None:
    language, every = told
    for address, page in every.items() if language == "en" else ():
        found = [text for text in said(page, "en") if LETTERS.search(NAMES.sub("", unescape(text)))]
        assert found == [], address


def test_one_is_one_and_no_more(told: tuple[str, dict[str, str]]) -> None:
    for address, page in told[1].items():
        shown = re.sub(r"\s+", " ", unescape(TAGS.sub(" ", PRINTED.sub(" ", QUOTED.sub(" ", page)))))
        assert MANY.findall(shown) == [], address


def test_no_page_uses_a_word_that_no_report_may_use(told: tuple[str, dict[str, str]]) -> None:
    for address, page in told[1].items():
        words = unescape(TAGS.sub(" ", QUOTED.sub(" ", page)))
        assert FORBIDDEN.search(words) is None, (address, FORBIDDEN.search(words))


def test_no_problem_and_no_news_use_a_word_that_no_report_may_use(log: list[Fact]) -> None:
    problems = [text for kind in KINDS for text in (kind.title, kind.da, kind.en)]
    news = [sentence(fact.event, language) for fact in log for language in LANGUAGES]
    assert [text for text in (*problems, *news) if FORBIDDEN.search(quoted_out(text))] == []


def quoted_out(text: str) -> str:
    """Without what stands between marks of quotation."""
    return re.sub("»[^«]*«|“[^”]*”", " ", text)


def test_the_invented_municipality_is_marked_wherever_it_stands(told: tuple[str, dict[str, str]]) -> None:
    assert invented(INVENTED)
    found = 0
    for address, page in told[1].items():
        if name(INVENTED) in page.partition("<main")[2]:
            found += 1
            assert 'opdigtet"' in page or 'class="invented-notice"' in page, address
    assert found > 10


def test_a_share_of_a_sample_never_stands_without_its_number_of_cases(told: tuple[str, dict[str, str]]) -> None:
    language, every = told
    share = {
        "da": r"\d+ af (1 relevant sag|\d+ relevante sager)|ingen relevante sager",
        "en": r"\d+ of \d+ relevant cases?|no relevant cases",
    }
    of_engagements = [page for address, page in every.items() if "/forloeb/" in address and "/udkast" not in address]
    assert of_engagements
    for page in of_engagements:
        shares = re.findall(r'<p class="strip-share">(.*?)</p>', page, re.DOTALL)
        assert all(re.fullmatch(share[language], one.strip()) for one in shares), shares
        assert page.count('class="strip"') == len(shares)
        assert not re.search(r"\d\s*%", TAGS.sub(" ", page))


def test_the_headers_alone_can_be_asked_for(site: Site, log: list[Fact]) -> None:
    for address in list(addresses(log, LANGUAGES["da"]))[::25]:
        got, head = (site.by("taskforce").request(method, address) for method in ("GET", "HEAD"))
        assert head.status_code == got.status_code, address
        assert head.content == b""
        assert head.headers.get("etag") == got.headers.get("etag"), address


def test_a_page_is_sent_once_for_a_position(site: Site) -> None:
    client = site.by(PUBLIC)
    first = client.get("/kommuner")
    again = client.get("/kommuner", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    of_the_body = {"date", "content-length", "content-type", "transfer-encoding"}
    kept = {name: value for name, value in first.headers.items() if name not in of_the_body}
    assert {name: again.headers.get(name) for name in kept} == kept, "a browser takes these for those that it has kept"
    assert first.headers["vary"] == "Cookie"
    others = {client.get(path).headers["etag"] for path in ("/kommuner", "/en/kommuner", "/kommuner?as_of=2018-12-06")}
    others.add(site.by("auditor").get("/kommuner").headers["etag"])
    assert len(others) == 4
    assert "private" in site.by("auditor").get("/kommuner").headers["cache-control"]
    assert site.by("auditor").get("/arbejde").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/findes-ikke", 404, "Søg efter det, eller begynd på forsiden"),
        ("/en/findes-ikke", 404, "Search for it, or begin at the front page"),
        ("/?as_of=i-forgaars", 400, "Skriv en dag, en måned eller et år"),
        ("/en?known_at=yesterday", 400, "Write a day (2018-12-06)"),
        ("/kommuner?farve=blaa", 400, "Feltet farve"),
        ("/arbejde", 403, "log ind med en rolle"),
    ],
)
def test_an_error_says_what_to_do(site: Site, address: str, status: int, says: str) -> None:
    answer = site.by(PUBLIC).get(address)
    assert answer.status_code == status
    assert says in unescape(answer.text)
    assert 'href="/' in answer.text


def test_a_program_is_told_in_its_own_way(site: Site) -> None:
    answer = site.by(PUBLIC).get("/v1/findes-ikke")
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_word_has_both_languages_and_is_used() -> None:
    from importlib.resources import files  # noqa: PLC0415 - only here

    room = files("services.reporting.site")
    texts = [
        path.read_text("utf-8")
        for folder in ("templates", "pages", "")
        for path in (room / folder).iterdir()
        if path.name.endswith((".j2", ".py"))
    ]
    source = "\n".join(texts)
    made = (
        "error-",
        "road-",
        "readings-of-",
        "found-",
        "work-",
        "state-",
        "status-",
        "measure-",
        "step-",
        "where-",
        "motivation",
        "readiness",
        "other_",
        "about-",
        "accessibility-",
        "field-",
        "hint-",
        "beside-",
        "block-",
        *PROGRAMMES,
    )
    acts = {before + key for before in ("act-", "act-lead-") for key in (*BY_KEY, CORRECT, ANNUL)}
    assert acts <= WORDS.keys()
    unused = [
        key
        for key in WORDS.keys() - acts
        if not any(f"{mark}{part}{mark}" in source for mark in "'\"" for part in {key, key.removesuffix("-one")})
        and not key.startswith(made)
    ]
    assert unused == []
    assert [
        key for key, (danish, english) in WORDS.items() if not english or (not danish and key != "danish-only")
    ] == []
    assert [
        key for key, pair in WORDS.items() if set(re.findall(r"{\w+}", pair[0])) != set(re.findall(r"{\w+}", pair[1]))
    ] == []


@pytest.mark.parametrize("number", ["²", "٣", "0", "-1", "1e3", "9" * 15, "9" * 40, "9" * 5000])
@pytest.mark.parametrize(
    "address",
    [
        "/fakta/{}", "/fakta?p={}", "/fakta?p=1-{}", "/fakta?p={}-2", "/handling/ret/{}", "/handling/annuller/{}",
        "/handling/afvis/inbox-{}", "/handling/kvittering/{}", "/?known_at={}", "/kommuner/{}", "/forloeb?known_at={}",
        "/laesninger?before={}", "/driftens-handlinger?foer={}", "/rapporter?foer={}",
    ],
)  # fmt: skip
def test_what_is_no_number_is_no_fault_of_ours(site: Site, address: str, number: str) -> None:
    for who in (PUBLIC, "taskforce", "auditor"):
        answer = site.by(who).get(address.format(number))
        assert answer.status_code < 500, (who, answer.status_code)


def test_the_accessibility_statement_says_when_it_was_drawn_up_and_where_one_writes(site: Site) -> None:
    told = site.read("public", "/tilgaengelighed").text
    assert "Erklæringen blev udarbejdet 22. november 2026" in told
    assert f"Skriv til {CONTACT}" in told
    english = site.read("public", "/en/tilgaengelighed").text
    assert "drawn up on 22 November 2026" in english
    assert f"Write to {CONTACT}" in english
