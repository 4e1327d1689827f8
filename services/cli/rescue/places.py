"""How far each reading place has acknowledged what it was given: kept, and put back where the stream was made anew."""

import json
from collections.abc import Mapping
from typing import Final

from nats.aio.client import Client

from deploy.declared import durables
from deploy.refill import RefillError
from deploy.roles import NATIVE, Table

_WITHIN: Final = 10.0


async def acknowledged(nc: Client, table: Table) -> dict[str, int]:
    """By stream and name; the places of services on LOG and RECEIPTS keep none."""
    floors = {}
    for item in durables(table):
        if item.config["ack_policy"] == "explicit":
            answer = await nc.request(f"{NATIVE}.CONSUMER.INFO.{item.stream}.{item.durable}", timeout=_WITHIN)
            floors[str(item)] = int(json.loads(answer.data)["ack_floor"]["stream_seq"])
    return floors


async def put_back(nc: Client, floors: Mapping[str, int]) -> None:
    """Each where its reader had acknowledged: so that nobody is told everything anew. Raises RefillError."""
    for name, floor in floors.items():
        if floor:
            subject = f"{NATIVE}.CONSUMER.RESET.{name.replace(' ', '.')}"
            body = json.dumps({"seq": floor + 1}).encode()
            answer = json.loads((await nc.request(subject, body, timeout=_WITHIN)).data)
            if "error" in answer:
                raise RefillError(f"{name}: {answer['error']['description']}")
