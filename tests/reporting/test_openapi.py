"""The OpenAPI document says what is routed, and its examples are as it says."""

from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from events.catalogue import CATALOGUE
from events.upcasts import UPCASTS
from services.reporting.web.app import web
from services.reporting.web.asking import SHAPES
from services.reporting.web.openapi import described

Doc = dict[str, Any]
DOCUMENT = described()
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]


def operation(path: str, method: str = "get") -> Doc:
    found: Doc = DOCUMENT["paths"][path][method]
    return found


def resolved(node: Doc) -> Doc:
    """What a reference leads to."""
    while "$ref" in node:
        *_, room, name = node["$ref"].split("/")
        node = DOCUMENT["components"][room][name]
    return node


def test_every_route_is_described_and_nothing_else() -> None:
    parts: Any = SimpleNamespace(home=SimpleNamespace(tokens=None))
    routed = {
        (route.path.replace(":str", ""), method.lower())
        for route in web(parts).routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }
    assert routed == set(OPERATIONS)


def test_operations_have_names_of_their_own() -> None:
    names = [operation(*one)["operationId"] for one in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_example_is_as_its_schema_says(path: str, method: str) -> None:
    for answer in map(resolved, operation(path, method)["responses"].values()):
        for media, content in answer.get("content", {}).items():
            for example in content.get("examples", {}).values():
                schema = {**content["schema"], "components": DOCUMENT["components"]}
                Draft202012Validator(schema).validate(example["value"])
                assert media != "application/json" or not isinstance(example["value"], str)


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/reports"])
def test_what_is_in_the_order_of_the_log_has_every_shape(path: str) -> None:
    assert set(operation(path)["responses"]["200"]["content"]) == set(SHAPES)


def test_every_filter_is_a_parameter_with_a_sentence() -> None:
    parameters = {one["name"]: one for one in operation("/v1/facts")["parameters"]}
    assert set(parameters) == {
        "type", "thing", "municipality", "programme", "from", "until", "as_of", "known_at", "after", "limit", "Last-Event-ID",
    }  # fmt: skip
    assert all(one["description"] for one in parameters.values())
    assert parameters["type"]["schema"]["items"]["enum"] == sorted({*CATALOGUE, *UPCASTS})
    assert "'null'" not in str([one["schema"] for one in parameters.values()])


def test_a_parameter_says_what_it_may_be() -> None:
    said = {one["name"]: one["schema"] for one in described()["paths"]["/v1/facts"]["get"]["parameters"]}
    assert said["municipality"]["pattern"] == "^[0-9]{4}$"
    assert said["programme"]["pattern"] and said["thing"]["pattern"]
    assert said["type"]["items"]["enum"]
