"""The programme's adopted rules, as deciders read them: dated, and each known by its position."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from events.dates import parse
from events.decider import Evolver, Reads, RefusedError, Thing, TooEarlyError
from events.intake import RuleAdopted, Value

MOST_DAYS: Final = 3653
"""Ten years: a rule that gives more days than that is a slip."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A rule in force from a day on, until the next one."""

    valid_from: date
    position: int
    value: Value


Book = tuple[Adopted, ...]
"""All that was adopted under one rule's name, oldest validity first."""


def _evolve(book: Book, position: int, event: object) -> Book:
    if not isinstance(event, RuleAdopted) or (day := parse(event.valid_from).earliest) is None:
        return book
    return tuple(
        sorted((*book, Adopted(day, position, event.value)), key=lambda rule: (rule.valid_from, rule.position))
    )


RULES: Evolver[Book, object] = Evolver((), _evolve)


def rule_thing(programme: str, rule: str) -> Thing:
    """The thing that holds what was said and adopted under a rule's name."""
    return Thing("rule", f"{programme}_{rule}")


def in_force(book: Book, day: date) -> Adopted | None:
    """The rule that holds on a day (R7)."""
    return next((rule for rule in reversed(book) if rule.valid_from <= day), None)


def adopted_on(adoptions: Iterable[tuple[int, RuleAdopted]], programme: str, rule: str, day: date) -> Adopted | None:
    """The rule of a programme that holds on a day, by these adoptions (R7)."""
    same = [(at, event) for at, event in adoptions if (event.programme, event.rule) == (programme, rule)]
    return in_force(RULES.fold(same), day)


class Rulebook:
    """The rules of one programme on one day; remembers the positions of those that were used."""

    def __init__(self, reads: Reads, programme: str, day: date) -> None:
        self._reads, self._programme, self._day = reads, programme, day
        self.used: tuple[int, ...] = ()

    def value(self, rule: str) -> Value:
        """What a rule says. Raises TooEarlyError where no rule of that name is known for the day."""
        return self.adopted(rule).value

    def adopted(self, rule: str) -> Adopted:
        """The rule itself. Raises TooEarlyError where no rule of that name is known for the day."""
        thing = rule_thing(self._programme, rule)
        found = self.optional(rule)
        if found is None:
            raise TooEarlyError(
                "no-rule",
                f"Ingen vedtaget regel »{rule}« kendes for {self._programme} på denne dato ({self._day}).",
                f"No adopted rule “{rule}” is known for {self._programme} on this date ({self._day}).",
                thing,
            )
        return found

    def optional(self, rule: str) -> Adopted | None:
        """A rule that a programme may do without: none is known for the day, and nothing waits for it."""
        found = in_force(self._reads.state(rule_thing(self._programme, rule)), self._day)
        if found and found.position not in self.used:
            self.used = (*self.used, found.position)
        return found

    def number(self, rule: str) -> int:
        """A rule that says a whole number. Raises RefusedError where it says something else."""
        value = self.value(rule)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _useless(rule, "a whole number", self.used)
        return value

    def days(self, rule: str) -> int | None:
        """An optional rule that says a number of days. Raises RefusedError where it says something else."""
        if self.optional(rule) is None:
            return None
        days = self.number(rule)
        if not 0 <= days <= MOST_DAYS:
            raise _useless(rule, f"a number of days, 0 to {MOST_DAYS}", self.used)
        return days

    def scale(self, rule: str) -> tuple[int, int]:
        """A rule that says the lowest and the highest of a scale. Raises RefusedError where it says something else."""
        match self.value(rule):
            case (int(lowest), int(highest)) if lowest <= highest:
                return lowest, highest
            case _:
                raise _useless(rule, "two whole numbers, the lowest first", self.used)

    def names(self, rule: str) -> tuple[str, ...]:
        """A rule that says a list of names. Raises RefusedError where it says something else."""
        value = self.value(rule)
        if not isinstance(value, tuple) or not value:
            raise _useless(rule, "a list of names", self.used)
        return tuple(map(str, value))

    def demands(self, rule: str) -> bool:
        """A rule that says true or false. Raises RefusedError where it says something else."""
        value = self.value(rule)
        if not isinstance(value, bool):
            raise _useless(rule, "true or false", self.used)
        return value


def _useless(rule: str, wanted: str, used: tuple[int, ...]) -> RefusedError:
    return RefusedError(
        "rule-value",
        f"Den vedtagne regel »{rule}« kan ikke bruges: dens værdi har en forkert form.",
        f"The adopted rule “{rule}” cannot be used: its value is not {wanted}.",
        used,
    )
