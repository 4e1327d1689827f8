"""Wishes over a small world: six courses in two programmes, and what may go wrong with them.

A wish is four small numbers, so that Hypothesis can make it smaller; `Wishes` reads them in the light of what is so.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from events.base import Backing, Event, Signature
from events.codec import Fact
from events.corrections import correctable
from events.engagement import CaseScored, SampleScored
from events.intake import Value
from tests.engagement.test_advice import advised, aimed, declined, found, planned, reported
from tests.engagement.test_samples import CATALOGUE, WHOLE, drawn, legal, scored, social
from tests.engagement.test_work import accounted, assessed as area_assessed, interviewed, presented, published, served
from tests.laws.model import standing
from tests.laws.world import Answer, World
from tests.support import builders as an

Document = dict[str, Any]
Op = tuple[str, int, int, int]

PROGRAMMES: Final = (an.EKSEMPEL, "andet")
RULES: Final[dict[str, tuple[Value, ...]]] = {
    "director_signature": (True, False),
    "political_backing": (True, False),
    "political_adoption": (True, False),
    "capacity_per_year": (2, 1, 3, 0),
    "phases": (("analysis", "status"), ("status", "analysis"), ("analysis", "development", "status"), ("status",)),
    "sample_size": (2, 3, 1),
    "completion_days": (14, 0, 40),
    "criteria": (an.CRITERIA, an.CRITERIA[:2]),
    "criterion_scale": ((1, 5), (1, 3)),
}
"""What may be adopted; the first is in force from the beginning."""
DAYS: Final = (
    "2031-02-28",
    "2031-03-10",
    "2031-04-01",
    "2031-06-10",
    "2031-07-01",
    "2032-02-01",
    "2033-05-01",
    "2030-01-01",
)
DATES: Final = (*DAYS, "2031", "2031-06", "2032", "2032-01~", "2031-06/..", "[2031..2032-06]", "2033-03", "2035")
WORDS: Final = (
    "analysis", "development", "status", "kept", "not_kept", "not_relevant", "perfect", "legal", "social_work",
    "admitted", "waiting-list", "declined", "MP-1", "MP-3", "a-1", "m-1", "eks-1", "0101", "0147", "mp-eksempel", "director",
    *PROGRAMMES,
)  # fmt: skip
KINDS: Final = (
    ("go",) * 8 + ("bend",) * 5 + ("amend",) * 6 + ("skip", "again", "rule", "rule", "extra", "extra", "release")
)

OPS: Final = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 199), st.integers(0, 199)),
    min_size=25,
    max_size=70,
)


def course(
    number: int, programme: str, municipality: str, *, bare: bool = False, waits: bool = False
) -> list[Document]:
    """A whole course. `bare`: applies without a signature, which is asked for; `waits`: by way of the waiting list."""
    application: list[Event] = [an.submitted(municipality=municipality, round=f"r-{programme}")]
    if bare:
        application = [
            an.submitted(municipality=municipality, round=f"r-{programme}", director_signature=None),
            an.requested("budget", "director_signature", due="2031-03-14"),
            an.brought(director_signature=Signature(role="director", on="2031-03-08")),
            an.brought(parts=("budget",)),
        ]
    application += [an.assessed(4, 3, 5), *([an.decided("waiting-list"), an.promoted()] if waits else [an.decided()])]
    application.append(an.agreed(municipality=municipality, on="2031-05-08"))
    points = catalogue(programme)
    engagement: list[Event] = [
        an.started("analysis", "2031-06"), drawn(numbers=(1, 2), catalogue=points), *_cases(1), interviewed(), found(finding="f-1"),
        advised(from_finding="f-1"), advised("a-2"), presented(on="2031-10-20"), an.completed("analysis", "2031-11"),
        declined("a-2"), planned(), aimed(recommendations=("a-1",)), reported(), served(),
        an.started("status", "2033-04"), drawn(2, numbers=(1, 2), catalogue=points, drawn_on="2033-04-10"), _whole(2),
        accounted(), area_assessed(), presented("status"), an.completed("status", "2033-06-15"), an.finished(),
        published("status"), published(on="2033-07-01"),
    ]  # fmt: skip
    return [
        an.claim(f"{number}-{at}", f"{kind}/eks-{number}", msgspec.structs.replace(event, programme=programme))
        for kind, events in (("application", application), ("engagement", engagement))
        for at, event in enumerate(events, len(application) if kind == "engagement" else 0)
    ]


def _cases(sample: int) -> Iterator[CaseScored]:
    for case in (1, 2):
        yield scored(case, legal("kept", "not_kept"), sample=sample)
        yield scored(case, social(), "social_work", sample)


def _whole(sample: int) -> SampleScored:
    cases = tuple(case for case in WHOLE.cases if case.case < 3)
    return msgspec.structs.replace(WHOLE, sample=sample, on="2033-05-20", cases=cases)


def courses() -> list[list[Document]]:
    eksempel, andet = PROGRAMMES
    return [
        course(1, eksempel, "0101"),
        course(2, eksempel, "0147", bare=True, waits=True),
        course(3, eksempel, "0101", waits=True),
        course(4, andet, "0101"),
        course(5, andet, "0147", waits=True),
        course(6, eksempel, "0151", bare=True),
    ]


def foundation() -> Iterator[Document]:
    """What stands first: two sources, and for each programme its rules, round and catalogue."""
    yield an.registration(programmes=("*",))
    yield an.registration("tf", programmes=("*",), role="taskforce")
    for programme in PROGRAMMES:
        for name, values in RULES.items():
            yield adoption(f"{programme}-{name}", programme, name, values[0], "2030-01-01")
        opened = an.opened_round(programme=programme)
        yield an.claim(f"round-{programme}", f"round/r-{programme}", opened)
        points = msgspec.structs.replace(CATALOGUE, programme=programme)
        yield an.claim(f"catalogue-{programme}", f"catalogue/{catalogue(programme)}", points)


def catalogue(programme: str) -> str:
    """The id of a programme's catalogue of measurement points."""
    return f"mp-{programme}"


def adoption(id_: str, programme: str, name: str, value: Value, since: str) -> Document:
    event = an.adopted(name, programme=programme, value=value, valid_from=since)
    return an.claim(f"rule-{id_}", f"rule/{programme}_{name}", event)


# -- bending


def places(data: Any, before: str = "") -> Iterator[str]:
    """The JSON pointer of everything in some data."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list | tuple) else ()
    for key, item in items:
        yield f"{before}/{key}"
        yield from places(item, f"{before}/{key}")


def bent(old: Any, how: int) -> Any:  # noqa: PLR0911 - one case a kind of value
    """Another value of about the same kind."""
    match old:
        case bool():
            return not old
        case int():
            return old + (1, -1, 7)[how % 3]
        case str() if old[:2] in {"20", "[2"} and ("-" in old or len(old) < 6):
            if "T" in old:
                return f"{DAYS[how % len(DAYS)]}T09:00:00+01:00"
            return (DAYS if len(old) == 10 and how % 2 else DATES)[how % 7 if how % 2 else how % len(DATES)]
        case str():
            return WORDS[how % len(WORDS)] if how % 4 else f"{old} x"
        case list() | tuple() if old:
            return (list(old[:-1]), [*old, old[0]], list(old[::-1]))[how % 3]
        case _:
            return None


def with_bend(document: Document, where: int, how: int) -> Document:
    """The claim with one thing in it changed: a value, or the thing that it is about."""
    made = json.loads(json.dumps(document))
    paths = ["", *places(made["data"])]
    path = paths[where % len(paths)]
    if not path:
        kind = made["subject"].partition("/")[0]
        return made | {"subject": f"{kind}/eks-{how % 7}"}
    inner: Any = made["data"]
    *steps, last = path.split("/")[1:]
    for step in steps:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    at: Any = int(last) if isinstance(inner, list) else last
    inner[at] = None if how % 11 == 0 else bent(inner[at], how)
    return made


class Wishes:
    """What is asked for next, in a world; `sent` has all of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._courses = courses()
        self._next = [0] * len(self._courses)
        self.sent: list[Document] = []
        self._does: dict[str, Callable[[int, int, int], Iterator[Answer]]] = {
            "go": self._go, "bend": self._bend, "amend": self._amend, "skip": self._skip, "again": self._again,
            "rule": self._rule, "extra": self._extra, "release": self._release,
        }  # fmt: skip

    def ask(self, op: Op) -> Iterator[Answer]:
        """The answers to what four numbers ask for, as they come."""
        kind, first, second, third = op
        yield from self._does[kind](first, second, third)

    def _send(self, document: Document) -> Answer:
        self.sent.append(document | {"id": f"w-{len(self.sent)}"})
        return self.world.send(self.sent[-1])

    def _go(self, which: int, far: int, hurry: int) -> Iterator[Answer]:
        """On with a course, as it should go."""
        for _step in range(1 + far % (20 if hurry % 3 else 4)):
            if self._next[which] < len(self._courses[which]):
                self._next[which] += 1
                yield self._send(self._courses[which][self._next[which] - 1])

    def _skip(self, which: int, _: int, __: int) -> Iterator[Answer]:
        self._next[which] += 1
        yield from ()

    def _again(self, which: int, back: int, how: int) -> Iterator[Answer]:
        """Something of the course once more: as it was, or otherwise."""
        document = self._courses[which][back % len(self._courses[which])]
        yield self._send(with_bend(document, back + how, how) if how % 3 else document)

    def _bend(self, which: int, where: int, how: int) -> Iterator[Answer]:
        """The next of a course, but not quite; now and then the course goes on as if it had been right."""
        steps = self._courses[which]
        if self._next[which] < len(steps):
            yield self._send(with_bend(steps[self._next[which]], where, how))
            self._next[which] += how % 2

    def _rule(self, which: int, what: int, since: int) -> Iterator[Answer]:
        """A rule is adopted, perhaps for days that are over."""
        name, values = list(RULES.items())[what % len(RULES)]
        programme = PROGRAMMES[which % 2]
        yield self._send(adoption("", programme, name, values[what // 9 % len(values)], DAYS[since % len(DAYS)]))

    def _extra(self, which: int, what: int, when: int) -> Iterator[Answer]:
        """What is not in every course."""
        programme = self._courses[which][0]["data"]["programme"]
        day = DAYS[when % len(DAYS)]
        events: tuple[tuple[str, Event], ...] = (
            ("application", an.withdrawn(on=day)), ("application", an.withdrawn(on="2031-05-02")), ("engagement", an.discontinued(day)),
            ("application", an.decided(("declined", "waiting-list", "admitted")[when % 3], on=day)),
            ("application", an.requested("political_backing", due=day)),
            ("application", an.brought(political_backing=Backing(body="byrådet", on="2031-03-06"))),
            ("application", an.promoted(on=day)),
        )  # fmt: skip
        kind, event = events[what % len(events)]
        event = msgspec.structs.replace(event, programme=programme)
        yield self._send(an.claim("", f"{kind}/eks-{which + 1}", event))

    def _release(self, _: int, __: int, ___: int) -> Iterator[Answer]:
        self.world.release()
        yield from ()

    def _amend(self, by: int, what: int, how: int) -> Iterator[Answer]:
        """A fact is corrected or annulled, by its sender or the Task Force; the later ones most."""
        facts = self.world.facts
        fact = facts[-1 - what % len(facts)]
        yield self._send(correction(fact, self._now(fact), by, how) if by else annulment(fact))

    def _now(self, fact: Fact) -> Any:
        return next((row.data for row in standing(self.world.rows) if row.position == fact.position), {})


def annulment(fact: Fact) -> Document:
    owner = fact.envelope.source.rpartition("/")[2]
    return {
        "specversion": "1.0", "id": "", "source": "urn:spor:source:tf", "type": f"{owner}.annulled.v1",
        "subject": str(fact.thing),
        "data": _about(fact) | {"reason": "Registreret ved en fejl.", "authority": "Task Forcen"},
    }  # fmt: skip


def correction(fact: Fact, data: Any, by: int, how: int) -> Document:
    """One value of a fact is another; mostly one that may be corrected."""
    paths: Sequence[str] = [path for path in places(data) if correctable(type(fact.event), path)] or ["/x"]
    path = paths[how % len(paths)]
    was: Any = data
    for step in path.split("/")[1:]:
        was = was[int(step)] if isinstance(was, list) else was.get(step)
    change = {"field": path, "was": was, "is": None if how % 13 == 0 else bent(was, how // len(paths) + by)}
    return annulment(fact) | {
        "type": annulment(fact)["type"].replace("annulled", "corrected"),
        "source": f"urn:spor:source:{'esdh' if by % 3 == 0 else 'tf'}",
        "data": _about(fact) | change | {"reason": "Skrevet forkert af.", "authority": "Task Forcen"},
    }


def _about(fact: Fact) -> Document:
    programme = getattr(fact.event, "programme", None)
    return {"position": fact.position} | ({"programme": programme} if programme else {})
