"""Sessions end: by silence, by age, and by signing out; and by nothing else, least of all by the end of a process."""

from pathlib import Path

import httpx
import pytest

from events.visibility import Audience
from services.reporting.site import sessions as kept
from services.reporting.site.sessions import Sessions, fits
from tests.site.conftest import Site
from tests.support.spor import until

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


def test_it_outlives_the_process_and_every_process_knows_it(tmp_path: Path) -> None:
    file = tmp_path / "sessions.sqlite"
    one, other = (Sessions(60, 600, file) for _ in range(2))
    opener = one.begin(TASKFORCE, "Tove", 0, "abc")
    found = other.find(opener, 0)
    assert found == Sessions(60, 600, file).find(opener, 0)
    assert found and (found.audience, found.name, found.reader) == (TASKFORCE, "Tove", "abc")
    other.end(opener)
    assert one.find(opener, 2) is None
    assert Sessions(60, 600, file).find(opener, 2) is None


def test_silence_and_age_count_on_while_nothing_runs(tmp_path: Path) -> None:
    file = tmp_path / "sessions.sqlite"
    silent = Sessions(60, 600, file).begin(TASKFORCE, "Tove", 0)
    assert Sessions(60, 600, file).find(silent, 61) is None
    assert Sessions(60, 600, file).find(silent, 1) is None, "it is gone, not asleep"


def test_the_file_is_its_owner_s_and_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sessions.sqlite"
    sessions = Sessions(60, 600, file)
    opener, ended = sessions.begin(TASKFORCE, "Tove", 0), sessions.begin(TASKFORCE, "Ture", 0)
    sessions.end(ended)
    written = {path.name: path for path in tmp_path.iterdir()}
    assert {path.stat().st_mode & 0o777 for path in written.values()} == {0o600}, written
    assert not [name for name, path in written.items() if opener.encode() in path.read_bytes()]


def test_a_damaged_file_signs_everybody_out_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "sessions.sqlite"
    file.write_bytes(b"not a database, and longer than its first page would say" * 200)
    sessions = Sessions(60, 600, file)
    assert sessions.find(sessions.begin(TASKFORCE, "Tove", 0), 1)


def test_of_too_many_the_silent_ones_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    sessions = Sessions(60, 600)
    openers = [sessions.begin(TASKFORCE, f"nr. {number}", number) for number in range(3)]
    assert sessions.find(openers[0], 10)
    openers.append(sessions.begin(TASKFORCE, "nr. 3", 11))
    assert [bool(sessions.find(opener, 12)) for opener in openers] == [True, False, True, True]


def test_whoever_is_signed_in_stays_so_over_a_kill_and_signs_out_for_good(desk: Site) -> None:
    client = desk.signed_in("taskforce")
    cookies = dict(client.cookies)
    desk.spor.kill("reporting")
    until(lambda: _answers(desk), 60)
    assert client.get("/arbejde").status_code == 200
    csrf = client.get("/arbejde").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/log-ud", data={"csrf": csrf}).status_code == 303
    assert httpx.get(f"{desk.url}/arbejde", cookies=cookies).status_code == 403
    desk.spor.kill("reporting")
    until(lambda: _answers(desk), 60)
    assert httpx.get(f"{desk.url}/arbejde", cookies=cookies).status_code == 403


def _answers(site: Site) -> bool:
    try:
        return httpx.get(f"{site.url}/om", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
