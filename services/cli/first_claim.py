"""A first claim for a new source: one that it may send, and the page that says how."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from deploy.home import Home
from events.catalogue import CATALOGUE, Entry
from events.intake import SourceRegistered
from events.schemas import published
from services.cli.link import URN, linked, rehearse

ALL: Final = "*"
SANDBOX: Final = "eksempel"
"""The programme of first tries."""
FIRST: Final = (
    "engagement.participation-stated.v1",
    "intake.rule-stated.v1",
    "intake.name-stated.v1",
    "reporting.figure-stated.v1",
)
"""Statements: nothing need be there before them."""
SET_BY_DECIDERS: Final = frozenset({"rules", "bounded", "missing", "follows"})


def new_claim(token: str, uri: str, tag: str, subject: str, data: Any) -> dict[str, Any]:
    """A CloudEvent that was never sent before."""
    id_ = f"{token}-{uuid4()}"  # a whole one: the CPR guard knows it for what it is
    return {"specversion": "1.0", "id": id_, "source": uri, "type": tag, "subject": subject, "data": data}


async def first_claim(home: Home, token: str, may: SourceRegistered) -> tuple[dict[str, Any], dict[str, Any]]:
    """A claim that the source may send, and what a dry run says of it: the first that would be recorded, if one would."""
    async with linked(home) as nc:
        tried = []
        for claim in _claims(token, may):
            kind, _, id_ = claim["subject"].partition("/")
            told = await rehearse(nc, token, f"{kind}.{id_}", msgspec.json.encode(claim))
            if told["verdict"] == "recorded":
                return claim, told
            tried.append((claim, told))
    return tried[0]


def _claims(token: str, may: SourceRegistered) -> Iterator[dict[str, Any]]:
    """The published example of every type that the source may send, about its own programme and municipality."""
    named = [entry for entry in CATALOGUE.values() if may.types == (ALL,) or entry.tag in may.types]
    allowed = [entry for entry in named if not entry.instead] or named
    uri = f"{URN}{token}" if may.sources == (ALL,) else may.sources[0]
    for entry in sorted(allowed, key=lambda entry: FIRST.index(entry.tag) if entry.tag in FIRST else len(FIRST)):
        data = _fitted(msgspec.json.decode(published(entry.tag))["examples"][0], may)
        yield new_claim(token, uri, entry.tag, _subject(entry, data), data)


def _fitted(example: Any, may: SourceRegistered) -> Any:
    """An example, about the source's own programme and municipality, without what deciders set."""
    programme = SANDBOX if may.programmes == (ALL,) else may.programmes[0]
    mine = {"programme": programme} | ({} if may.municipalities == (ALL,) else {"municipality": may.municipalities[0]})
    match example:
        case dict():
            return {
                name: mine.get(name, _fitted(value, may))
                for name, value in example.items()
                if name not in SET_BY_DECIDERS
            }
        case list():
            return [_fitted(item, may) for item in example]
        case _:
            return example


def _subject(entry: Entry, data: Any) -> str:
    id_ = entry.names(msgspec.convert(data, entry.event)) if entry.names else "eks-1"
    return f"{entry.kinds[0]}/{id_}"


def written(home: Home, token: str, claim: dict[str, Any]) -> Path:
    """The folder with a first claim and how to send it. The token itself is in neither."""
    folder = home.folder / "sources" / token
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "claim.ndjson").write_text(json.dumps(claim, ensure_ascii=False) + "\n", encoding="utf-8")
    url = home.web["intake"]
    how = _HOW.format(token=token, url=url, id=claim["id"], type=claim["type"])
    (folder / "README.md").write_text(how, encoding="utf-8")
    return folder


_HOW: Final = """# First steps of {token}

`claim.ndjson` is one claim of the type `{type}`; its schema: {url}/schemas/{type}.json. Change the id before you send another.

By HTTP. The token was shown once, when the source was added; `spor source rotate {token}` makes a new one:

```sh
export SPOR_TOKEN=…
curl -sS '{url}/v1/events?dry_run=1' -H "Authorization: Bearer $SPOR_TOKEN" -H 'Content-Type: application/cloudevents+json' --data-binary @claim.ndjson
curl -sS {url}/v1/events -H "Authorization: Bearer $SPOR_TOKEN" -H 'Content-Type: application/cloudevents+json' -H 'Prefer: wait=10' --data-binary @claim.ndjson
curl -sS {url}/v1/receipts/{token}/{id} -H "Authorization: Bearer $SPOR_TOKEN"
```

By NATS, with the key, from where Spor lies:

```sh
spor send --dry-run --as {token} claim.ndjson
spor send --as {token} claim.ndjson
spor receipt {token} {id}
```

In a program of your own: connect with the key (an nkey seed) and publish to `inbox.{token}.<kind>.<id>`; see docs/emitting.md.
"""
