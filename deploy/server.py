"""The configuration of a nats-server, made from the table of roles. Its JSON is what nats-server reads.

Sizes are numbers, because a quoted "256KB" is refused. The pid file, the log and the process itself are the launcher's
business. `sync_interval: always` stands on every server: the default acknowledges up to two minutes before the disk has
the message.
"""

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.roles import EXPORTS, LEDGER, PROVISIONER, SYSTEM, Right, Role, Table

MAX_PAYLOAD: Final = 262_144
ANSWER_WITHIN: Final = "30s"
"""How long at least the server keeps the way back for a question to a service; answers may take 20 s."""

Configuration = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server's place among its peers. `routes` are URLs of all of them; `tls` is the block nats-server reads."""

    name: str
    host: str
    port: int
    routes: Sequence[str]
    tls: Mapping[str, Any] | None = None


def configuration(  # noqa: PLR0913  (one name for each thing a server must be told)
    table: Table,
    public_keys: Mapping[str, str],
    *,
    name: str,
    host: str,
    port: int,
    store_dir: Path,
    cluster: Cluster | None = None,
    monitor: str | None = None,
    tls: Mapping[str, Any] | None = None,
    max_file: int = 80 * 2**30,
) -> Configuration:
    """Everything one server must know. `public_keys` by user; `monitor` is `host:port` of the HTTP status page."""
    optional = {"http": monitor, "tls": tls, "cluster": cluster and _cluster(cluster)}
    return {
        "server_name": name,
        "host": host,
        "port": port,
        **_limits(),
        "jetstream": {
            "store_dir": str(store_dir),
            "max_mem": 256 * 2**20,
            "max_file": max_file,
            "sync_interval": "always",
            "strict": True,
        },
        "system_account": SYSTEM,
        "accounts": _accounts(table, public_keys),
        **{key: value for key, value in optional.items() if value},
    }


def binary() -> Path:
    """The nats-server to run: the one installed beside this Python, else the one on PATH."""
    beside = Path(sys.executable).parent / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError("nats-server is neither beside Python nor on PATH")
    return Path(found)


def _limits() -> Configuration:
    return {
        "max_payload": MAX_PAYLOAD,
        "max_control_line": 1024,
        "max_connections": 256,
        "max_subscriptions": 4096,
        "write_deadline": "5s",
        "ping_interval": "10s",
        "ping_max": 3,
        "lame_duck_duration": "30s",
        "lame_duck_grace_period": "2s",
        "logtime_utc": True,
        "max_traced_msg_len": 0,
        "authorization": {"timeout": 2},
    }


def _cluster(cluster: Cluster) -> Configuration:
    block: Configuration = {
        "name": cluster.name,
        "host": cluster.host,
        "port": cluster.port,
        "no_advertise": True,
        "connect_retries": 600,
        "routes": list(cluster.routes),
    }
    return block | ({"tls": dict(cluster.tls)} if cluster.tls else {})


def _accounts(table: Table, public_keys: Mapping[str, str]) -> Configuration:
    return {
        SYSTEM: {"users": []},
        LEDGER: {
            "jetstream": {"max_streams": 32},
            "users": _user(public_keys[PROVISIONER]),
            "exports": [{"service": subject, "response_type": str(answers)} for subject, answers in EXPORTS],
        },
        **{role.account: _program(role, public_keys[role.user]) for role in table.roles},
    }


def _program(role: Role, public_key: str) -> Configuration:
    account: Configuration = {"users": _user(public_key), "imports": list(_imports(role.rights))}
    if role.serves:
        account["exports"] = [
            {"service": subject, "response_type": "single", "response_threshold": ANSWER_WITHIN}
            for subject in role.serves
        ]
    return account


def _user(public_key: str) -> list[Configuration]:
    return [{"nkey": public_key}]


def _imports(rights: Iterable[Right]) -> Iterable[Configuration]:
    for right in rights:
        service = {"service": {"account": right.account, "subject": right.subject}}
        yield service if right.local == right.subject else {**service, "to": right.local}
