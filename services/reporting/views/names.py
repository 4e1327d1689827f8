"""What each body was called on a day, as far as known (R8)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from events.dates import Certainty, parse
from services.reporting.views.dossier import Dossier, NameSaid, first_day

Data = dict[str, Any]


def names_on(dossier: Dossier, day: date) -> Iterable[Data]:
    """The name of each body; where it changed at some time around the day, both as candidates."""
    bodies: dict[str, list[NameSaid]] = {}
    for said in dossier.names:
        if not said.event.body.startswith("kommune-"):
            bodies.setdefault(said.event.body, []).append(said)
    for body, statements in sorted(bodies.items()):
        ordered = sorted(statements, key=lambda said: first_day(said.event.said_on, said.position))
        until = [s for s in ordered if parse(s.event.said_on).happened_by(day) is not Certainty.NO]
        later = [s for s in ordered if s not in until]
        around = [*until[-1:], *later[:1]]
        names = list(dict.fromkeys(said.event.name for said in around))
        exact = bool(until) and parse(until[-1].event.said_on).day == day
        yield {
            "body": body,
            "name": until[-1].event.name if exact else names[0] if len(names) == 1 else None,
            "candidates": names,
            "role": around[0].event.role,
            "said_on": [said.event.said_on for said in around],
            "sources": [said.position for said in around],
        }
