"""Signing in over a provider, with tokens that are right, and with those that are not."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.site.conftest import Site
from tests.site.provider import GOOD, PEOPLE, Provider
from tests.support.spor import RunningSpor


@pytest.fixture(autouse=True)
def without_faults(provider: Provider) -> Iterator[None]:
    yield
    provider.faults, provider.left_out, provider.answer = {}, (), GOOD


@pytest.mark.parametrize("person", ["taskforce", "ministry", "auditor", "municipality"])
def test_a_person_is_signed_in_with_the_role_of_the_provider(site: Site, person: str) -> None:
    front = site.by(person).get("/").text
    assert str(PEOPLE[person]["name"]) in front
    assert "Log ud" in front


@pytest.mark.parametrize("person", ["nobody", "homeless"])
def test_whoever_has_no_role_here_is_not_signed_in(site: Site, person: str) -> None:
    client = site.client()
    answer = site.come_back(client, person)
    assert answer.status_code == 403
    assert "Du har ingen rolle her" in answer.text
    assert "Log ud" not in client.get("/").text


@pytest.mark.parametrize(
    "fault",
    [{"foreign": True}, {"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "http://another"}, {"exp": 1}],
    ids=str,
)
def test_a_token_that_is_not_right_signs_nobody_in(site: Site, provider: Provider, fault: dict[str, object]) -> None:
    provider.faults = fault
    client = site.client()
    answer = site.come_back(client, "taskforce")
    assert answer.status_code == 403
    assert "kan ikke bruges" in answer.text
    assert not client.cookies.get("spor")


ODD: tuple[dict[str, Any], ...] = (
    {"sub": None}, {"sub": "  "}, {"sub": 7}, {"sub": ["a"]}, {"iat": "i går"}, {"exp": {}}, {"aud": 7},
)  # fmt: skip
NO_ROLES: tuple[dict[str, Any], ...] = (
    {"roles": None}, {"roles": 7}, {"roles": {}}, {"roles": [None, 7, ["dep"], {"dep": 1}]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "told"),
    [*((one, "kan ikke bruges") for one in ODD), *((one, "Du har ingen rolle her") for one in NO_ROLES)],
    ids=repr,
)
def test_claims_that_are_odd_are_told_and_sign_nobody_in(
    site: Site, provider: Provider, fault: dict[str, object], told: str
) -> None:
    provider.faults = fault
    client = site.client()
    answer = site.come_back(client, "taskforce")
    assert (answer.status_code, told in answer.text) == (403, True), answer.text
    assert not client.cookies.get("spor")


@pytest.mark.parametrize("left_out", ["sub", "nonce", "aud"])
def test_a_token_that_leaves_out_what_it_must_say_signs_nobody_in(
    site: Site, provider: Provider, left_out: str
) -> None:
    provider.left_out = (left_out,)
    assert "kan ikke bruges" in site.come_back(site.client(), "taskforce").text


@pytest.mark.parametrize("municipality", [None, 101, ["0101"]], ids=repr)
def test_whose_municipality_is_not_told_as_it_must_be_is_not_signed_in(
    site: Site, provider: Provider, municipality: object
) -> None:
    provider.faults = {"municipality": municipality}
    assert "Du har ingen rolle her" in site.come_back(site.client(), "municipality").text


@pytest.mark.parametrize("name", [["a"], "  "], ids=repr)
def test_whose_name_is_odd_is_called_what_the_provider_knows_them_by(
    site: Site, provider: Provider, name: object
) -> None:
    provider.faults = {"name": name}
    assert "Logget ind: taskforce" in site.signed_in("taskforce").get("/").text


@pytest.mark.parametrize("answer", [[], None, {}, {"id_token": 7}, {"id_token": "a.b.c"}], ids=repr)
def test_an_answer_for_a_token_that_is_none_is_told(site: Site, provider: Provider, answer: object) -> None:
    provider.answer = answer
    told = site.come_back(site.client(), "taskforce")
    assert (told.status_code, "kan ikke bruges" in told.text) == (403, True)


def test_another_browser_cannot_use_the_answer(site: Site) -> None:
    answer = site.client().get(site.way_back(site.client(), "taskforce"))
    assert answer.status_code == 403
    assert "hører ikke til denne browser" in answer.text


def test_an_answer_is_good_once(site: Site) -> None:
    client = site.client()
    back = site.way_back(client, "taskforce")
    state = dict(client.cookies)
    assert client.get(back).status_code == 303
    assert (
        site.client().get(back, headers={"cookie": "; ".join(f"{k}={v}" for k, v in state.items())}).status_code == 403
    )


def test_the_session_is_the_browsers_alone(site: Site) -> None:
    client = site.client()
    answer = site.come_back(client, "taskforce", "/arbejde")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("spor="))
    assert answer.headers["location"] == "/arbejde"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("then", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "x"])
def test_nobody_is_sent_to_another_site(site: Site, then: str) -> None:
    assert site.client().get("/log-ind/begynd", params={"then": then}).status_code == 400


def _csrf(client: httpx.Client) -> str:
    return client.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]


def test_signing_out_needs_the_sessions_own_form(site: Site) -> None:
    client, other = site.signed_in("taskforce"), site.signed_in("auditor")
    mark = _csrf(client)
    wrong = (
        client.post("/log-ud"),
        client.post("/log-ud", data={"csrf": _csrf(other)}),
        client.post("/log-ud", data={"csrf": mark}, headers={"origin": "https://elsewhere.example"}),
        client.post("/log-ud", data={"csrf": mark}, headers={"sec-fetch-site": "cross-site"}),
        site.client().post("/log-ud", data={"csrf": mark}),
    )
    assert {answer.status_code for answer in wrong} == {403}
    assert "Log ud" in client.get("/").text
    kept = dict(client.cookies)
    assert client.post("/log-ud", data={"csrf": mark}, headers={"origin": site.url}).status_code == 303
    again = site.client().get("/", headers={"cookie": f"spor={kept['spor']}"})
    assert "Log ud" not in again.text, "the session is over, not only forgotten by the browser"


def test_a_new_session_takes_the_place_of_the_old(site: Site) -> None:
    client = site.signed_in("taskforce")
    old = client.cookies["spor"]
    site.come_back(client, "auditor")
    assert client.cookies["spor"] != old
    assert "Log ud" not in site.client().get("/", headers={"cookie": f"spor={old}"}).text


def test_the_developers_sign_in_is_not_there_unless_it_is_asked_for(site: Site) -> None:
    assert site.client().post("/log-ind/udvikler", data={"role": "auditor"}).status_code == 404
    assert "udvikler" not in site.client().get("/log-ind").text


def test_a_developer_who_asks_for_it_signs_in_on_this_machine(tmp_path: Path) -> None:
    spor = RunningSpor(tmp_path, environment={"SPOR_SITE_DEVELOPER": "1"}).start()
    try:
        with httpx.Client(base_url=spor.home.site) as client:
            assert "ingen rigtig log ind" in unescape(client.get("/log-ind").text)
            wrong = client.post("/log-ind/udvikler", data={"role": "municipality", "municipality": "0000"})
            assert wrong.status_code == 400
            foreign = client.post("/log-ind/udvikler", data={"role": "auditor"}, headers={"origin": "http://x.example"})
            assert foreign.status_code == 403
            assert client.post("/log-ind/udvikler", data={"role": "auditor"}).status_code == 303
            assert client.get("/kilder").status_code == 200
        assert spor.home.site in spor.said, "`spor up` says where the site is"
        spor.stop()
    finally:
        spor.end()
