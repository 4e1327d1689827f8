"""Creating and checking what `declared` says: by raw requests, so that no field is lost on the way.

Nothing is ever updated silently. A difference is named; only one that can lose nothing is mended, and only when asked.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.client import Client

from deploy.declared import Config, Declared, durables, streams
from deploy.roles import API, NATIVE, Table

TIMEOUT: Final = 10.0
NOT_FOUND: Final = 404


class ProvisioningError(Exception):
    """The server refused a request about a stream or durable."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as declared; `field` is `exists` where the whole thing is missing, or stands undeclared."""

    name: str
    field: str
    declared: object
    found: object

    def __str__(self) -> str:
        return f"{self.name}: {self.field} is {self.found!r}, declared is {self.declared!r}"


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did, by name, and what it left for a person to decide."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    differences: tuple[Difference, ...]


async def apply(nc: Client, table: Table, *, update: bool = False) -> Applied:
    """Create what is missing, as the provisioner; with `update`, mend differences that can lose nothing."""
    created, updated = [], []
    for item in (*streams(table), *durables(table)):
        found = await _found(nc, item, NATIVE)
        if found is None:
            await _create(nc, item)
            created.append(str(item))
        elif update and (mended := _mended(item, found)):
            await _update(nc, item, found | mended)
            updated.append(str(item))
    return Applied(tuple(created), tuple(updated), tuple(await check(nc, table)))


async def check(nc: Client, table: Table, prefix: str = NATIVE) -> list[Difference]:
    """Every difference in streams and durables, and whatever stands there undeclared."""
    wanted = (*streams(table), *durables(table))
    compared = [difference for item in wanted for difference in _compared(item, await _found(nc, item, prefix))]
    return compared + [difference async for difference in _foreign(nc, wanted, prefix)]


async def check_streams_by_info(nc: Client, table: Table, prefix: str = API) -> list[Difference]:
    """Every difference in the streams, for a service before it starts: it needs no right but STREAM.INFO."""
    return [found for item in streams(table) for found in _compared(item, await _found(nc, item, prefix))]


def _compared(item: Declared, found: Config | None) -> Iterator[Difference]:
    if found is None:
        yield Difference(str(item), "exists", declared=True, found=False)
        return
    for field in sorted(item.config.keys() | found.keys()):
        declared, actual = item.config.get(field), found.get(field)
        if (declared or None) != (actual or None):  # the server spells "not set" as absent, false, 0 or {}
            yield Difference(str(item), field, declared, actual)


_SAFE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "num_replicas": lambda declared, found: declared > found,
    "max_age": lambda declared, found: found and (not declared or declared > found),
    "subjects": lambda declared, found: set(declared) > set(found),
    "filter_subjects": lambda declared, found: set(declared) > set(found),
    "deny_delete": lambda declared, _: declared,
    "deny_purge": lambda declared, _: declared,
    "allow_direct": lambda declared, _: declared,
    "allow_atomic": lambda declared, _: declared,
    "duplicate_window": lambda *_: True,
    "ack_wait": lambda *_: True,
    "max_ack_pending": lambda *_: True,
    "max_waiting": lambda *_: True,
    "priority_timeout": lambda *_: True,
}
"""Fields that may be mended in place, and when: nothing stored is dropped by it, nothing slips past a reader."""


def _mended(item: Declared, found: Config) -> Config:
    return {
        difference.field: difference.declared
        for difference in _compared(item, found)
        if (safe := _SAFE.get(difference.field)) and safe(difference.declared, difference.found)
    }


async def _found(nc: Client, item: Declared, prefix: str) -> Config | None:
    subject = f"CONSUMER.INFO.{item.stream}.{item.durable}" if item.durable else f"STREAM.INFO.{item.stream}"
    answer = await _ask(nc, f"{prefix}.{subject}")
    if answer is None:
        return None
    config: Config = answer["config"]
    kept = {key: value for key, value in config.get("metadata", {}).items() if not key.startswith("_nats.")}
    return config | {"metadata": kept}


async def _create(nc: Client, item: Declared) -> None:
    if item.durable is None:
        await _ask(nc, f"{NATIVE}.STREAM.CREATE.{item.stream}", item.config)
    else:
        await _consumer(nc, item, "create", item.config)


async def _update(nc: Client, item: Declared, config: Config) -> None:
    if item.durable is None:
        await _ask(nc, f"{NATIVE}.STREAM.UPDATE.{item.stream}", config)
    else:
        await _consumer(nc, item, "update", config)


async def _consumer(nc: Client, item: Declared, action: str, config: Config) -> None:
    body = {"stream_name": item.stream, "action": action, "config": config}
    await _ask(nc, f"{NATIVE}.CONSUMER.CREATE.{item.stream}.{item.durable}", body)


async def _foreign(nc: Client, wanted: Iterable[Declared], prefix: str) -> AsyncIterator[Difference]:
    known = {(item.stream, item.durable) for item in wanted}
    for stream in await _names(nc, f"{prefix}.STREAM.NAMES", "streams"):
        if (stream, None) not in known:
            yield Difference(stream, "exists", declared=False, found=True)
            continue
        for durable in await _names(nc, f"{prefix}.CONSUMER.NAMES.{stream}", "consumers"):
            if (stream, durable) not in known:
                yield Difference(f"{stream} {durable}", "exists", declared=False, found=True)


async def _names(nc: Client, subject: str, field: str) -> list[str]:
    names: list[str] = []
    while True:
        page = await _ask(nc, subject, {"offset": len(names)}) or {}
        names += page.get(field) or []
        if not page.get(field) or len(names) >= page["total"]:
            return names


async def _ask(nc: Client, subject: str, body: Config | None = None) -> Config | None:
    """The server's answer; None where it says that there is no such thing."""
    message = await nc.request(subject, json.dumps(body).encode() if body else b"", timeout=TIMEOUT)
    answer: Config = json.loads(message.data)
    error = answer.get("error")
    if error is None:
        return answer
    if error["code"] == NOT_FOUND:
        return None
    raise ProvisioningError(f"{subject}: {error['description']}")
