"""What a verification found: one sentence for people, in Danish and English, and the same for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: a stable code, the position (None: not at one), and a sentence."""

    code: str
    position: int | None
    da: str
    en: str


class UnprovenError(Exception):
    """It cannot be proved; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.en)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """Proved, or not and why; what was found on the way stands in `about`."""

    da: str
    en: str
    fault: Fault | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, Any]:
        fault = self.fault
        return {
            "verified": fault is None,
            "code": fault.code if fault else "verified",
            "position": fault.position if fault else None,
            "da": self.da,
            "en": self.en,
            **self.about,
        }


def unproven(fault: Fault, **about: Any) -> Verdict:
    return Verdict(f"IKKE BEKRÆFTET. {fault.da}", f"NOT VERIFIED. {fault.en}", fault, about)


def shifted(position: int, due: int) -> Fault:
    """Another position stands where `due` should."""
    if position > due:
        da, en = f"Plads {due} mangler: efter plads {due - 1} følger {position}.", "is missing: next comes"
        return Fault("missing", due, da, f"Position {due} {en} {position}.")
    da = f"Hvor plads {due} skulle stå, står plads {position} igen."
    return Fault("twice", due, da, f"Where position {due} should stand, position {position} stands again.")


def otherwise(position: int) -> Fault:
    da = f"På plads {position} står noget andet end det, der blev bevidnet."
    return Fault("altered", position, da, f"Position {position} holds something else than what was witnessed.")


def cut(size: int, signed: int) -> Fault:
    """The log has `size` facts where `signed` were witnessed."""
    da = f"Loggen slutter før plads {size + 1}; bevidnet er {signed} pladser."
    return Fault("cut", size + 1, da, f"The log ends before position {size + 1}; {signed} were witnessed.")


def beyond(signed: int) -> Fault:
    da = f"Plads {signed + 1} og de følgende er ikke bevidnet."
    return Fault("unwitnessed", signed + 1, da, f"Position {signed + 1} and those behind it were not witnessed.")


def other_root(size: int, last_good: int) -> Fault:
    da = f"Noget på pladserne {last_good + 1} til {size} er ikke det, der blev bevidnet."
    en = f"Something at positions {last_good + 1} to {size} is not what was witnessed."
    return Fault("altered", last_good + 1, da, en)
