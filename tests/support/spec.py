"""Given, when, then for one room's decisions: facts in, a wish, and what follows or why not.

The same wish is always sent a second time: where the decider promises silence it must add nothing.
"""

from collections.abc import Sequence
from typing import Any

from events.base import Event
from events.decider import NotReadError, RefusedError, Thing, TooEarlyError
from events.engagement import AdviceEvent, CatalogueAdopted, EngagementOpened, ShortServiceHeld, WorkEvent
from events.intake import ApplicationRoundOpened, MunicipalityKnown, SourceRegistered, SourceRevoked
from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    HeldDismissed,
    QuestionReceived,
    ReportIssued,
    SupplementDismissed,
    SupplementSent,
)
from events.room import Room

SILENT_AGAIN = (
    SourceRegistered, SourceRevoked, MunicipalityKnown, ApplicationRoundOpened, EngagementOpened, QuestionReceived, AnswerDrafted,
    AnswerApproved, AnswerSent, SupplementSent, SupplementDismissed, HeldDismissed, ReportIssued, CatalogueAdopted, ShortServiceHeld, AdviceEvent, WorkEvent,
)  # fmt: skip

Told = tuple[str, Event]
"""A fact or wish, and the thing it is about: `("application/eks-1", ApplicationSubmitted(...))`."""


def thing(text: str) -> Thing:
    """`application/eks-1` as a thing."""
    kind, _, id_ = text.partition("/")
    return Thing(kind, id_)


class Given:
    """Facts by thing, numbered from 1 as they are told; they are all that a decision can look at."""

    def __init__(self, room: Room, facts: Sequence[Told]) -> None:
        self._room = room
        self._histories: dict[Thing, list[tuple[int, Event]]] = {}
        for position, (about, event) in enumerate(facts, 1):
            self._histories.setdefault(thing(about), []).append((position, event))

    def state(self, about: Thing) -> Any:
        if about.kind not in self._room.evolvers:
            raise NotReadError(about)
        return self._room.evolvers[about.kind].fold(self._histories.get(about, ()))

    def history(self, about: Thing) -> Any:
        raise NotReadError(about, whole=True)


class Spec:
    """One example: `Spec(room).given(...).when("round/2031", wanted).then(("round/2031", fact))`."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._facts: tuple[Told, ...] = ()

    def given(self, *facts: Told) -> "Spec":
        self._facts += facts
        return self

    def when(self, about: str, wanted: Event) -> "Spec":
        self._about, self._wanted = thing(about), wanted
        return self

    def then(self, *expected: Told) -> None:
        """These facts follow, and nothing else."""
        decided = self._decide(self._facts)
        assert [(str(about), event) for about, event in decided] == list(expected)
        if isinstance(self._wanted, SILENT_AGAIN):
            again = self._decide((*self._facts, *expected))
            assert again == [], "the same wish again must add nothing"

    def then_refused(self, rule: str, *, sources: Sequence[int] = ()) -> RefusedError:
        """The rules say no, for good, in both languages."""
        refused = self._refusal()
        assert not isinstance(refused, TooEarlyError), f"{refused.rule} waits"
        assert (refused.rule, refused.sources) == (rule, tuple(sources))
        return refused

    def then_waits(self, rule: str, awaits: str) -> TooEarlyError:
        """Something that the wish speaks of is not there yet."""
        early = self._refusal()
        assert isinstance(early, TooEarlyError)
        assert (early.rule, str(early.awaits)) == (rule, awaits)
        return early

    def _refusal(self) -> RefusedError:
        try:
            decided = self._decide(self._facts)
        except RefusedError as refused:
            assert refused.da.strip()
            assert refused.en.strip()
            assert refused.da != refused.en
            return refused
        raise AssertionError(f"not refused, but decided: {decided}")

    def _decide(self, facts: Sequence[Told]) -> list[tuple[Thing, Event]]:
        return list(self._room.decide(self._about, self._wanted, Given(self._room, facts)))
