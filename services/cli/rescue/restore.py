"""A backup, put back into a new home: proved before anything is written, and once more from the server afterwards."""

import contextlib
import json
import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from nats.aio.client import Client

from deploy.home import Home, make_home, open_home
from deploy.keys import seed_path
from deploy.refill import refill
from deploy.stored import messages
from services.audit.export import lines_in, notes_in, read_export
from services.audit.memory import heads_of, key_of
from services.audit.note import Verifier
from services.audit.place import Place
from services.cli.rescue import apart, earlier
from services.cli.rescue.importing import demand_proven
from services.cli.rescue.kept import KEYS, SIDE, Backup, digest_of_lines, opened
from services.cli.rescue.places import put_back

VERB: Final = "restore"


class HomeInUseError(Exception):
    """The folder holds something."""


class OtherwiseError(Exception):
    """What stands on the server now is not what the backup holds."""


def backed_up_keys(folder: Path) -> list[Verifier]:
    """The keys of the witnesses that the backup itself names: whoever trusts the backup trusts them."""
    return [key_of(memory) for memory in sorted((folder / "witness").glob("*"))]


async def restore(folder: Path, into: Path, trusted: Sequence[Verifier], keys: Path | None) -> dict[str, Any]:
    """Make a home from a backup. It is built beside the place where it shall lie, and stands there when all is proved.

    Raises UnprovenError, HomeInUseError, OtherwiseError, OSError.
    """
    backup = opened(folder, keys)
    proven = read_export(backup.log, trusted, want=lambda _: False)
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise HomeInUseError(f"{into} er ikke tom; intet er skrevet. / {into} is not empty; nothing was written.")
    home = _draft(backup, into, keys or folder / KEYS)
    async with apart.apart(home) as nc:
        await refill(nc, home.table, "LOG", lines_in(backup.log))
        for stream in SIDE:
            await refill(nc, home.table, stream, backup.lines(stream), last=backup.last(stream))
        await demand_proven(nc, proven)
        await _demand_same(nc, backup)
        await put_back(nc, backup.manifest["acknowledged"])
    earlier.keep(Place(home.folder), trusted, _notes(backup), proven.leaves)
    apart.ended(home)
    if into.exists():
        into.rmdir()
    home.folder.rename(into)
    return {
        "home": str(into),
        "url": home.url,
        "made": backup.manifest["made"],
        "size": proven.head.size,
        "root": proven.head.root.hex(),
        "witness": proven.by.name,
        "streams": {stream: backup.last(stream) for stream in SIDE},
        "left_out": backup.manifest["left_out"],
    }


def _draft(backup: Backup, into: Path, keys: Path) -> Home:
    """The home as it shall be, but for its streams, beside the place where it shall lie. One that fell is begun anew."""
    draft = into.absolute().with_name(f"{into.absolute().name}.restoring")
    if draft.exists():
        if apart.begun(Home(draft, open_home(draft).table, "", 0)).get("verb") != VERB:
            raise HomeInUseError(f"{draft} er i vejen. / {draft} is in the way.")
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700, parents=True)
    shutil.copy(backup.folder / "spor.json", draft)
    apart.begin(open_home(draft), VERB)
    shutil.copytree(backup.folder / "tokens", draft / "tokens")
    (draft / "keys").mkdir(mode=0o700)
    for user, seed in json.loads(keys.read_text(encoding="utf-8"))["keys"].items():
        path = seed_path(draft / "keys", user)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(seed)
    _choose_free_ports(draft)
    return make_home(draft)


def _choose_free_ports(draft: Path) -> None:
    """The ports are those that it had, where nobody else has them now; clients know them."""
    path = draft / "spor.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    if not _is_free(told["port"]):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            told["port"] = probe.getsockname()[1]
    told["http"] = {owner: port for owner, port in told["http"].items() if _is_free(port)}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


async def _demand_same(nc: Client, backup: Backup) -> None:
    """Raises OtherwiseError."""
    for stream in SIDE:
        found = await digest_of_lines(messages(nc, stream))
        if found != backup.manifest["files"][f"{stream}.ndjson"]["sha256"]:
            raise OtherwiseError(f"{stream} er ikke, som kopien siger. / {stream} is not as the backup says.")


def _notes(backup: Backup) -> list[str]:
    """All that witnesses had signed of it."""
    memories = sorted((backup.folder / "witness").glob("*"))
    notes = [*notes_in(backup.log), *(note for memory in memories for note in heads_of(memory))]
    return sorted(dict.fromkeys(notes), key=lambda note: int(note.split("\n")[1]))
