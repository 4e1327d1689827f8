"""What waits in the rounds and applications: for whom, and until when."""

from collections.abc import Iterable, Iterator
from datetime import date

from events.codec import Fact
from events.dates import COPENHAGEN, instant, parse
from events.due import MUNICIPALITY, STEERING_GROUP, Basis, Item
from events.words import day as in_words, word
from services.intake.views.applications import SUBMITTED, WAITING, Application, Round, applications

OPEN = (SUBMITTED, WAITING)
"""The states in which missing parts may still be brought."""


def due(facts: Iterable[Fact], day: date) -> list[Item]:
    """What waits by the end of a day. Pure."""
    found = applications(facts, day)
    return [
        *(_open(round_) for round_ in found.rounds if day <= round_.last_day),
        *(item for application in found.applications for item in _missing(application)),
        *(
            _undecided(application, round_)
            for round_ in found.rounds
            if round_.last_day < day
            for application in found.of(round_)
            if application.state == SUBMITTED
        ),
    ]


def _open(round_: Round) -> Item:
    opened, deadline = round_.opened, instant(round_.opened.deadline).astimezone(COPENHAGEN)
    return Item(
        thing=f"round/{round_.id}",
        what="round-open",
        da=f"Ansøgningspuljen for {opened.year} er åben til {in_words(deadline.date())} kl. {deadline:%H.%M}.",
        en=f"The application round for {opened.year} is open until {in_words(deadline.date(), 'en')}, {deadline:%H:%M}.",
        waits_for=MUNICIPALITY,
        due=round_.last_day,
        sources=(round_.position,),
        programme=opened.programme,
        since=parse(opened.opens).earliest,
    )


def _missing(application: Application) -> Iterator[Item]:
    """Each part that is missing, as long as nothing is decided for good."""
    submitted = application.submitted
    for part, lack in application.missing.items() if application.state in OPEN else ():
        yield Item(
            thing=f"application/{application.id}",
            what="missing-part",
            da=f"Ansøgningen mangler {word(part)}.",
            en=f"The application lacks {word(part, 'en')}.",
            waits_for=MUNICIPALITY,
            due=parse(lack.due).latest if lack.due else None,
            sources=(lack.position,),
            programme=submitted.programme,
            municipality=submitted.municipality,
            basis=Basis() if lack.due else Basis("none"),
        )


def _undecided(application: Application, round_: Round) -> Item:
    """No rule says by when the steering group decides: it waits, and is due on no day."""
    return Item(
        thing=f"application/{application.id}",
        what="undecided-application",
        da="Fristen for puljen er udløbet, og styregruppen har ikke afgjort ansøgningen.",
        en="The deadline of the round has passed, and the steering group has not decided on the application.",
        waits_for=STEERING_GROUP,
        due=None,
        sources=(round_.position, *application.sources),
        programme=application.submitted.programme,
        municipality=application.submitted.municipality,
        basis=Basis("none"),
    )
