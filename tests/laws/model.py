"""The programme's laws, told a second time and as simply as can be: a log of plain JSON in, the laws that it breaks out.

Written from domain.md 1.1 and 10 and reading.md R7, and from nothing that decides: it imports no room and no decider, it reads
dates as text, and it goes through the whole log each time.
"""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

SCALE: Final = ("kept", "kept_lawful_exception", "not_kept", "not_relevant", "not_documented")
PARTS: Final = ("director_signature", "political_backing")
DECISIONS: Final = (
    ["admitted"], ["declined"], ["waiting-list"], ["waiting-list", "admitted"], ["waiting-list", "declined"],
)  # fmt: skip
"""How an application can be decided on."""
AFTERWARDS: Final = ("report-presented", "report-published-by-municipality")
STEPS: Final = (
    "engagement-opened", "phase-started", "phase-completed", "engagement-completed", "engagement-discontinued",
)  # fmt: skip
NEVER: Final = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Row:
    """A fact as plain JSON; `type` without its owner and version, `cause` as its envelope names it."""

    position: int
    thing: str
    type: str
    data: dict[str, Any]
    cause: str

    @staticmethod
    def of(position: int, body: bytes) -> "Row":
        told = json.loads(body)
        return Row(position, told["subject"], told["type"].split(".")[1], told["data"], told["causationid"])


@dataclass(frozen=True, slots=True)
class Log:
    """All that was written, and what of it stands."""

    written: Sequence[Row]
    now: Sequence[Row]

    def about(self, thing: str) -> list[Row]:
        return [row for row in self.now if row.thing == thing]

    def at(self, position: int) -> Row | None:
        return self.written[position - 1] if 0 < position <= len(self.written) else None


# -- reading


def value(data: Any, field: str) -> Any:
    for step in field.split("/")[1:]:
        data = data[int(step)] if isinstance(data, list) else data.get(step)
    return data


def put(data: dict[str, Any], field: str, new: Any) -> dict[str, Any]:
    """The data with another value; null takes a field away."""
    made = copy.deepcopy(data)
    where, _, last = field.rpartition("/")
    inner = value(made, where) if where else made
    if isinstance(inner, list):
        inner[int(last)] = new
    elif new is None:
        inner.pop(last, None)
    else:
        inner[last] = new
    return made


def standing(written: Sequence[Row]) -> list[Row]:
    """What stands, as corrected."""
    now: dict[int, Row] = {}
    for row in written:
        if row.type == "corrected":
            for change in (row.data, *row.data.get("follows", ())):
                if old := now.get(change["position"]):
                    now[old.position] = replace(old, data=put(old.data, change["field"], change.get("is")))
        elif row.type == "annulled":
            now.pop(row.data["position"], None)
        else:
            now[row.position] = row
    return list(now.values())


def earliest(text: str) -> str:
    """The first day that a date can mean, as text that sorts."""
    if text.startswith("["):
        return earliest(text[1:].partition("..")[0] or "0000")
    if "/" in text:
        return earliest(text.partition("/")[0])
    if text.endswith("~"):
        return _shifted(text[:-1], -1)
    return text + "0000-01-01"[len(text) :]


def latest(text: str) -> str:
    """The last day that a date can mean; a month has 31 days, which sorts just as well."""
    if text.startswith("["):
        return latest(text[:-1].partition("..")[2] or "9999")
    if "/" in text:
        last = text.partition("/")[2]
        return NEVER if last == ".." else latest(last)
    if text.endswith("~"):
        shifted = _shifted(text[:-1], 1)
        return shifted[:5] + "12-31" if len(text) == 5 else shifted[:8] + "31"
    return text + "9999-12-31"[len(text) :]


def _shifted(text: str, by: int) -> str:
    if len(text) == 4:
        return f"{int(text) + by:04}-01-01"
    months = int(text[:4]) * 12 + int(text[5:7]) - 1 + by
    return f"{months // 12:04}-{months % 12 + 1:02}-01"


def day_of(text: str) -> str:
    """The day whose rules hold: the last that the date can mean, or its first where there is no last."""
    return earliest(text) if latest(text) == NEVER else latest(text)


# -- rules


def in_force(log: Log, thing: str, day: str, known: int) -> Row | None:
    """The rule that was adopted for a day, as known at a position (R7)."""
    gone = {row.data["position"] for row in log.written if row.type == "annulled" and row.position <= known}
    adopted = [
        row
        for row in log.written
        if row.thing == thing and row.type == "rule-adopted" and row.position <= known and row.position not in gone
    ]
    past = [row for row in adopted if row.data["valid_from"] <= day]
    return max(past, key=lambda row: (row.data["valid_from"], row.position), default=None)


def rule(log: Log, row: Row, name: str, day: str) -> Any:
    """What the rule said for the day, as known when the fact was decided: also where it was corrected since.

    WRONG where the fact gives the position of another one, or of none.
    """
    thing = f"rule/{row.data['programme']}_{name}"
    right = in_force(log, thing, day, row.position)
    given = [at for at in row.data.get("rules", ()) if (stood := log.at(at)) and stood.thing == thing]
    if given != ([right.position] if right else []):
        return WRONG
    return right.data.get("value") if right else None


WRONG: Final = object()
Broken = Iterator[str]


# -- engagements


def opened(_log: Log, rows: Sequence[Row]) -> Broken:
    """Opened first, and once."""
    if [row for row in rows if row.type == "engagement-opened"] != list(rows[:1]):
        yield "opened-once"


def phases(log: Log, rows: Sequence[Row]) -> Broken:
    """Each phase in the order adopted for the day, begun and then completed; the end after all of them."""
    going, done = None, list[str]()
    for row in rows:
        if row.type not in STEPS[1:4]:
            continue
        order = rule(log, row, "phases", day_of(row.data["on"]))
        if order is WRONG or order is None:
            yield "phase-rule"
        elif row.type == "phase-started":
            yield from _begun(row.data["phase"], order, going, done)
            going = row.data["phase"]
        elif row.type == "phase-completed":
            if going != row.data["phase"]:
                yield "phase-alternates"
            going, done = None, [*done, row.data["phase"]]
        elif going or not set(order) <= set(done):
            yield "completed-early"


def _begun(phase: str, order: Sequence[str], going: str | None, done: Sequence[str]) -> Broken:
    if going or phase in done:
        yield "phase-alternates"
    if phase != next((one for one in order if one not in done), None):
        yield "phase-order"


def dates(_log: Log, rows: Sequence[Row]) -> Broken:
    """No step of an engagement is certainly earlier than one before it."""
    begun = "0000-01-01"
    for row in rows:
        if row.type in STEPS:
            if latest(row.data["on"]) < begun:
                yield "step-date"
            begun = max(begun, earliest(row.data["on"]))


def after_the_end(_log: Log, rows: Sequence[Row]) -> Broken:
    """When it has ended, only its reports are told of."""
    ended = False
    for row in rows:
        if ended and row.type not in AFTERWARDS:
            yield "after-end"
        ended = ended or row.type in {"engagement-completed", "engagement-discontinued"}


def samples(log: Log, rows: Sequence[Row]) -> Broken:
    """Drawn once, with as many cases as the rule says; scored by all, on all points, once; closed with the true tally."""
    for number in {row.data["sample"] for row in rows if "sample" in row.data}:
        own = [row for row in rows if row.data.get("sample") == number]
        if [row.type for row in own].count("sample-drawn") != 1 or own[0].type != "sample-drawn":
            yield "drawn-once"
            continue
        yield from _drawn(log, own[0])
        yield from _scored(log, own)
    order = [(row.type, row.data["sample"]) for row in rows if row.type in {"sample-drawn", "sample-scored"}]
    if ("sample-drawn", 2) in order and ("sample-scored", 1) not in order[: order.index(("sample-drawn", 2))]:
        yield "second-after-first"


def _drawn(log: Log, drawn: Row) -> Broken:
    numbers = sorted(case["number"] for case in drawn.data["cases"])
    size = rule(log, drawn, "sample_size", drawn.data["drawn_on"])
    if size is WRONG or numbers != list(range(1, (size or 0) + 1)):
        yield "sample-size"
    if any(
        row.type == "engagement-opened" and drawn.data["drawn_on"] < row.data["on"] for row in log.about(drawn.thing)
    ):
        yield "sample-date"
    if len({case["commitment"] for case in drawn.data["cases"]}) != len(drawn.data["cases"]):
        yield "sample-cases"
    others = [row for row in log.about(drawn.thing) if row.type == "sample-drawn" and row.data["sample"] == 1]
    same = None if drawn.data["sample"] == 1 else [row.data["catalogue"] for row in others] == [drawn.data["catalogue"]]
    if drawn.data.get("comparable") != same:
        yield "comparable"


def _scored(log: Log, own: Sequence[Row]) -> Broken:
    points = {
        point["id"]: point["reviewer"]
        for row in log.about(f"catalogue/{own[0].data['catalogue']}")
        for point in row.data["points"]
    }
    given = [
        (row.data["case"], row.data["reviewer"], score["point"], score["score"])
        for row in own
        if row.type == "case-scored"
        for score in row.data["scores"]
    ]
    wanted = {(case["number"], kind, point) for case in own[0].data["cases"] for point, kind in points.items()}
    if any(score not in SCALE for *_, score in given):
        yield "scale"
    if any((case, kind, point) not in wanted for case, kind, point, _ in given):
        yield "strange-score"
    if len({one[:3] for one in given}) != len(given):
        yield "scored-twice"
    reviews = {(row.data["case"], row.data["reviewer"], len(row.data["scores"])) for row in own if "case" in row.data}
    if any(sum(kind == reviewer for kind in points.values()) != number for _, reviewer, number in reviews):
        yield "half-a-case"
    if any(row.data["on"] < own[0].data["drawn_on"] for row in own[1:]):
        yield "score-date"
    closings = [row for row in own if row.type == "sample-scored"]
    if closings and own[-1] != closings[0]:
        yield "after-closing"
    if bool(closings) != ({one[:3] for one in given} == wanted):
        yield "closed-when-complete"
    for closing in closings:
        yield from _tallied(closing.data["tally"], points, given, len(own[0].data["cases"]))


def _tallied(
    tally: Sequence[dict[str, Any]], points: dict[str, str], given: Sequence[tuple[int, str, str, str]], size: int
) -> Broken:
    if [told["point"] for told in tally] != list(points):
        yield "tally-points"
    for told in tally:
        if sum(told.get(score, 0) for score in SCALE) != size:
            yield "tally-sum"
        counted = Counter(score for _, _, point, score in given if point == told["point"])
        if {score: told.get(score, 0) for score in SCALE} != {score: counted[score] for score in SCALE}:
            yield "tally"


# -- applications, places, participation


def applications(log: Log, rows: Sequence[Row]) -> Broken:
    """Submitted first; admitted once, with all the parts that the rules demand; nothing after a withdrawal."""
    names = [row.type for row in rows]
    if names.count("application-submitted") != 1 or names[0] != "application-submitted":
        yield "submitted-once"
        return
    if "application-withdrawn" in names[:-1]:
        yield "after-withdrawal"
    admissions = [row for row in rows if _admits(row)]
    if len(admissions) > 1:
        yield "admitted-once"
    decided = [row.data.get("outcome", "admitted") for row in rows if _admits(row) or "outcome" in row.data]
    if decided not in ([], *DECISIONS):
        yield "decided-once"
    yield from _completed(rows)
    for row in admissions:
        if set(_needed(log, rows, row)) - _there(rows, row.position):
            yield "admitted-incomplete"


def _completed(rows: Sequence[Row]) -> Broken:
    """What was missing came by the day that was first set for it."""
    due = dict.fromkeys(rows[0].data.get("missing", ()), rows[0].data.get("due"))
    for row in rows:
        if row.type == "missing-parts-requested":
            due = dict.fromkeys(row.data["parts"], row.data["due"]) | due
        if row.type == "application-completed":
            parts = [*row.data.get("parts", ()), *(part for part in PARTS if part in row.data)]
            if any(row.data["on"] > due.get(part, "") for part in parts):
                yield "completed-late"


def agreements(log: Log, rows: Sequence[Row]) -> Broken:
    """Agreed after the admission, with the same municipality, adopted there where the rule demands it."""
    for row in rows:
        if row.type != "agreement-concluded":
            continue
        if not any(_admits(one) and one.position < row.position for one in rows):
            yield "agreed-unadmitted"
        if row.data["municipality"] != rows[0].data.get("municipality"):
            yield "other-municipality"
        adoption = row.data.get("political_adoption")
        demanded = rule(log, row, "political_adoption", row.data["on"])
        if demanded is WRONG or (demanded and not (adoption and adoption["on"] <= row.data["on"])):
            yield "agreed-unadopted"


def _admits(row: Row) -> bool:
    return row.type == "application-promoted" or row.data.get("outcome") == "admitted"


def _needed(log: Log, rows: Sequence[Row], admission: Row) -> Iterator[str]:
    """What the rules of the day it was received demand, and what it was asked for."""
    for part in PARTS:
        if rule(log, rows[0], part, rows[0].data["received_at"][:10]):
            yield part
    for row in rows:
        if row.type == "missing-parts-requested" and row.position < admission.position:
            yield from row.data["parts"]


def _there(rows: Sequence[Row], before: int) -> set[str]:
    """The parts that came in by then and were right."""
    there = set()
    for row in rows:
        if row.type in {"application-submitted", "application-completed"} and row.position < before:
            received = row.data.get("on", row.data.get("received_at", ""))[:10]
            given = [(part, row.data.get(part)) for part in PARTS]
            there |= {
                part for part, one in given if one and one["on"] <= received and one.get("role") in {"director", None}
            }
            there |= set(row.data.get("parts", ()))
    return there


def places(log: Log, rows: Sequence[Row]) -> Broken:
    """No place held by two, none taken twice by one, never more than the rule of the day has; given back by its holder."""
    holders: dict[int, str] = {}
    for row in rows:
        place, application = row.data["place"], row.data["application"]
        if row.type == "place-released":
            if holders.pop(place, None) != application:
                yield "place-released"
            continue
        if place in holders or application in holders.values():
            yield "place-twice"
        holders[place] = application
        decision = [one for one in log.about(f"application/{application}") if one.cause == row.cause and _admits(one)]
        if len(decision) != 1:
            yield "place-undecided"
        else:
            most = rule(log, decision[0], "capacity_per_year", decision[0].data["on"])
            if most is WRONG or most is None or len(holders) > most:
                yield "capacity"
    year = int(rows[0].thing.rpartition("_")[2])
    for thing in {row.thing for row in log.now if row.thing.startswith("application/")}:
        own = log.about(thing)
        rounds = log.about(f"round/{own[0].data['round']}") if own[0].type == "application-submitted" else []
        if not rounds or rounds[0].data["year"] != year or rounds[0].data["programme"] != rows[0].data["programme"]:
            continue
        has = any(map(_admits, own)) and own[-1].type != "application-withdrawn"
        if has != (thing.partition("/")[2] in holders.values()):
            yield "place-lost"


def takes_part(log: Log, rows: Sequence[Row]) -> Broken:
    """When an engagement is opened and when it has ended, its municipality's participation says the same."""
    ends = [row.data["on"] for row in rows if row.type in STEPS[3:]]
    about = f"participation/{rows[0].data['programme']}_{rows[0].data.get('municipality')}"
    own = [row for row in log.about(about) if f"engagement/{row.data.get('engagement')}" == rows[0].thing]
    if [row.data["on"] for row in own if row.type == "participation-opened"] != [rows[0].data.get("on")]:
        yield "participation-opened"
    if [row.data["on"] for row in own if row.type == "participation-closed"] != ends:
        yield "participation-closed"


def one_at_a_time(_log: Log, rows: Sequence[Row]) -> Broken:
    """A municipality has one open engagement in a programme."""
    going = None
    for row in rows:
        if row.type == "participation-opened":
            if going:
                yield "two-engagements"
            going = row.data["engagement"]
        elif row.type == "participation-closed":
            if going != row.data["engagement"]:
                yield "two-engagements"
            going = None


# -- everything


def programmes(log: Log, rows: Sequence[Row]) -> Broken:
    """A thing is of one programme, and so is all that it stands on."""
    stands = {row.position for row in rows}
    amended = [one for one in log.written if one.type in {"corrected", "annulled"} and one.data["position"] in stands]
    found = {one.data["programme"] for one in (*rows, *amended)}
    for row in rows:
        used = [log.at(at) for at in row.data.get("rules", ())]
        other = log.about(f"round/{row.data.get('round')}")
        measured = log.about(f"catalogue/{row.data.get('catalogue')}") if "sample" in row.data else []
        found |= {one.data["programme"] for one in (*used, *other, *measured) if one}
    if len(found) != 1:
        yield "one-programme"


def corrections(written: Sequence[Row]) -> Broken:
    """A correction changes what stood, where it stood, in the same thing."""
    for row in written:
        if row.type not in {"corrected", "annulled"}:
            continue
        now = {one.position: one for one in standing(written[: row.position - 1])}
        for change in (row.data, *row.data.get("follows", ())):
            old = now.get(change["position"])
            if old is None or old.thing != row.thing:
                yield "corrects-nothing"
            elif row.type == "corrected":
                if value(old.data, change["field"]) != change.get("was"):
                    yield "was"
                now[old.position] = replace(old, data=put(old.data, change["field"], change.get("is")))


LAWS: Final[dict[str, Sequence[Callable[[Log, Sequence[Row]], Broken]]]] = {
    "engagement": (programmes, opened, phases, dates, after_the_end, samples, takes_part),
    "application": (programmes, applications, agreements),
    "year": (programmes, places),
    "participation": (programmes, one_at_a_time),
}


def broken(written: Sequence[Row], things: Sequence[str] = ()) -> list[str]:
    """The names of the laws that a log breaks, each with its thing; only of these things where some are given."""
    log = Log(written, standing(written))
    found = []
    for thing in things or dict.fromkeys(row.thing for row in log.now):
        rows = log.about(thing)
        laws = LAWS.get(thing.partition("/")[0], ()) if rows else ()
        found += [f"{name} {thing}" for law in laws for name in law(log, rows)]
    if not things or written[-1].type in {"corrected", "annulled"}:
        found += [f"{name} {written[-1].thing}" for name in corrections(written)]
    return found
