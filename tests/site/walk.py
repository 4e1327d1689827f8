"""Every address of the site, filled from the log: made from the application's own routes, so that none can be forgotten."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Final

from events.catalogue import EVERYONE, entry_of
from events.codec import Fact
from events.engagement import CaseScored
from services.reporting.site.acts.table import ACTS
from services.reporting.site.app import site
from services.reporting.site.issuing.table import ISSUABLE
from services.reporting.site.look import language_of
from services.reporting.site.settings import SiteSettings
from services.reporting.site.sheet import release

FILLED: Final = {
    "/forloeb/": "engagement",
    "/spoergsmaal/": "question",
    "/rapporter/": "report",
    "/v1/reports/": "report",
    "/maalepunkter/": "catalogue",
    "/puljer/": "round",
    "/ansoegninger/": "application",
    "/kilder/": "source",
}
"""Of which kind the thing is that an address names."""
CODES: Final = ("9901", "0101", "0851")
FILES: Final = ("spor.css", "print.css", "spor.js", "spor.svg", "htmx.org/htmx.min.js", "dkfds/css/dkfds.min.css")
STREAMS: Final = ("/nyt",)
AWAY: Final = ("/log-ind/begynd", "/log-ind/retur")
"""Addresses that lead to the provider and back: `test_signin` walks them."""


@cache
def _routes() -> list[Any]:
    with TemporaryDirectory() as folder:
        home = SimpleNamespace(tokens=None, own=lambda _owner: Path(folder))
        parts: Any = SimpleNamespace(home=home, owner="reporting")
        return list(site(parts, SiteSettings()).routes)


def routes(method: str = "GET") -> list[str]:
    """Every path that can be fetched, as the application has it."""
    return sorted({route.path for route in _routes() if method in getattr(route, "methods", ())})


def posts() -> list[str]:
    """Every path that something can be sent to."""
    return routes("POST")


def addresses(facts: Iterable[Fact], paths: Iterable[str]) -> Iterator[str]:
    """Every address that these paths make with what the log holds. Fails for one that nobody has thought about."""
    log = list(facts)
    for path in paths:
        if path in AWAY or path in STREAMS:
            continue
        yield from _filled(path, log)


def _filled(path: str, log: list[Fact]) -> Iterator[str]:
    bare = path.removeprefix("/en") or "/"
    if "{" not in path:
        yield path
        yield from (f"{path}?{query}" for query in _queries(bare, log))
        return
    before, _, rest = path.partition("{")
    after = rest.partition("}")[2]
    if bare.startswith("/statisk/"):
        yield from (f"{before}{release()}/{name}" for name in FILES)
    elif bare.startswith("/kommuner/"):
        yield from (before + code + after for code in CODES)
    elif bare.startswith("/udsted/"):
        tail = rest.rpartition("}")[2]
        yield from (before + report + tail for report in _issuable(log))
    elif bare.startswith("/handling/kvittering/"):
        yield f"{before}desk-x"
    elif bare.startswith("/handling/"):
        yield from (before + key for key in _forms(log))
    elif bare.startswith("/fakta/"):
        yield from (f"{before}{fact.position}{after}" for fact in log if _worth(fact))
    else:
        kind = FILLED[bare.partition("{")[0]]
        every = [before + id_ + after for id_ in sorted({fact.thing.id for fact in log if fact.thing.kind == kind})]
        yield from every
        if not bare.startswith("/v1") and not after.endswith((".json", ".html")):
            yield f"{every[0]}?as_of=2023-03-01&known_at={log[-1].position - 20}"


def _forms(log: list[Fact]) -> Iterator[str]:
    """Every form on a thing of the kind that it is about, and corrections of some facts."""
    for act in ACTS:
        yield from sorted({f"{act.key}/{fact.thing.id}" for fact in log if fact.thing.kind == act.kind})[:4]
    for fact in log[::40]:
        yield from (f"ret/{fact.position}", f"annuller/{fact.position}")


def _issuable(log: list[Fact]) -> Iterator[str]:
    """Every report that can be issued, on a thing of the kind that it is about."""
    for one in ISSUABLE:
        ids = sorted({fact.thing.id for fact in log if fact.thing.kind == one.about})[:2]
        yield from (f"{one.kind}/{about}" for about in ids or ("eksempel",))


def _worth(fact: Fact) -> bool:
    """Of what everybody may see, and of single cases, some are as good as all."""
    if entry_of(fact.event).seen_by == EVERYONE:
        return fact.position % 16 == 0
    return not isinstance(fact.event, CaseScored) or fact.event.case < 2


def _queries(path: str, log: list[Fact]) -> Iterator[str]:
    match path:
        case "/":
            yield from ("programme=eksempel", "as_of=2018-12-06", "known_at=157", "programme=eksempel&as_of=2023-06-30")
        case "/fakta":
            yield from ("p=1-400", f"p={log[-1].position},1")
        case "/soeg":
            yield from (
                "q=a",
                "q=e",
                "q=anbefaling",
                "q=ansøg",
                "q=stikprøve",
                "q=kommune",
                "q=sag",
                "q=9901",
                "q=%C3%A5",
                "q=findes-ikke",
                "q=odnese",
            )
        case "/arbejde" | "/arbejde.csv":
            yield from ("as_of=2022-04-01", "as_of=2023-03-01", "as_of=2024-10-01")
        case "/forloeb" | "/kommuner" | "/puljer" | "/rapporter":
            yield "as_of=2023-03-01&known_at=250"
        case "/v1/facts":
            yield from ("limit=1000", "municipality=9901")
        case "/v1/reports":
            yield "limit=1000"
        case _:
            pass


def formats() -> set[str]:
    """Every route as the application knows it when it answers, in Danish, whatever is asked or sent."""
    parts: Any = SimpleNamespace(home=SimpleNamespace(tokens=None))
    return {language_of(route.path_format)[1] for route in site(parts, SiteSettings()).routes}
