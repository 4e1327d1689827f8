"""Words that may not be used of the samples, in any text that a report would repeat (domain.md 1.1, the wording ban)."""

from msgspec.structs import asdict

from events.base import Event
from events.decider import RefusedError
from events.words import FORBIDDEN


def demand_words(wanted: Event) -> None:
    """The second sample is a bearing and nothing final, and a result is said in cases, never as a share of errors."""
    for value in asdict(wanted).values():
        if isinstance(value, str) and (found := FORBIDDEN.search(value)):
            word = found.group().lower()
            raise RefusedError(
                "forbidden-word",
                f"Ordet »{word}« bruges ikke om stikprøverne. Den anden er en statusmåling, også kaldet pejling; et resultat"
                " siges som antal af de relevante sager.",
                f"The word “{word}” is not used of the samples. The second one is a status measurement, or bearing; a result"
                " is said as so many of the relevant cases.",
            )
