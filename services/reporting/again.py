"""`python -m services.reporting.again`: make issued reports again, from the log alone, and nothing else.

It reads the log on its standard input, in the order of the positions: a line of JSON a fact, `{"body": …}`, or with
`body64` where the body is no text. Behind it stands a line for each report that is wanted, `{"report": …}` with its id.
The answer is a line a report: the program that made it, and the documents by their media type. It needs no server and no
folder, and tells nothing that the log does not hold.
"""

import sys
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from events.codec import Fact, UndecodableError, decode
from events.corrections import targets
from events.decider import Thing
from events.intake import ApplicationSubmitted
from events.reporting import ReportIssued
from events.tree import Prefix as Tree
from services.reporting.documents import render_json, render_page
from services.reporting.making import making
from services.reporting.views.answer import UnanswerableError
from services.reporting.views.composed import Prefix, reported
from services.reporting.views.dossier import WANTED, gather
from services.reporting.views.report import UnreportableError

MEDIA: Final = ("text/html", "application/json")


class Told:
    """A log that was told from its beginning, and every prefix of it."""

    def __init__(self, bodies: Iterable[bytes]) -> None:
        self.bodies = tuple(bodies)
        self.facts = [decode(position, body) for position, body in enumerate(self.bodies, 1)]
        self._amending: dict[int, list[int]] = {}
        for fact in self.facts:
            for position in targets(fact.event):
                self._amending.setdefault(position, []).append(fact.position)

    def issued(self, report: str) -> ReportIssued | None:
        """What was recorded of an issued report, by its id."""
        events = [fact.event for fact in self.facts if fact.thing == Thing("report", report)]
        return next((event for event in events if isinstance(event, ReportIssued)), None)

    def prefix(self, position: int) -> Prefix:
        """The prefix up to a position."""
        facts = self.facts[:position]
        dossier = cache(lambda: gather(_chosen(facts)))
        return Prefix(
            position=position,
            whole=dossier,
            rules=dossier,
            of=lambda thing: [fact for fact in facts if fact.thing == thing],
            at=lambda positions: {at: facts[at - 1] for at in sorted(set(positions)) if at <= position},
            amending=lambda positions: {at: self._amended(at, position) for at in positions},
            root=lambda upto: Tree().grown(self.bodies[:upto]).root.hex(),
            applied=lambda round_: [
                fact.thing
                for fact in facts
                if isinstance(fact.event, ApplicationSubmitted) and fact.event.round == round_
            ],
        )

    def _amended(self, at: int, upto: int) -> Sequence[int]:
        return [by for by in self._amending.get(at, ()) if by <= upto]


def _chosen(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that a dossier is made of, and what amends them."""
    chosen: dict[int, Fact] = {}
    for fact in facts:
        if isinstance(fact.event, WANTED) or any(at in chosen for at in targets(fact.event)):
            chosen[fact.position] = fact
    return list(chosen.values())


def made_again(log: Told, report: str) -> dict[str, Any]:
    """The documents of an issued report by their media type, or why there are none."""
    issued = log.issued(report)
    if issued is None:
        return {"report": report, "error": "the log has no such report"}
    try:
        made = reported(issued, log.prefix)
        documents = {MEDIA[0]: render_page(made).decode(), MEDIA[1]: render_json(made).decode()}
    except (UnanswerableError, UnreportableError, LookupError, ValueError) as error:
        return {"report": report, "error": f"{type(error).__name__}: {error}"}
    program, recorded = making(), issued.made_with
    same = recorded is not None and recorded.source == program.source and recorded.time_zone == program.time_zone
    return {"report": report, "program": program, "recorded": recorded, "same_program": same, "documents": documents}


def _body(told: Mapping[str, str]) -> bytes:
    return told["body"].encode() if "body" in told else b64decode(told["body64"])


def main() -> int:
    """Exit code 0, also where a report could not be made; 65 where the log cannot be read."""
    told = [msgspec.json.decode(line) for line in sys.stdin.buffer]
    try:
        log = Told(_body(line) for line in told if "report" not in line)
    except UndecodableError as error:
        sys.stderr.write(f"{error}\n")
        return 65
    for line in told:
        if "report" in line:
            sys.stdout.buffer.write(msgspec.json.encode(made_again(log, line["report"])) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
