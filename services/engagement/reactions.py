"""What other owners' facts ask of engagement. Pure."""

from events.codec import Fact
from events.decider import Thing
from events.engagement import EngagementOpened
from events.intake import AgreementConcluded
from events.room import Reaction


def reaction(fact: Fact) -> Reaction | None:
    """A concluded agreement opens an engagement; it takes the application's id."""
    if not isinstance(fact.event, AgreementConcluded):
        return None
    wanted = EngagementOpened(
        programme=fact.event.programme,
        municipality=fact.event.municipality,
        application=fact.thing.id,
        on=fact.event.on,
    )
    return Reaction(cause=fact, thing=Thing("engagement", fact.thing.id), wanted=wanted)
