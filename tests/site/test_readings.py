"""Whoever is shown what the public may not see is noted: for each role and each road, once a day, whatever is killed."""

import sqlite3
from contextlib import closing
from itertools import count
from typing import Any, Final

from deploy.pseudonyms import pseudonym
from deploy.roles import DESK
from events.reporting import MaterialRead
from tests.site.conftest import Site
from tests.site.provider import PEOPLE, ROLES
from tests.support.server import in_a_loop_of_its_own
from tests.support.spor import until

OWN: Final = "9901"
ENGAGEMENT, APPLICATION = "eksempelby-2022", "eksempelby-2022"
numbers = count(1)


def readings(site: Site) -> list[MaterialRead]:
    """Every reading on the log."""
    facts = in_a_loop_of_its_own(site.spor.facts())
    return [fact.event for fact in facts if isinstance(fact.event, MaterialRead)]


def somebody(role: str, municipality: str | None = None) -> str:
    """Somebody new of a role, as the provider knows them."""
    person = f"ny-{next(numbers)}"
    theirs = next(name for name, ours in ROLES.items() if ours == role)
    PEOPLE[person] = {"name": "Nora Ny", "roles": [theirs]} | ({"municipality": municipality} if municipality else {})
    return person


def known_as(site: Site, person: str, issuer: str) -> str:
    return pseudonym(site.spor.home.seed(DESK).read_bytes(), issuer, person)


def read_by(site: Site, reader: str) -> list[MaterialRead]:
    return [one for one in readings(site) if one.reader == reader]


def settled(site: Site) -> None:
    """Nothing is left to be put."""
    file = site.spor.home.own("reporting") / "readings.sqlite"
    with closing(sqlite3.connect(file)) as db:
        until(lambda: not db.execute("select count(*) from readings where verdict is null").fetchone()[0])


def test_smoke(site: Site, provider: Any) -> None:
    who = somebody("taskforce")
    client = site.signed_in(who)
    assert client.get(f"/forloeb/{ENGAGEMENT}").status_code == 200
    assert client.get(f"/en/forloeb/{ENGAGEMENT}").status_code == 200
    settled(site)
    print(read_by(site, known_as(site, who, provider.issuer)))
    assert 0
