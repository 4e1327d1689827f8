"""What a municipality's own page reads of its engagements is all that it says something by, and its acts follow from it."""

from datetime import date
from typing import Any

import pytest

from events.codec import Fact
from events.corrections import effective
from events.decider import Thing
from events.engagement import EngagementOpened
from events.visibility import MUNICIPALITY, TASKFORCE, Audience
from services.reporting.site.acts.act import Matter
from services.reporting.site.acts.table import GOING, offered
from services.reporting.site.issuing.table import OFFERING, issuable
from services.reporting.site.pages.own import SHOWN
from services.reporting.views.search import Search
from services.reporting.views.sought import Sought
from tests.reporting.test_search import FACTS, THINGS, store

__all__ = ("store",)
CODE = "9901"
OWN = Audience(MUNICIPALITY, CODE)


def choices(told: list[Fact], audience: Audience) -> tuple[list[str], list[str]]:
    """The keys of what is offered, and the kinds of report to issue, given facts of an engagement."""
    thing = told[0].thing
    matter = Matter(thing, tuple(fact.event for fact in effective(told)), date(2026, 11, 22), audience, lambda _: None)
    return [act.key for act in offered(matter)], issuable(matter)


@pytest.mark.parametrize("audience", [OWN, Audience(MUNICIPALITY, "0101"), Audience(TASKFORCE)])
def test_what_is_offered_follows_from_a_few_types(audience: Audience) -> None:
    for thing in [Thing(*one) for one in THINGS if one[0] == "engagement"]:
        told = [fact for fact in FACTS.values() if fact.thing == thing]
        if not any(isinstance(fact.event, EngagementOpened) for fact in told):
            continue
        for count in range(1, len(told) + 1):
            so_far = told[:count]
            few = [fact for fact in so_far if isinstance(fact.event, OFFERING)]
            assert not few or choices(few, audience) == choices(so_far, audience)
            still = [fact for fact in few if isinstance(fact.event, GOING)]
            assert not still or choices(still, audience)[0] == choices(so_far, audience)[0]


def test_asked_by_municipality_they_are_what_each_engagement_says(store: Any) -> None:
    types = tuple(type_.tag for type_ in SHOWN)
    for upto in (len(FACTS) - 60, len(FACTS)):
        asked = Search(store.db, Sought(types=types, municipality=CODE), OWN, upto).some(0, 5000)[0]
        things = {fact.thing for fact in FACTS.values() if isinstance(fact.event, EngagementOpened)}
        own = [one for one in things if any(item.seen.fact.thing == one for item in asked)]
        assert own
        for thing in own:
            alone = Search(store.db, Sought(types=types, thing=thing), OWN, upto).some(0, 5000)[0]
            assert [item for item in asked if item.seen.fact.thing == thing] == alone
