"""A claim judged as if it were sent now, of which nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.codec import Fact
from events.decider import Thing
from events.inbox.verdict import Receipt


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What its receipt would say (with no position, and with no facts: those are here), and what would follow.

    `position` is where the log ended; the facts stand behind it as if nobody else wrote. `histories` are the things'
    facts as recorded. `waits_for` is the thing that it would wait for before it is refused, `behind` how many claims
    about the same thing wait already.
    """

    receipt: Receipt
    position: int
    facts: Sequence[Fact] = ()
    histories: Mapping[Thing, Sequence[Fact]] = field(default_factory=dict)
    waits_for: Thing | None = None
    behind: int = 0
