"""An act: the claim that it makes, who may do it, and when its form stands on a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.base import Event
from events.decider import Thing
from events.visibility import MUNICIPALITY, Audience
from services.reporting.site.acts.fields import Wrong

STAFF: Final = ("taskforce",)
OWN: Final = ("municipality", "taskforce")
"""The municipality itself, or the Task Force when it was told of it."""
NEW: Final = "ny"
"""What stands in an address where the thing is not there yet."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a form is about: the thing, and what stands of it after corrections, as far as whoever looks may see it.

    `positions` are those of the events. `rule` says what an adopted rule of the programme says today; None where there
    is none. `programmes` are those there are; `head` is how far the log was read when the form was fetched.
    """

    thing: Thing
    events: tuple[Event, ...]
    today: date
    audience: Audience
    rule: Callable[[str], Any]
    positions: tuple[int, ...] = ()
    programmes: Callable[[], Sequence[str]] = tuple
    head: int = 0

    def last(self, *types: type[Event]) -> Any:
        """The last event of these types."""
        return next((event for event in reversed(self.events) if isinstance(event, types)), None)

    def at(self, *types: type[Event]) -> int:
        """The position of the last event of these types; 0 where there is none."""
        told = zip(reversed(self.positions), reversed(self.events), strict=True)
        return next((position for position, event in told if isinstance(event, types)), 0)

    def said(self, attribute: str) -> Any:
        """What the first event says that has something to say of it."""
        return next((value for event in self.events if (value := getattr(event, attribute, None))), None)


Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `key` is its address; `kind` is the thing whose page it stands on.

    `said` is what the form does not ask because it is known, `first` what stands in the fields to begin with, `rows`
    how many parts a list has, `target` the thing that the claim is about where it is another. What is `kept` stands in
    the form out of sight, as it was when the form was fetched; parts of a `loose` list may be left empty. `asks` is what
    the form asks for that a claim can do without: what was decided long ago is recorded as it is known. An act that `opens`
    needs no thing yet.
    """

    key: str
    event: type[Event]
    kind: str
    roles: tuple[str, ...] = STAFF
    stands: Callable[[Matter], bool] = lambda _: True
    said: Callable[[Matter], Data] = lambda matter: {"programme": matter.said("programme")}
    first: Callable[[Matter], Data] = lambda matter: {"on": str(matter.today)}
    left_out: tuple[str, ...] = ()
    options: Callable[[Matter], Mapping[str, Sequence[str]]] = lambda _: {}
    rows: Callable[[Matter], Mapping[str, int]] = lambda _: {}
    target: Callable[[Matter, Data], Thing] = lambda matter, _: matter.thing
    asks: Callable[[Matter, Data], list[Wrong]] = lambda *_: []
    kept: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    opens: bool = False

    def open_to(self, matter: Matter) -> bool:
        """May whoever looks do it here? A municipality's person only with what is its own."""
        audience = matter.audience
        own = audience.name != MUNICIPALITY or matter.said("municipality") == audience.municipality
        return audience.name in self.roles and own
