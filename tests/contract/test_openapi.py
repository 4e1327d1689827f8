"""One OpenAPI document for all that is served over HTTP: what each service says of itself, and nothing else."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from services.contract.openapi import document
from services.intake.web.contract import contract as intake
from services.reporting.web.openapi import described as reporting

Json = dict[str, Any]
PARTS = {"intake": intake, "reporting": reporting}


def test_it_has_every_path_of_each_service_where_it_is_served() -> None:
    made = document()
    for name, part in PARTS.items():
        for path, said in part()["paths"].items():
            there = [server["description"] for server in made["paths"][path]["servers"]]
            assert name in there
            assert made["paths"][path] | {"servers": 0} == said | {"servers": 0} or len(there) > 1
    assert set(made["paths"]) == {path for part in PARTS.values() for path in part()["paths"]}


@pytest.mark.parametrize("service", PARTS)
def test_every_name_means_what_the_service_means_by_it(service: str) -> None:
    made = document()["components"]
    for kind, named in PARTS[service]()["components"].items():
        assert {key: made[kind][key] for key in named} == named


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    made = msgspec.json.decode(msgspec.json.encode(document()))
    schemas = made["components"]["schemas"]
    assert references(made) <= {f"#/components/schemas/{name}" for name in schemas}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
