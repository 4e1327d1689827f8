"""What differs between two documents, field by field: nothing else, nothing twice, and on which facts it rests."""

from typing import Any

import pytest

from services.cli.differences import APART, differences
from services.reporting.views.behind import at_pointer, grounds

REPORT: dict[str, Any] = {
    "figures": {"long": {"value": 5, "sources": [3, 1]}, "short": {"value": None, "sources": []}},
    "lists": {
        "long": [{"code": "0101", "since": "2014", "sources": [1]}, {"code": "0147", "since": "2015", "sources": [3]}]
    },
    "rules": [{"rule": "a/b~c", "text": "Otte pladser.", "sources": [2]}],
    "unknown": ["det ene", "det andet"],
}


def changed(**at: Any) -> dict[str, Any]:
    return REPORT | at


def told(before: Any, after: Any) -> list[tuple[str, Any, Any, tuple[int, ...]]]:
    return [(one.pointer, one.before, one.after, one.facts) for one in differences(before, after)]


def test_the_same_is_no_difference() -> None:
    assert told(REPORT, dict(REPORT)) == []
    assert told({}, {}) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (
            changed(figures={"long": {"value": 6, "sources": [3, 1, 9]}, "short": {"value": None, "sources": []}}),
            [("/figures/long/value", 5, 6, (9,))],
        ),
        (
            changed(figures={"long": {"value": 6, "sources": [3, 1]}, "short": {"value": None, "sources": []}}),
            [("/figures/long/value", 5, 6, (1, 3))],
        ),
        (
            changed(figures={"long": {"value": 5, "sources": [3, 9]}, "short": {"value": None, "sources": []}}),
            [("/figures/long/sources", [1, 3], [3, 9], (1, 9))],
        ),
        (
            changed(lists={"long": [{"code": "0147", "since": "2016", "sources": [3, 8]}]}),
            [
                ("/lists/long/0", REPORT["lists"]["long"][0], APART, (1,)),
                ("/lists/long/0/since", "2015", "2016", (8,)),
            ],
        ),
        (
            changed(unknown=["det nye", "det andet"]),
            [("/unknown/0", "det ene", APART, ()), ("/unknown/0", APART, "det nye", ())],
        ),
        (changed(rules=[]), [("/rules/0", REPORT["rules"][0], APART, (2,))]),
        (changed(new=None), [("/new", APART, None, ())]),
    ],
)
def test_each_field_that_differs_is_named_with_its_facts(after: Any, expected: list[Any]) -> None:
    assert told(REPORT, after) == expected


def test_a_pointer_leads_to_a_value_and_to_the_facts_it_rests_on() -> None:
    assert at_pointer(REPORT, "/figures/long/value") == (5, [1, 3])
    assert at_pointer(REPORT, "/lists/long/1") == (REPORT["lists"]["long"][1], [3])
    assert at_pointer(REPORT, "/lists/long/1/since") == ("2015", [3])
    assert at_pointer(REPORT, "/rules/0/text") == ("Otte pladser.", [2])
    assert at_pointer(REPORT, "")[1] == [1, 2, 3]
    assert at_pointer({"a/b": {"c~d": 1, "sources": [7]}}, "/a~1b/c~0d") == (1, [7])
    for pointer in ("/nothing", "/lists/long/2", "/lists/long/x", "/figures/long/value/0"):
        with pytest.raises(LookupError):
            at_pointer(REPORT, pointer)


def test_every_part_that_rests_on_facts_is_walked() -> None:
    assert dict(grounds(REPORT)) == {
        "/figures/long": [1, 3],
        "/lists/long/0": [1],
        "/lists/long/1": [3],
        "/rules/0": [2],
    }
