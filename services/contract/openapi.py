"""OpenAPI 3.1 of all that is served over HTTP: what each service says of itself at `/v1/openapi.json`, as one document.

Each path names the server that has it: intake takes claims, reporting gives facts and reports.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.intake.web.contract import contract as intake
from services.reporting.web.openapi import described as reporting

Json = dict[str, Any]

HOSTS: Final = {"intake": "8080", "reporting": "8081"}
"""The ports that `compose.yaml` gives; an embedded Spor has others and says them when it starts."""


def document() -> Json:
    """The document. Raises ValueError where two services mean different things by one name."""
    parts = {"intake": intake(), "reporting": reporting()}
    made = dict(parts["intake"])
    made["info"] = {
        **made["info"],
        "title": "Spor",
        "description": "\n\n".join(p["info"]["description"] for p in parts.values()),
    }
    made["servers"] = [_server(name) for name in parts]
    made["paths"] = {path: _placed(path, parts) for part in parts.values() for path in part["paths"]}
    made["components"] = {
        kind: _joined(kind, {name: part["components"].get(kind, {}) for name, part in parts.items()})
        for kind in dict.fromkeys(kind for part in parts.values() for kind in part["components"])
    }
    return made


def _server(name: str) -> Json:
    return {
        "url": "http://{host}:{port}",
        "description": name,
        "variables": {"host": {"default": "localhost"}, "port": {"default": HOSTS[name]}},
    }


def _placed(path: str, parts: Mapping[str, Json]) -> Json:
    """A path with the servers that have it; where both have it, what the first says of it."""
    there = [name for name, part in parts.items() if path in part["paths"]]
    return {**parts[there[0]]["paths"][path], "servers": [_server(name) for name in there]}


def _joined(kind: str, parts: Mapping[str, Json]) -> Json:
    made: Json = {}
    for name, part in parts.items():
        for key, value in part.items():
            if made.setdefault(key, value) != value:
                raise ValueError(f"{kind}/{key}: {name} means something else by it")
    return made
