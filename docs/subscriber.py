"""A whole subscriber, with nats-py alone: prints every announced report, and goes on where it left off.

After a fall the last ones may come again: the id tells. Whoever must know it for longer than a run keeps the ids.

python docs/subscriber.py FOLDER [READER]     the folder that `spor init` made; `reader` is the reader's name
"""

import asyncio
import json
import sys
from pathlib import Path

import nats


async def main(folder: Path, reader: str = "reader") -> None:
    place = json.loads((folder / "spor.json").read_text())
    nc = await nats.connect(
        f"nats://{place['host']}:{place['port']}",
        nkeys_seed=str(folder / "keys" / f"{reader}.nk"),
        max_reconnect_attempts=-1,
    )
    reports = await nc.jetstream(prefix="LEDGER.API").pull_subscribe_bind(reader, stream="REPORTS")
    seen = set()
    while True:
        try:
            messages = await reports.fetch(10, timeout=5)
        except nats.errors.Error:
            continue  # nothing new, or the server is away: ask again
        for message in messages:
            event = json.loads(message.data)
            if event["id"] not in seen:
                about = event["data"]["issued"]
                print(event["id"], about.get("question") or about.get("about"), event["data"]["report"], flush=True)
                seen.add(event["id"])
            await message.ack()  # what is not acknowledged comes again


asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
