"""What waits in rounds and applications is kept from one question to the next, and is what would be found anew."""

from datetime import date

from hypothesis import given, settings, strategies as st

from events.base import Event
from events.codec import Fact
from events.intake import Annulled, Corrected
from services.intake.app import WORK
from services.intake.views.deadlines import due
from tests.support.builders import (
    agreed,
    brought,
    decided,
    facts,
    opened_round,
    promoted,
    requested,
    submitted,
    withdrawn,
)
from tests.support.waits import WHY, demand_as_anew

DAYS = (date(2031, 2, 1), date(2031, 3, 15), date(2031, 6, 1))
LACKING = submitted(political_backing=None, missing=("political_backing",), due="2031-03-14")
SAID: tuple[Event, ...] = (
    submitted(), LACKING, LACKING, requested("director_signature"), requested("director_signature", due="2031-05-20"),
    brought(parts=("director_signature",)), decided(), decided("waiting-list"), promoted(), withdrawn(), agreed(),
)  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[Fact]:
    """A round, perhaps opened again, three applications, and amendments, also told of others."""
    told: list[tuple[str, Event]] = [("round/2031-1", opened_round())]
    for _ in range(draw(st.integers(3, 20))):
        about, at = f"application/eks-{draw(st.integers(1, 3))}", draw(st.integers(1, len(told)))
        match draw(st.integers(0, 9)):
            case 0:
                told.append((draw(st.sampled_from(["round/2031-1", "round/2031-2"])), opened_round()))
            case 1:
                told.append((draw(st.sampled_from([about, told[at - 1][0]])), Annulled(position=at, **WHY)))
            case 2 if hasattr(told[at - 1][1], "on"):
                on = draw(st.sampled_from(["2031-03-02", "2031-05-30"]))
                told.append((told[at - 1][0], Corrected(position=at, field="/on", is_=on, **WHY)))
            case _:
                told.append((about, draw(st.sampled_from(SAID))))
    return facts(told)


@settings(max_examples=60)
@given(logs(), st.data())
def test_what_waits_is_what_would_be_found_anew(log: list[Fact], data: st.DataObject) -> None:
    demand_as_anew(WORK, due, "application", log, DAYS, data)
