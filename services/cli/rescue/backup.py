"""A backup: all that a Spor needs to stand up again with nothing lost that was acknowledged before it was begun.

It is taken beside a Spor that runs. Positions decide what belongs together: what speaks of something is copied before
that, so that the copy never speaks of what it has not. A claim that was not answered yet is in it, too, and is judged
where it is put back; but not one in which the guard sees a CPR number, which is about to be overwritten.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from deploy.home import Home
from deploy.roles import PROVISIONER
from deploy.stored import Stored, extent, messages
from events.dates import stamp
from events.inbox.claim import Arrival, Unreadable, read
from services.audit.claims import Asked, trusted_keys
from services.audit.commands import exported
from services.audit.disk import write_whole
from services.audit.export import read_export
from services.audit.memory import heads_of
from services.audit.note import NoteError, head_of, verifier
from services.audit.place import Place
from services.audit.tree import HASH
from services.cli.link import linked
from services.cli.rescue.kept import KEYS, LOG, SIDE, seal, write_lines
from services.cli.rescue.places import acknowledged

HISTORY: Final = "backups.json"
"""In the home: the backups that were taken of it, the last one last."""
REMEMBERED: Final = 50
_TRIES: Final = 20


class InTheWayError(Exception):
    """The folder is there already."""


class BehindError(Exception):
    """The witness has not signed what a backup must have."""

    def __init__(self, size: int, due: int) -> None:
        super().__init__(
            f"Vidnet har kun underskrevet {size} af {due} pladser; ingen kopi er taget. Kører det?"
            f" / The witness has signed {size} of {due} positions only; no backup was taken. Does it run?"
        )


async def back_up(home: Home, folder: Path, keys: Sequence[str], now: datetime) -> dict[str, Any]:
    """Take a backup into a new folder. Raises InTheWayError, BehindError, UnprovenError, UnreachableError."""
    if folder.exists():
        raise InTheWayError(f"{folder} findes allerede. / {folder} is there already.")
    place = Place(home.folder)
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    asked = Asked(place, None, trusted_keys(place, keys))
    async with linked(home, PROVISIONER) as nc:
        floors = await acknowledged(nc, home.table)
        last = await _reached(nc)
        due = (await extent(nc, "LOG")).last
        log = await exported(asked, draft / LOG)
        if log["size"] < due:  # what receipts may name already would not be in it
            raise BehindError(log["size"], due)
        last |= {stream: (await extent(nc, stream)).last for stream in ("DOCS", "INBOX")}
        streams, left_out = {}, list[int]()
        for stream in SIDE:
            found = messages(nc, stream, last=last[stream])
            passed = _without_numbers(found, left_out) if stream == "INBOX" else found
            count = await write_lines(passed, draft / f"{stream}.ndjson")
            streams[stream] = {"last": last[stream], "count": count}
    read_export(draft / LOG, asked.trusted)
    _copy_configuration(home, draft)
    _copy_witnesses(place, draft, log["size"])
    _copy_keys(home, draft / KEYS)
    told = {
        "made": stamp(now),
        "log": {"size": log["size"], "head": log["head"]},
        "streams": streams,
        "acknowledged": floors,
        "left_out": left_out,
    }
    digest = seal(draft, told)
    draft.rename(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    done = {
        "folder": str(folder.absolute()),
        "made": stamp(now),
        "bytes": size,
        "size": log["size"],
        "manifest": digest,
    }
    _remember(home, done)
    return done | {"streams": streams, "left_out": left_out, "witness": log["witness"]}


def history(home: Home) -> list[dict[str, Any]]:
    """The backups that were taken, the last one last; which of them are still where they were is looked at."""
    try:
        found: list[dict[str, Any]] = json.loads((home.folder / HISTORY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [one | {"there": Path(one["folder"]).is_dir()} for one in found]


def _remember(home: Home, done: dict[str, Any]) -> None:
    kept = [{key: value for key, value in one.items() if key != "there"} for one in history(home)]
    raw = json.dumps([*kept[1 - REMEMBERED :], done], ensure_ascii=False, indent=1)
    write_whole(home.folder / HISTORY, raw.encode() + b"\n")


async def _reached(nc: Client) -> dict[str, int]:
    """How far the streams reach that speak of others. HELD and RECEIPTS are of one moment: a claim is in both or none."""
    last = {stream: (await extent(nc, stream)).last for stream in ("WITNESS", "REPORTS")}
    for _ in range(_TRIES):
        last["HELD"] = (await extent(nc, "HELD")).last
        last["RECEIPTS"] = (await extent(nc, "RECEIPTS")).last
        if (await extent(nc, "HELD")).last == last["HELD"]:
            break
    return last


async def _without_numbers(found: AsyncIterator[Stored], left_out: list[int]) -> AsyncIterator[Stored]:
    """INBOX but for claims that are about to be overwritten."""
    async for message in found:
        claim = read(Arrival(message.position, message.subject, message.body, message.headers))
        if isinstance(claim, Unreadable) and claim.personal:
            left_out.append(message.position)
        else:
            yield message


def _copy_configuration(home: Home, draft: Path) -> None:
    shutil.copy(home.folder / "spor.json", draft)
    shutil.copytree(home.folder / "tokens", draft / "tokens")


def _copy_witnesses(place: Place, draft: Path, size: int) -> None:
    """What the folder's witnesses have signed of the log as it is in the backup."""
    for memory in place.memories():
        copied = draft / "witness" / memory.name
        copied.mkdir(parents=True)
        shutil.copy(memory / "key.pub", copied)
        key = verifier((memory / "key.pub").read_text(encoding="utf-8"))
        signed = []
        for note in heads_of(memory):
            try:
                signed += [note] if head_of(note, [key])[0].size <= size else []
            except NoteError:
                continue
        lines = (json.dumps(note, ensure_ascii=False) + "\n" for note in signed)
        (copied / "heads").write_text("".join(lines), encoding="utf-8")
        with (memory / "leaves").open("rb") as file:
            (copied / "leaves").write_bytes(file.read(size * HASH))


def _copy_keys(home: Home, path: Path) -> None:
    """Every user's seed, in one file that its owner alone may read."""
    seeds = {user: home.seed(user).read_text(encoding="utf-8").strip() for user in home.table.users}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"format": "spor-keys.v1", "keys": seeds}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
