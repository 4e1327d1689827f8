"""A whole subscriber, with nats-py alone: prints every report, its documents checked, and goes on where it left off.

After a fall the last ones may come again: the id tells. Whoever must know it for longer than a run keeps the ids.
python docs/subscriber.py FOLDER [READER]     the folder that `spor init` made; `reader` is the reader's name
"""

import asyncio
import json
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import nats


async def document(nc: nats.NATS, digest: str, body: bytes = b"", number: int = 0) -> bytes:
    while chunk := (await nc.request(f"LEDGER.API.DIRECT.GET.DOCS.docs.{digest}.{number}", timeout=5)).data:
        body, number = body + chunk, number + 1  # in chunks, until there is no more
    return body if sha256(body).hexdigest() == digest else sys.exit(f"{digest} is another document")


async def main(folder: Path, reader: str = "reader") -> None:
    place, key = json.loads((folder / "spor.json").read_text()), str(folder / "keys" / f"{reader}.nk")
    nc = await nats.connect(f"nats://{place['host']}:{place['port']}", nkeys_seed=key, max_reconnect_attempts=-1)
    reports, seen = await nc.jetstream(prefix="LEDGER.API").pull_subscribe_bind(reader, stream="REPORTS"), set()
    while True:
        with suppress(nats.errors.Error):  # nothing new, or the server is away: ask again
            for message in await reports.fetch(10, timeout=5):
                event = json.loads(message.data)
                if event["id"] not in seen:
                    issued = event["data"]["issued"]
                    read = [await document(nc, found["digest"]) for found in issued["documents"]]
                    about = issued.get("question") or issued["programme"]
                    print(event["id"], about, event["data"]["report"], *map(len, read), flush=True)
                    seen.add(event["id"])
                await message.ack()  # what is not acknowledged comes again


asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
