"""`spor verify log --decode`, fact by fact: what is counted, what is named, and that an old type is read as its successor."""

from pathlib import Path
from typing import Any

import pytest

from events.catalogue import log_subject
from events.codec import decode
from events.store import Line
from events.upcasts import UPCASTS, Upcast
from services.cli.verify import Decoded

BODY = (Path(__file__).parent / "golden" / "engagement.phase-started.v1.json").read_bytes()
SUBJECT = log_subject(decode(1, BODY).thing)
OLD = BODY.replace(b"engagement.phase-started.v1", b"engagement.phase-begun.v1")


def taken(*lines: Line, head: int | None = None) -> Decoded:
    found = Decoded()
    for line in lines:
        found.take(line)
    found.end(lines[-1].position if head is None else head)
    return found


def test_facts_are_counted_by_their_types() -> None:
    found = taken(Line(1, SUBJECT, BODY), Line(2, SUBJECT, BODY))
    assert (found.position, found.types, found.unreadable) == (2, {"engagement.phase-started.v1": 2}, 0)


def test_a_retired_type_is_counted_as_itself_and_as_read_by_its_upcaster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPCASTS, "engagement.phase-begun.v1", Upcast("engagement.phase-started.v1", lambda data: data))
    found = taken(Line(1, SUBJECT, OLD), Line(2, SUBJECT, BODY))
    assert found.types == {"engagement.phase-begun.v1": 1, "engagement.phase-started.v1": 1}
    assert (found.upcast, found.unreadable) == (1, 0)


def test_a_retired_type_without_an_upcaster_cannot_be_read() -> None:
    found = taken(Line(1, SUBJECT, OLD))
    assert found.first == {"position": 1, "why": "'engagement.phase-begun.v1'"}


def test_an_upcaster_that_breaks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: Any) -> Any:
        return data.nothing

    monkeypatch.setitem(UPCASTS, "engagement.phase-begun.v1", Upcast("engagement.phase-started.v1", broken))
    found = taken(Line(1, SUBJECT, OLD), Line(2, SUBJECT, BODY))
    assert found.first is not None
    assert found.first["position"] == 1
    assert "AttributeError" in found.first["why"]
    assert found.types == {"engagement.phase-started.v1": 1}


@pytest.mark.parametrize(("positions", "head", "missing"), [((2,), 2, 1), ((1, 3), 3, 2), ((1,), 2, 2)])
def test_a_position_that_is_missing_is_named(positions: tuple[int, ...], head: int, missing: int) -> None:
    found = taken(*(Line(position, SUBJECT, BODY) for position in positions), head=head)
    assert found.first is not None
    assert found.first["position"] == missing
    assert "missing" in found.first["why"]


def test_a_fact_below_another_thing_s_subject_cannot_be_read() -> None:
    found = taken(Line(1, "log.engagement.engagement.other", BODY))
    assert found.first is not None
    assert "stands below" in found.first["why"]
