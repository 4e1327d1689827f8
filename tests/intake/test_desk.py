"""How far it has come: the state of one thing, as the desk tells it."""

from events.base import Backing, Event
from services.intake.views.desk import State, status
from tests.support.builders import (
    assessed,
    brought,
    decided,
    municipality_known,
    promoted,
    released,
    requested,
    submitted,
    taken,
    withdrawn,
)

SUBMITTED = {"status": "submitted", "programme": "eksempel", "municipality": "0101", "round": "2031-1"}


def told(*events: Event) -> State:
    return status(enumerate(events, 1))


def test_an_application_is_told_with_what_it_lacks_and_the_last_day_of_each_part() -> None:
    assert told(submitted()) == SUBMITTED
    bare = submitted(political_backing=None, missing=("political_backing",), due="2031-03-14")
    assert told(bare) == SUBMITTED | {"missing": {"political_backing": "2031-03-14"}}
    asked = (bare, requested("budget", "political_backing"))
    assert told(*asked)["missing"] == {"political_backing": "2031-03-14", "budget": "2031-03-17"}
    backed = brought(political_backing=Backing(body="byrådet", on="2031-03-06"))
    assert told(*asked, backed)["missing"] == {"budget": "2031-03-17"}
    assert told(*asked, backed, brought(parts=("budget",), on="2031-03-12")) == SUBMITTED | {
        "missing": {}, "completed_on": "2031-03-12",
    }  # fmt: skip


def test_an_application_is_told_with_its_last_assessment_and_what_became_of_it() -> None:
    seen = (submitted(), assessed(1, 2, 3), assessed(4, 2, 5, on="2031-03-22"))
    state = told(*seen)
    assert state == SUBMITTED | {
        "assessed_on": "2031-03-22", "scores": {"motivation": 4, "readiness": 2, "other_activities": 5},
    }  # fmt: skip
    waiting = (*seen, decided("waiting-list"))
    assert told(*waiting) == state | {"status": "waiting-list", "decided_on": "2031-04-01"}
    assert told(*waiting, promoted())["status"] == "admitted"
    assert told(*waiting, promoted(), withdrawn(on="2031-05-07")) == state | {
        "status": "withdrawn", "decided_on": "2031-04-01", "promoted_on": "2031-05-06", "withdrawn_on": "2031-05-07",
    }  # fmt: skip


def test_a_year_is_told_with_the_places_that_are_taken_now() -> None:
    year = {"programme": "eksempel", "year": 2031}
    both = (taken(), taken(application="eks-2", place=2))
    assert told(*both) == year | {"taken": 2, "places": {"1": "eks-1", "2": "eks-2"}}
    assert told(*both, released()) == year | {"taken": 1, "places": {"2": "eks-2"}}
    assert told(*both, released(), taken(application="eks-3")) == year | {
        "taken": 2, "places": {"2": "eks-2", "1": "eks-3"},
    }  # fmt: skip


def test_a_municipality_is_told_with_all_that_is_known_of_it() -> None:
    assert told(municipality_known(), municipality_known(region="Region Østdanmark", valid_from="2027-01-01")) == {
        "code": "0210",
        "known": [
            {
                "name": "Fredensborg", "region": "Region Hovedstaden", "valid_from": "2007-01-01", "valid_to": None,
                "position": 1,
            },
            {
                "name": "Fredensborg", "region": "Region Østdanmark", "valid_from": "2027-01-01", "valid_to": None,
                "position": 2,
            },
        ],
    }  # fmt: skip
