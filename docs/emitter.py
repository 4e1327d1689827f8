"""A whole emitter, with nats-py alone: sends one claim and prints its verdict. Run again, it is `repeated`.

python docs/emitter.py FOLDER [SOURCE]     the folder that `spor init` made; `eksempel` is the sandbox's source
"""

import asyncio
import json
import sys
from pathlib import Path

import nats

THING = "short-service/temadag-1"
DATA = {"programme": "eksempel", "kind": "theme-day", "title": "Åben dag", "on": "2031-10", "municipalities": ["9901"]}
CLAIM = {"specversion": "1.0", "type": "engagement.short-service-held.v1", "subject": THING, "data": DATA}


async def main(folder: Path, source: str = "eksempel") -> None:
    place = json.loads((folder / "spor.json").read_text())
    key = str(folder / "keys" / f"{source}.nk")
    nc = await nats.connect(f"nats://{place['host']}:{place['port']}", nkeys_seed=key)
    # The id is yours; the same id with the same content is the same claim, for ever.
    claim = CLAIM | {"id": "temadag-1", "source": f"urn:spor:source:{source}"}
    headers = {"Content-Type": "application/cloudevents+json"}
    subject = f"inbox.{source}.{THING.replace('/', '.')}"  # inbox.<source>.<kind>.<id>
    kept = json.loads((await nc.request(subject, json.dumps(claim).encode(), headers=headers, timeout=5)).data)
    question = json.dumps({"positions": [kept["seq"]], "wait": 5}).encode()
    answer = json.loads((await nc.request(f"ask.engagement.receipts.{source}", question, timeout=10)).data)
    for receipt in answer["receipts"]:
        why = receipt.get("refusal") or receipt.get("problems") or (receipt.get("outcome") or receipt).get("facts")
        print(receipt["verdict"], json.dumps(why, ensure_ascii=False))
    await nc.close()


asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
