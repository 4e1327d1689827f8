"""The configuration is accepted by a real server, keeps strangers out, and the table refuses what would clash."""

import json
import stat
import subprocess
from pathlib import Path

import nats
import pytest
from nats.errors import Error

from deploy.keys import load_keys, make_keys, public_key, seed_path
from deploy.roles import EXPORTS, LEDGER, Table
from deploy.server import Cluster, binary, configuration
from tests.support.server import SporServer


def _accepted(folder: Path, config: dict[str, object]) -> str:
    file = folder / "server.json"
    file.write_text(json.dumps(config))
    ran = subprocess.run([str(binary()), "-c", str(file), "-t"], capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stderr


@pytest.mark.parametrize(
    "table",
    [
        Table(),
        Table(
            sources=("cli", "esdh-2", "portal"),
            readers=("press", "ministry"),
            witnesses=("a", "b"),
            partitions=8,
            instances=3,
        ),
    ],
    ids=["default", "large"],
)
def test_the_server_accepts_its_configuration(tmp_path: Path, table: Table) -> None:
    keys = make_keys(tmp_path / "keys", table.users)
    config = configuration(table, keys, name="one", host="127.0.0.1", port=4222, store_dir=tmp_path / "store")

    assert _accepted(tmp_path, config) == ""
    assert "http" not in config
    assert config["accounts"]["SYS"]["users"] == []  # a user there could purge the whole ledger with one request
    assert config["jetstream"]["sync_interval"] == "always"


def test_the_server_accepts_a_place_in_a_cluster(tmp_path: Path) -> None:
    table = Table(replicas=3)
    peers = Cluster("spor", "127.0.0.1", 6222, [f"nats://127.0.0.1:{port}" for port in (6222, 6223, 6224)])
    keys = make_keys(tmp_path / "keys", table.users)
    config = configuration(
        table,
        keys,
        name="one",
        host="127.0.0.1",
        port=4222,
        store_dir=tmp_path / "store",
        cluster=peers,
        monitor="127.0.0.1:8222",
    )

    assert _accepted(tmp_path, config) == ""


async def test_strangers_are_refused(spor_server: SporServer, tmp_path: Path) -> None:
    make_keys(tmp_path, ["stranger"])
    for seed in ({}, {"nkeys_seed": str(seed_path(tmp_path, "stranger"))}):
        with pytest.raises(Error, match=r"(?i)authorization"):
            await nats.connect(spor_server.url, allow_reconnect=False, **seed)


def test_keys_are_made_once_and_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = make_keys(folder, ["intake", "cli"])
    second = make_keys(folder, ["cli", "intake", "reader"])

    assert second.items() > first.items()
    assert load_keys(folder, ["intake"]) == {"intake": public_key(folder / "intake.nk")}
    assert first["cli"].startswith("U")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.iterdir()) == ["cli.nk", "intake.nk", "reader.nk"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": ("cli", "a.b")},
        {"sources": ("cli", "*")},
        {"sources": ("cli", "")},
        {"sources": ("cli", "intake")},
        {"sources": ("cli", "intake-0")},
        {"sources": ("cli", "ledger")},
        {"sources": ("cli", "door")},
        {"sources": ("cli", "reader")},
        {"sources": ("cli", "a-b", "a_b")},
        {"sources": ("cli", "cli")},
        {"readers": ("scrubber",)},
        {"witnesses": ("reader",)},
    ],
    ids=str,
)
def test_a_name_that_would_open_somebody_elses_door_is_refused(wrong: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"not a token|would share"):
        Table(**wrong)  # type: ignore[arg-type]


def test_every_right_comes_through_exactly_one_export() -> None:
    for role in Table().roles:
        for right in role.rights:
            if right.account == LEDGER:
                through = [subject for subject, _ in EXPORTS if _covers(subject, right.subject)]
                assert len(through) == 1, (role.user, right.subject, through)


def test_only_the_scrubber_holds_a_verb_that_removes() -> None:
    harmless = ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.INFO", "CONSUMER.MSG.NEXT", "CONSUMER.RESET")
    for role in Table().roles:
        verbs = [
            right.subject.removeprefix("$JS.API.") for right in role.rights if right.subject.startswith("$JS.API.")
        ]
        others = [verb for verb in verbs if not verb.startswith(harmless)]
        assert others == (["STREAM.MSG.DELETE.INBOX"] if role.user == "scrubber" else [])


def _covers(pattern: str, subject: str) -> bool:
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(token in ("*", is_) for token, is_ in zip(wanted, given, strict=True))
