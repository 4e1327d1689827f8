"""The facts that engagement owns: who takes part, engagements and their phases.

Recorded by the engagement service and by nobody else. Fields carry no validation; deciders have the opinions.
"""

from typing import ClassVar, TypeAlias

from events.base import Citation, Day, Edtf, Event, Line, Municipality, Name, Programme, Token, When


class ParticipationStated(Event, frozen=True, kw_only=True):
    """Somebody said that a municipality takes part: `kind` is `long` or `short`.

    `begun` and `ended` speak of the past and are bounded by `said_on` (R2). `phase` is a state that held on `said_on`
    (R3), at some time in `phase_in` before. `expected_end` is a forecast and completes nothing (R4).
    """

    tag: ClassVar[str] = "engagement.participation-stated.v1"

    programme: Programme
    municipality: Municipality
    kind: Name
    said_on: Edtf
    said_by: Line
    begun: When | None = None
    phase: Name | None = None
    phase_in: When | None = None
    ended: When | None = None
    expected_end: When | None = None
    question: Token | None = None
    citation: Citation


class EngagementOpened(Event, frozen=True, kw_only=True):
    """A long engagement began. Only ever derived: it follows from a concluded agreement."""

    tag: ClassVar[str] = "engagement.engagement-opened.v1"

    programme: Programme
    municipality: Municipality
    application: Token
    on: Day


class PhaseStarted(Event, frozen=True, kw_only=True):
    """A phase of an engagement began. Names and order of the phases stand in the adopted rule `phases`."""

    tag: ClassVar[str] = "engagement.phase-started.v1"

    programme: Programme
    phase: Name
    on: Edtf
    planned_end: Edtf | None = None
    rules: tuple[int, ...] = ()


class PhaseCompleted(Event, frozen=True, kw_only=True):
    """A phase of an engagement was completed."""

    tag: ClassVar[str] = "engagement.phase-completed.v1"

    programme: Programme
    phase: Name
    on: Edtf
    rules: tuple[int, ...] = ()


EngagementEvent: TypeAlias = ParticipationStated | EngagementOpened | PhaseStarted | PhaseCompleted
