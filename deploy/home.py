"""One folder that is a Spor: its keys, the server's configuration, the store, the views, and where it answers.

spor.json says who there is (sources, readers, witnesses, partitions), the addresses, and how much of the log was
imported; server.json is the whole
nats-server configuration; keys/ has one seed a user, tokens/ the digests of tokens for HTTP, store/ is JetStream's,
views/ is what services derived, own/ what a service keeps for itself and no log has, witness/ what witnesses keep,
logs/ what they all said.
"""

import contextlib
import json
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from deploy.keys import make_keys, seed_path
from deploy.roles import Table
from deploy.server import configuration
from deploy.tokens import Tokens

DEFAULT: Final = Path(".spor")
VARIABLE: Final = "SPOR_HOME"
UNFINISHED: Final = "unfinished.json"
"""The file that says what was begun and has not ended."""
WEB: Final = ("intake", "reporting")
"""The services that have an HTTP side, and so a port."""


class NoHomeError(Exception):
    """There is no Spor in this folder."""


@dataclass(frozen=True, slots=True)
class Home:
    """A folder and what stands in its `spor.json`."""

    folder: Path
    table: Table
    host: str
    port: int
    http: Mapping[str, int] = field(default_factory=dict)
    """The port of each service that has an HTTP side, on this machine alone."""
    imported: int = 0
    """The last position that came from another Spor: whose claims were answered there."""

    @property
    def url(self) -> str:
        """Where the server answers; `SPOR_NATS_URL` in the environment goes first."""
        return os.environ.get("SPOR_NATS_URL", f"nats://{self.host}:{self.port}")

    @property
    def web(self) -> dict[str, str]:
        """Where each service's HTTP side answers, on this machine."""
        return {owner: f"http://127.0.0.1:{port}" for owner, port in self.http.items()}

    @property
    def site(self) -> str:
        """Where the site is that people look at, on this machine: at the address of reporting."""
        return self.web["reporting"]

    @property
    def tokens(self) -> Tokens:
        """Who holds a token for HTTP."""
        return Tokens(self.folder)

    @property
    def server_config(self) -> Path:
        return self.folder / "server.json"

    @property
    def pid_file(self) -> Path:
        return self.folder / "server.pid"

    @property
    def unfinished(self) -> str | None:
        """What was begun here that no service may meet half done, if anything: a verb of `spor`."""
        try:
            return str(json.loads((self.folder / UNFINISHED).read_text(encoding="utf-8"))["verb"])
        except FileNotFoundError:
            return None

    def seed(self, user: str) -> Path:
        """The file with a user's seed."""
        return seed_path(self.folder / "keys", user)

    def views(self, owner: str, instance: int) -> Path:
        """The file with a service instance's views."""
        folder = self.folder / "views"
        folder.mkdir(exist_ok=True)
        return folder / f"{owner}-{instance}.sqlite"

    def own(self, owner: str) -> Path:
        """The folder of what a service keeps for itself, and cannot derive: for its owner alone."""
        folder = self.folder / "own" / owner
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return folder


def open_home(folder: Path) -> Home:
    """The Spor in a folder. Raises NoHomeError."""
    try:
        kept: dict[str, Any] = json.loads((folder / "spor.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoHomeError(str(folder)) from error
    table: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in kept["table"].items()}
    return Home(folder, Table(**table), kept["host"], kept["port"], kept.get("http", {}), kept.get("imported", 0))


def make_home(  # noqa: PLR0913 - who there is, and where
    folder: Path,
    *,
    sources: Iterable[str] = (),
    readers: Iterable[str] = (),
    witnesses: Iterable[str] = (),
    port: int | None = None,
    host: str = "",
) -> Home:
    """Make a Spor in a folder, or add sources, readers and witnesses to the one there; keys that exist stay."""
    try:
        home = open_home(folder)
    except NoHomeError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = Home(folder, Table(), host or "127.0.0.1", port or _free_ports(1)[0])
    table = replace(
        home.table,
        sources=tuple(dict.fromkeys((*home.table.sources, *sources))),
        readers=tuple(dict.fromkeys((*home.table.readers, *readers))),
        witnesses=tuple(dict.fromkeys((*home.table.witnesses, *witnesses))),
    )
    home = replace(home, table=table, host=host or home.host, port=port or home.port, http=_web_ports(home.http))
    keys = make_keys(folder / "keys", table.users)
    # The store lies below the folder that the server is started in: here, or wherever a container mounts it.
    config = configuration(table, keys, name="spor", host=home.host, port=home.port, store_dir=Path("store"))
    _write(home.server_config, config)
    home.tokens.prepare()
    _write_spor(home)
    return home


def note_imported(home: Home, position: int) -> Home:
    """From now on, services know that the log up to this position was answered for in another Spor."""
    noted = replace(home, imported=position)
    _write_spor(noted)
    return noted


def _write_spor(home: Home) -> None:
    told = {"host": home.host, "port": home.port, "http": dict(home.http), "table": asdict(home.table)}
    _write(home.folder / "spor.json", told | ({"imported": home.imported} if home.imported else {}))


def _write(path: Path, content: Any) -> None:
    """Whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def _web_ports(known: Mapping[str, int]) -> dict[str, int]:
    """A port for each HTTP side, chosen once."""
    missing = [owner for owner in WEB if owner not in known]
    return {**known, **dict(zip(missing, _free_ports(len(missing)), strict=True))}


def _free_ports(count: int) -> list[int]:
    """Ports that nobody has now, all different."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
