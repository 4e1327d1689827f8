"""Sessions end: by silence, by age, and by signing out."""

from events.visibility import Audience
from services.reporting.site.sessions import Sessions, fits

TASKFORCE = Audience("taskforce")


def test_a_session_is_found_by_its_name_alone() -> None:
    sessions = Sessions(idle=60, longest=600)
    opener = sessions.begin(TASKFORCE, "Tove", 0)
    found = sessions.find(opener, 1)
    assert found is not None
    assert (found.audience, found.name) == (TASKFORCE, "Tove")
    assert opener not in repr(found)
    assert sessions.find(found.mark, 1) is None
    assert sessions.find("", 1) is None


def test_it_ends_when_nothing_is_asked() -> None:
    sessions = Sessions(idle=60, longest=600)
    opener = sessions.begin(TASKFORCE, "Tove", 0)
    assert sessions.find(opener, 60)
    assert sessions.find(opener, 121) is None
    assert sessions.find(opener, 61) is None, "it does not come back"


def test_it_ends_when_it_is_old_whatever_is_asked() -> None:
    sessions = Sessions(idle=60, longest=600)
    opener = sessions.begin(TASKFORCE, "Tove", 0)
    assert all(sessions.find(opener, now) for now in range(0, 601, 50))
    assert sessions.find(opener, 601) is None


def test_a_look_does_not_prolong_it() -> None:
    sessions = Sessions(idle=60, longest=600)
    opener = sessions.begin(TASKFORCE, "Tove", 0)
    assert sessions.find(opener, 50, look=True)
    assert sessions.find(opener, 100, look=True) is None


def test_signing_out_ends_it() -> None:
    sessions = Sessions(idle=60, longest=600)
    opener, other = sessions.begin(TASKFORCE, "Tove", 0), sessions.begin(TASKFORCE, "Tove", 0)
    sessions.end(opener)
    assert sessions.find(opener, 1) is None
    assert sessions.find(other, 1)


def test_a_form_fits_its_own_session() -> None:
    sessions = Sessions(idle=60, longest=600)
    mine, theirs = (sessions.find(sessions.begin(TASKFORCE, "Tove", 0), 1) for _ in range(2))
    assert mine and theirs
    assert fits(mine, mine.csrf)
    assert not fits(mine, theirs.csrf)
    assert not fits(mine, "")
