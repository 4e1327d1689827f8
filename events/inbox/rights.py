"""May this source say this? What a registration allows."""

from collections.abc import Iterator
from typing import Final

from events.base import Annulment, Correction, Event, Part
from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.inbox.claim import Claim
from events.intake import MunicipalityKnown, SourceRegistered, SourceRevoked
from events.municipalities import EXAMPLE, invented, name
from events.upcasts import newest_tag

ALL: Final = "*"
URN: Final = "urn:spor:source:"
"""What a source of Spor's own is called as a CloudEvents source, with its token behind it."""
BOUND: Final = frozenset({"application", "engagement"})
"""Kinds of thing that are about one municipality, whatever their events name."""
MUNICIPAL: Final = frozenset({"municipality", "municipalities", "members"})
"""Fields that name municipalities by their codes."""
REGISTRY: Final = (SourceRegistered, SourceRevoked)
"""Facts about sources themselves."""
Registered = SourceRegistered | SourceRevoked | None
"""What was last said about a source: it may speak, it may no more, or nothing yet."""


def _evolve(state: Registered, _position: int, event: object) -> Registered:
    return event if isinstance(event, SourceRegistered | SourceRevoked) else state


SOURCES: Evolver[Registered, object] = Evolver(None, _evolve)


def registration(source: str) -> Thing:
    """The thing that holds a source's registration."""
    return Thing("source", source)


def demand(claim: Claim, registered: Registered, concerned: str | None) -> None:
    """Raise the refusal of a claim that its source may not make; wait where the source is not registered yet.

    `concerned` is the municipality that the claim's thing is known to be about.
    """
    source, entry = claim.source, claim.entry
    if entry.own:
        _demand_own(claim)
        return
    if registered is None:
        raise TooEarlyError(
            "source-registered",
            f"Kilden {source} er ikke registreret.",
            f"The source {source} is not registered.",
            registration(source),
        )
    if isinstance(registered, SourceRevoked):
        raise RefusedError(
            "source-revoked",
            f"Kilden {source} er trukket tilbage. Bed driften registrere den igen.",
            f"The source {source} was revoked. Ask the operator to register it again.",
        )
    if claim.uri not in registered.sources and registered.sources != (ALL,):
        raise RefusedError(
            "source-uri",
            f"CloudEvents-kilden {claim.uri} er ikke registreret for {source}.",
            f"The CloudEvents source {claim.uri} is not registered for {source}.",
        )
    if entry.instead:
        wanted, why = entry.instead
        raise RefusedError(
            "derived-type",
            f"{entry.tag} kan ikke sendes; den følger af andre. Send eller brug {wanted}.",
            f"{entry.tag} cannot be sent; it is derived. Use {wanted}: {why}.",
        )
    # registering sources, and revoking them, is not among "all": it must be named
    named = tuple(newest_tag(tag) for tag in registered.types)  # who may send a type may send what follows it
    types = () if registered.types == (ALL,) and issubclass(entry.event, REGISTRY) else named
    da, en = f"Kilden {source} må ikke sende", f"The source {source} may not send"
    _within("source-type", entry.tag, types, da, en)
    if isinstance(programme := getattr(claim.event, "programme", None), str):
        da, en = f"Kilden {source} må ikke tale om", f"The source {source} may not speak about"
        _within("source-programme", programme, registered.programmes, da, en)
    elif registered.programmes == (EXAMPLE,):  # what names no programme would reach the others'
        raise RefusedError(
            "source-programme",
            f"Kilden {source} må kun tale om programmet {EXAMPLE}, og {entry.tag} nævner ikke noget program.",
            f"The source {source} may only speak about the programme {EXAMPLE}, and {entry.tag} names no programme.",
        )
    if not isinstance(claim.event, Correction | Annulment):  # those are about what the amended fact is about
        demand_municipalities(claim, registered, concerned, claim.event)


def _demand_own(claim: Claim) -> None:
    """What Spor tells of its own readers and operators is said by its own sources alone, whatever is registered."""
    if claim.source not in claim.entry.own or claim.uri != f"{URN}{claim.source}":
        raise RefusedError(
            "source-own",
            f"{claim.entry.tag} siges kun af Spors egne kilder.",
            f"{claim.entry.tag} is said by Spor's own sources alone.",
        )


def demand_municipalities(claim: Claim, registered: Registered, concerned: str | None, event: Event) -> None:
    """Whatever a limited source says is about its own municipalities, by name or by the thing that it is about.

    The refusal names a municipality only where the claim does: whose case a thing is, is not for every source to know.
    Whoever says it: what is invented stays in the programme of the examples.
    """
    _demand_real(event, concerned)
    if not isinstance(registered, SourceRegistered) or registered.municipalities == (ALL,):
        return
    stated = sorted(set(_municipalities(event)))
    if not stated and not concerned and claim.thing.kind in BOUND:
        return  # the thing is not there yet: the decision waits for it, and then this is asked again
    da, en = f"Kilden {claim.source} må ikke tale om", f"The source {claim.source} may not speak about"
    for code in stated:
        _within("source-municipality", code, registered.municipalities, da, en)
    if not stated and concerned not in registered.municipalities:
        raise RefusedError(
            "source-municipality", f"{da} andet end sine kommuner.", f"{en} anything but its municipalities."
        )


def within(registered: Registered, event: Event, concerned: str | None) -> bool:
    """Is what an event says of programmes and municipalities in what a source may speak about?"""
    if not isinstance(registered, SourceRegistered):
        return True
    named = set(_municipalities(event)) or ({concerned} if concerned else set())
    return all(
        allowed == (ALL,) or of <= set(allowed)
        for of, allowed in ((set(_programmes(event)), registered.programmes), (named, registered.municipalities))
    )


def _demand_real(event: Event, concerned: str | None) -> None:
    """Only in the examples' programme may an invented municipality be named, or its thing be spoken of."""
    own = event.code if isinstance(event, MunicipalityKnown) else concerned
    codes = sorted(code for code in {*_municipalities(event), own} if code and invented(code))
    if codes and _programmes(event) != (EXAMPLE,):
        raise RefusedError(
            "invented-municipality",
            f"{name(codes[0])} ({codes[0]}) er en opdigtet kommune og må kun nævnes i programmet {EXAMPLE}.",
            f"{name(codes[0])} ({codes[0]}) is an invented municipality; only the programme {EXAMPLE} may name it.",
        )


def _programmes(event: Event) -> tuple[str, ...]:
    """The programmes that an event speaks of; none where its type has none."""
    if isinstance(event, SourceRegistered):
        return event.programmes
    programme = getattr(event, "programme", None)
    return (programme,) if isinstance(programme, str) else ()


def _municipalities(value: object) -> Iterator[str]:
    """Every municipality that an event names."""
    if isinstance(value, Event | Part):
        for field in value.__struct_fields__:
            inner = getattr(value, field)
            if field in MUNICIPAL:
                yield from (inner,) if isinstance(inner, str) else inner or ()
            else:
                yield from _municipalities(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _municipalities(inner)


def _within(rule: str, value: str, allowed: tuple[str, ...], da: str, en: str) -> None:
    if value not in allowed and allowed != (ALL,):
        raise RefusedError(rule, f"{da} {value}".strip() + ".", f"{en} {value}".strip() + ".")
