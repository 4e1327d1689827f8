"""May this source say this? What a registration allows."""

from events.decider import Evolver, RefusedError, Thing, TooEarlyError
from events.inbox.claim import Claim
from events.intake import SourceRegistered

ALL = "*"
Registered = SourceRegistered | None


def _evolve(state: Registered, _position: int, event: object) -> Registered:
    return event if isinstance(event, SourceRegistered) else state


SOURCES: Evolver[Registered, object] = Evolver(None, _evolve)


def registration(source: str) -> Thing:
    """The thing that holds a source's registration."""
    return Thing("source", source)


def demand(claim: Claim, registered: Registered) -> None:
    """Raise the refusal of a claim that its source may not make; wait where the source is not registered yet."""
    source, entry = claim.source, claim.entry
    if registered is None:
        raise TooEarlyError(
            "source-registered",
            f"Kilden {source} er ikke registreret.",
            f"The source {source} is not registered.",
            registration(source),
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
    _within(
        "source-type",
        entry.tag,
        registered.types,
        f"Kilden {source} må ikke sende",
        f"The source {source} may not send",
    )
    for field, allowed in (("programme", registered.programmes), ("municipality", registered.municipalities)):
        value = getattr(claim.event, field, None)
        if isinstance(value, str):
            da, en = f"Kilden {source} må ikke tale om", f"The source {source} may not speak about"
            _within(f"source-{field}", value, allowed, da, en)


def _within(rule: str, value: str, allowed: tuple[str, ...], da: str, en: str) -> None:
    if value not in allowed and allowed != (ALL,):
        raise RefusedError(rule, f"{da} {value}.", f"{en} {value}.")
