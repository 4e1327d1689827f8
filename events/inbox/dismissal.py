"""Dismissing what is held: what can be, what goes with it, and what whoever sent it is told."""

from collections.abc import Sequence
from typing import Any, Final

from events.catalogue import OWNER_OF, TOKEN, held_id, told
from events.codec import Fact
from events.decider import RefusedError, Thing
from events.inbox.claim import Arrival, Claim, read
from events.inbox.post import Held, key_of
from events.inbox.verdict import Refusal
from events.reporting import HeldDismissed

DISMISSED: Final = "dismissed"
"""The rule of a refusal that no rule gave, but a person."""


def demand_thing(wanted: HeldDismissed) -> Thing:
    """The thing that something is held about. Raises RefusedError where it names none."""
    kind, _, id_ = wanted.about.partition("/")
    if kind not in OWNER_OF or not TOKEN.fullmatch(id_):
        raise RefusedError(
            "held-about",
            f"{wanted.about} er ingen ting: skriv fx application/eks-1.",
            f"{wanted.about} is no thing: write such as application/eks-1.",
        )
    return Thing(kind, id_)


def demand_held(wanted: HeldDismissed, held: Sequence[Held]) -> None:
    """Is it held, and not released or dismissed? Raises RefusedError."""
    if (wanted.inbox, wanted.cause) not in {key_of(what) for what in held}:
        raise RefusedError(
            "not-held",
            f"Det er ikke tilbageholdt om {wanted.about}: måske er det frigivet i mellemtiden.",
            f"It is not held about {wanted.about}: it may have been released in the meantime.",
        )


def dismissed_thing(dismissal: Fact) -> Thing:
    """The thing that a dismissal is about."""
    return demand_thing(_event(dismissal))


def dismissed_among(dismissal: Fact, held: Sequence[Held]) -> list[Held]:
    """What is dismissed of what is held about the thing, in order: what is named, and perhaps what was behind it then."""
    event = _event(dismissal)
    keys = [key_of(what) for what in held]
    if (event.inbox, event.cause) not in keys:
        return []
    named, *later = held[keys.index((event.inbox, event.cause)) :]
    then = dismissal.envelope.recordedtime
    return [named, *(what for what in later if event.behind and what["at"] <= then)]


def dismissal_refusal(dismissal: Fact) -> Refusal:
    """What whoever sent a claim is told when it is dismissed."""
    event = _event(dismissal)
    who = event.authority[:1].upper() + event.authority[1:]
    return Refusal(
        rule=DISMISSED,
        da=f"{who} afviste indberetningen, som var sat til side, fordi vi selv fejlede: {event.reason}",
        en=f"{who} dismissed the claim, which was set aside because we failed: {event.reason}",
        sources=(dismissal.position,),
    )


def arrival_of(what: Held) -> Arrival:
    """The message that is held, as it came."""
    return Arrival(what["inbox"], what["subject"], what["body"].encode(), what["headers"])


def shown(thing: Thing, what: Held) -> dict[str, Any]:
    """What is held, as it is shown to whoever decides on it: which one, since when, why, and what it says."""
    made = {"thing": str(thing), "which": held_id(*key_of(what)), "at": what["at"], "reason": what["reason"]}
    made |= {"inbox": what.get("inbox"), "cause": what.get("cause"), "source": None, "id": None, "type": None}
    claim = read(arrival_of(what)) if "body" in what else None
    if not isinstance(claim, Claim):
        return made | {"da": None, "en": None}
    said = {"da": told(claim.event), "en": told(claim.event, "en")}
    return made | {"source": claim.source, "id": claim.id, "type": claim.entry.tag, **said}


def _event(dismissal: Fact) -> HeldDismissed:
    if not isinstance(dismissal.event, HeldDismissed):
        raise TypeError(dismissal.event.tag)
    return dismissal.event
