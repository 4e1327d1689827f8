"""A whole subscriber, with nats-py alone: deals with every report once and in order, its documents checked.

FILE has a line for each that was dealt with: one that comes again after a fall is known by its id.
python docs/subscriber.py FOLDER [READER [FILE]]     the folder that `spor init` made; `reader` is the reader's name
"""

import asyncio
import json
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TextIO

import nats


async def document(nc: nats.NATS, digest: str, body: bytes = b"", number: int = 0) -> bytes:
    while chunk := (await nc.request(f"LEDGER.API.DIRECT.GET.DOCS.docs.{digest}.{number}", timeout=5)).data:
        body, number = body + chunk, number + 1  # in chunks, until there is no more
    return body if sha256(body).hexdigest() == digest else sys.exit(f"{digest} is another document")


async def main(folder: Path, file: TextIO, reader: str) -> None:
    place, key = json.loads((folder / "spor.json").read_text()), str(folder / "keys" / f"{reader}.nk")
    seen = {line.split()[0] for line in file}
    nc = await nats.connect(f"nats://{place['host']}:{place['port']}", nkeys_seed=key, max_reconnect_attempts=-1)
    reports = await nc.jetstream(prefix="LEDGER.API").pull_subscribe_bind(reader, stream="REPORTS")
    while True:
        with suppress(nats.errors.Error):  # nothing new, or the server is away: from the last acknowledged one on
            await nc.request(f"LEDGER.API.CONSUMER.RESET.REPORTS.{reader}", timeout=5)
            while message := (await reports.fetch(1, timeout=5))[0]:  # one at a time: none overtakes another
                event = json.loads(message.data)
                if event["id"] not in seen:
                    issued = event["data"]["issued"]
                    read = [await document(nc, found["digest"]) for found in issued["documents"]]
                    about = issued.get("question") or issued["programme"]
                    for out in (file, sys.stdout):  # first what is kept: with this line it is dealt with
                        print(event["id"], about, event["data"]["report"], *map(len, read), file=out, flush=True)
                    seen.add(event["id"])
                await message.ack()  # what is not acknowledged comes again
        await asyncio.sleep(0.1)


folder, reader = Path(sys.argv[1]), "".join(sys.argv[2:3]) or "reader"
with Path(*sys.argv[3:] or [folder / f"{reader}.read"]).open("a+", encoding="utf-8") as file:
    file.seek(0)
    asyncio.run(main(folder, file, reader))
