"""Addresses and forms as nobody writes them by hand: they lead nowhere else, and are told what is wrong."""

import re

import pytest

from tests.site.conftest import Site

FOREIGN = re.compile(r'(?:href|action)="//')


@pytest.mark.parametrize("address", ["/en//evil.example/x", "//evil.example/x", "/en//puljer", "/en///"])
def test_no_page_leads_to_another_site_by_its_own_address(site: Site, address: str) -> None:
    told = site.client().get(site.url + address)
    assert told.status_code in {200, 404}
    assert not FOREIGN.search(told.text)


def test_the_same_page_in_the_other_language_is_the_same_whatever_letters_its_address_has(site: Site) -> None:
    told = site.client().get("/forloeb/%3Fas_of=2019%23x%00%C3%A6")
    assert told.status_code == 404
    assert 'href="/en/forloeb/%3Fas_of=2019%23x%00%C3%A6"' in told.text
    assert "\0" not in told.text


def test_an_address_keeps_the_order_in_which_it_asks(site: Site) -> None:
    asked = "known_at=60&q=aarhus&as_of=2024-05-01"
    told = site.client().get(f"/soeg?{asked}").text
    assert f'href="/en/soeg?{asked.replace("&", "&amp;")}"' in told


def test_what_others_put_behind_an_address_to_follow_people_asks_nothing_and_goes_no_further(site: Site) -> None:
    told = site.client().get("/soeg?utm_source=nyhedsbrev&utm_medium=mail&fbclid=x1&q=aarhus&gclid=z")
    assert told.status_code == 200
    assert 'href="/en/soeg?q=aarhus"' in told.text
    assert not re.search("utm_|clid", told.text)
    assert site.client().get("/soeg?q=aarhus&as_off=2020").status_code == 400, "what is misspelt is told"


@pytest.mark.parametrize("charset", ["", "; charset=klingon"])
@pytest.mark.parametrize("address", ["/handling/vurder/x", "/log-ud", "/tilbageholdt"])
def test_a_form_whose_letters_cannot_be_read_is_told_so(site: Site, address: str, charset: str) -> None:
    kind = f"Content-Type: text/plain{charset}\r\n" if charset else ""
    body = f'--aa\r\nContent-Disposition: form-data; name="csrf"\r\n{kind}\r\n'.encode() + b"\xff\xfe\r\n--aa--\r\n"
    told = site.client().post(address, content=body, headers={"Content-Type": "multipart/form-data; boundary=aa"})
    assert told.status_code == 400
    assert "Forespørgslen kan ikke læses." in told.text


def test_whoever_signs_out_in_english_stays_in_english(site: Site) -> None:
    client = site.signed_in("taskforce")
    page = client.get("/en").text
    assert 'action="/en/log-ud"' in page
    mark = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/en/log-ud", data={"csrf": mark}).headers["location"] == "/en"
    assert "Sign in" in client.get("/en").text


def test_one_is_told_as_one_where_a_number_stands(site: Site) -> None:
    for address, says in [
        ("/?programme=eksempel", "kommune har haft et længerevarende forløb"),
        ("/en?programme=eksempel", "municipality has had a long engagement"),
        ("/fakta?p=20", "1 faktum i loggen."),
        ("/en/fakta?p=20", "1 fact of the log."),
    ]:
        assert says in site.client().get(address).text, address


def test_whoever_may_not_see_the_meeting_is_not_led_to_it_from_the_minutes(site: Site) -> None:
    meeting = 'href="/puljer/eksempel-2022/moede"'
    assert meeting in site.by("taskforce").get("/puljer/eksempel-2022/referat").text
    assert meeting not in site.by("ministry").get("/puljer/eksempel-2022/referat").text


@pytest.mark.parametrize("address", ["/", "/puljer", "/en/puljer", "/v1/facts"])
def test_what_can_be_done_at_an_address_is_told_the_same_way_wherever_it_is_asked(site: Site, address: str) -> None:
    asked, wrong = site.client().options(address), site.client().put(address)
    assert (asked.status_code, wrong.status_code) == (204, 405)
    told = [{one.strip() for one in answer.headers["allow"].split(",")} for answer in (asked, wrong)]
    assert told[0] == told[1] == {"GET", "HEAD", "OPTIONS"}
