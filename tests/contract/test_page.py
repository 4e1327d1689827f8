"""The page for people: all of the contract, and nothing from outside."""

import re
from base64 import b64encode
from hashlib import sha256

from events.catalogue import CATALOGUE
from services.contract.asyncapi import document
from services.contract.page import Field, fields, page
from services.contract.questions import QUESTIONS
from tests.reporting.page_reader import ReadPage

DOCUMENT = document()
HTML = page(DOCUMENT).decode()
PAGE = ReadPage(HTML)


def test_it_loads_and_runs_nothing() -> None:
    tags = {element.tag for element in PAGE.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    named = {name for element in PAGE.elements for name in element.attributes}
    assert not {name for name in named if name in {"src", "style", "srcset", "action"} or name.startswith("on")}
    (style,) = (element for element in PAGE.elements if element.tag == "style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    policy = next(element.attributes["content"] for element in PAGE.elements if "http-equiv" in element.attributes)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert b64encode(sha256(style.text.encode()).digest()).decode() in policy


def test_every_link_leads_to_a_place_on_it_and_no_place_is_there_twice() -> None:
    places = [element.attributes["id"] for element in PAGE.elements if "id" in element.attributes]
    assert len(set(places)) == len(places)
    links = [element.attributes["href"] for element in PAGE.elements if element.tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(places)


def test_it_tells_every_type_question_subject_stream_and_role() -> None:
    codes = {element.text for element in PAGE.elements if element.tag == "code"}
    assert set(CATALOGUE) <= codes
    assert {f"ask.{{owner}}.{question.verb}" for question in QUESTIONS} <= codes
    assert {channel["address"] for channel in DOCUMENT["channels"].values() if channel["address"]} <= codes
    assert DOCUMENT["x-streams"].keys() | DOCUMENT["x-roles"].keys() <= codes


def test_what_is_derived_says_what_to_send() -> None:
    assert PAGE.text.count("derived: cannot be sent") == sum(bool(entry.instead) for entry in CATALOGUE.values())
    assert re.search(r"Use intake\.agreement-concluded\.v1 ?: the agreement that opens the engagement\.", PAGE.text)


def test_the_fields_of_a_field_are_told_with_where_they_stand() -> None:
    found = {
        field.path: field for field in fields(DOCUMENT, DOCUMENT["components"]["schemas"]["engagement.case-scored.v1"])
    }
    assert found["/scores"].holds == "array of object"
    assert found["/scores/*/score"] == Field(
        "/scores/*/score",
        "string (name)",
        required=True,
        correctable=True,
        said="A short machine name: a-z, digits, _ and -.",
    )
    assert found["/scores/*/days_over"].holds == "integer or null"
    assert not found["/scores/*/days_over"].required


def test_danish_is_marked_as_danish() -> None:
    marked = [element for element in PAGE.elements if element.attributes.get("lang") == "da"]
    assert len(marked) > len(CATALOGUE)
    assert any(element.text == "Analysefasen begyndte omkring juni 2031." for element in marked)
