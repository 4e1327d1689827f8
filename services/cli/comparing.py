"""`spor diff`: a thing, a report or an answer at two points of either clock: what differs, and by which facts."""

import asyncio
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from nats.aio.client import Client

from deploy.home import DEFAULT, Home, open_home
from events.catalogue import OWNER_OF, question_key
from services.cli.differences import APART, SOURCES, Difference, differences
from services.cli.link import AnswerError, ask, linked
from services.cli.options import HomeOption, Json, cell, end
from services.cli.printing import MISUSE, REFUSED, as_json, out, plain

KINDS: Final = ("analysis", "status", "overview", "minutes", "letter")
FACE: Final = ("position", "as_of", "known_at", "facts", "notice", "thing", "revision", "timeline")
"""What says where a document was made, not what it says."""
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of both clocks."""

    as_of: str | None
    known_at: str | None

    def __str__(self) -> str:
        happened = f"pr. {self.as_of}" if self.as_of else ""
        known = f"kendt ved {self.known_at}" if self.known_at else ""
        return ", ".join(filter(None, (happened, known))) or "nu"


def diff(
    what: Annotated[
        str,
        typer.Argument(
            help="A thing (engagement/eks-1), a report (analysis/eks-1, overview/eksempel), or a question's key."
        ),
    ],
    home: HomeOption = DEFAULT,
    as_of: Annotated[
        list[str] | None, typer.Option("--as-of", metavar="DAY", help="Given twice: two days on which it happened.")
    ] = None,
    known_at: Annotated[
        list[str] | None,
        typer.Option("--known-at", metavar="P", help="Given twice: two positions or moments at which we knew."),
    ] = None,
    audience: Annotated[str | None, typer.Option(help="A report's: municipality, taskforce or auditor.")] = None,
    *,
    json_: Json = False,
) -> None:
    """What differs between two points of either clock, field by field, and which facts made it so."""
    first, second = _points(as_of or [], known_at or [])
    before, after = asyncio.run(_both(open_home(home), what, (first, second), audience))
    if before is None and after is None:
        end(REFUSED, f"{what} findes ikke, hverken {first} eller {second}.")
    found = differences(_said(before), _said(after))
    facts = _facts(before, after, found)
    if json_:
        points = [
            {"as_of": point.as_of, "known_at": point.known_at, "position": told and told["position"]}
            for point, told in ((first, before), (second, after))
        ]
        as_json({"what": what, "points": points, "differences": [one.shown() for one in found], "facts": facts})
    else:
        _say(what, (first, second), found, facts)


def _points(as_of: Sequence[str], known_at: Sequence[str]) -> tuple[Point, Point]:
    """The two points; a clock that is given once is the same for both."""
    if len(as_of) > 2 or len(known_at) > 2 or 2 not in {len(as_of), len(known_at)}:  # noqa: PLR2004 - a pair
        end(MISUSE, "Two points: give --as-of twice, or --known-at twice.")
    days, known = ([*given, *given, None, None] if len(given) < 2 else given for given in (as_of, known_at))  # noqa: PLR2004
    return Point(days[0], known[0]), Point(days[1], known[1])


async def _both(home: Home, what: str, points: Sequence[Point], audience: str | None) -> list[Data | None]:
    async with linked(home) as nc:
        return [await _told(nc, what, point, audience) for point in points]


async def _told(nc: Client, what: str, point: Point, audience: str | None) -> Data | None:
    """What is so at a point; None where there was no such thing then."""
    kind, _, about = what.partition("/")
    clocks = {"as_of": point.as_of, "known_at": point.known_at}
    try:
        if kind in KINDS:
            body = await ask(nc, "reporting", "report", kind=kind, about=about, audience=audience, **clocks)
        elif kind in OWNER_OF:
            thing = f"{kind}/{question_key(about)}" if kind == "question" else what
            body = await ask(nc, OWNER_OF[kind], "show", thing=thing, **clocks)
        else:
            body = await ask(nc, "reporting", "answer", key=what, **clocks)
    except AnswerError as error:
        if error.error["code"] != "not-found":
            raise
        return None
    told: Data = json.loads(body)
    return told


def _said(told: Data | None) -> Any:
    """What a document says, without what says where it was made. Of a thing, its state."""
    if told is None:
        return {}
    state = told["state"] if "timeline" in told else told
    return {name: value for name, value in (state or {}).items() if name not in FACE}


def _behind(told: Data | None) -> dict[int, str]:
    """The facts that a document is made of, by position, each as a sentence."""
    if told is None:
        return {}
    if "timeline" not in told:
        return {int(at): fact["sentence"] for at, fact in told["facts"].items()}
    return {item["position"]: item["sentence"] for item in told["timeline"] if item["happened"] == "yes"}


def _facts(before: Data | None, after: Data | None, found: Collection[Difference]) -> list[Data]:
    """The facts that one of both knows, or that a differing field rests on: where they stand and what they say."""
    was, now = _behind(before), _behind(after)
    named = {at for one in found for at in one.facts}
    positions = sorted((was.keys() ^ now.keys()) | named) if found else []
    told = was | now
    return [{"position": at, "before": at in was, "after": at in now, "sentence": told.get(at)} for at in positions]


def _say(what: str, points: tuple[Point, Point], found: Sequence[Difference], facts: Sequence[Data]) -> None:
    first, second = points
    if not found:
        out.print(plain(f"{what}: intet er forskelligt {first} og {second}."), markup=False)
        return
    many = f"{len(found)} felter er forskellige" if len(found) > 1 else "ét felt er forskelligt"
    out.print(plain(f"{what}: {many} {first} og {second}."), markup=False)
    for one in found:
        out.print(plain(f"  {one.pointer}: {_value(one.before)} → {_value(one.after)}{_led(one.facts)}"), markup=False)
    out.print(
        "Fakta, der gør forskellen:" if facts else "Ingen fakta er kommet til: det er dagen, der er en anden.",
        markup=False,
    )
    for fact in facts:
        sign = {(False, True): "+", (True, False): "–"}.get((fact["before"], fact["after"]), " ")
        out.print(plain(f"{sign} {fact['position']:>6}  {fact['sentence'] or ''}"), markup=False)


def _value(value: Any) -> str:
    if value is APART:
        return "(findes ikke)"
    if isinstance(value, dict):
        value = {name: item for name, item in value.items() if name not in SOURCES}
    return cell(value)


def _led(facts: Sequence[int]) -> str:
    return f"  [{', '.join(map(str, facts))}]" if facts else ""
