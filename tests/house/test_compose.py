"""compose.yaml: right by the schema, and its commands and environment run as plain processes."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deploy.home import make_home
from services.cli.link import CannotReachError, ask, linked

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = ("intake", "engagement", "reporting")


def test_it_is_right_by_the_compose_schema() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    plain = {key: value for key, value in COMPOSE.items() if not key.startswith("x-") and key != "name"}
    jsonschema.Draft7Validator(schema).validate(plain)


def test_only_the_job_that_ends_sees_the_provisioning_key() -> None:
    holders = [name for name, service in COMPOSE["services"].items() if "ledger.nk" in str(service["volumes"])]
    assert holders == ["streams"]


def test_each_service_sees_its_own_key_and_no_other_service_s() -> None:
    for name in SERVICES:
        keys = [volume for volume in COMPOSE["services"][name]["volumes"] if "/keys/" in volume]
        more = {"intake": ["door"], "reporting": ["desk"]}.get(name, [])
        assert sorted(Path(key.split(":")[0]).stem for key in keys) == sorted([name, "scrubber", *more])


def test_the_witness_sees_its_own_key_alone() -> None:
    keys = [volume for volume in COMPOSE["services"]["witness"]["volumes"] if "/keys/" in volume]
    assert [Path(key.split(":")[0]).stem for key in keys] == ["witness"]


class Containers:
    """Each service of compose.yaml as a process that sees only the files its volumes mount."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = make_home(folder / "checkout" / ".spor")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def inside(self, name: str) -> Path:
        root = self.folder / name
        for volume in COMPOSE["services"][name]["volumes"]:
            source, target = volume.split(":")[:2]
            place = root / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if (self.folder / "checkout" / source).is_dir():
                shutil.copytree(self.folder / "checkout" / source, place, dirs_exist_ok=True)
            elif source.startswith("./"):
                shutil.copy(self.folder / "checkout" / source, place)
            else:
                place.mkdir(exist_ok=True)
        return root

    def start(self, name: str) -> subprocess.Popen[bytes]:
        service = COMPOSE["services"][name]
        root = self.inside(name)
        command = [self.translate(word, root) for word in service["command"]]
        program = {"python": sys.executable}.get(command[0]) or str(Path(sys.executable).parent / command[0])
        environment = {key: self.translate(value, root) for key, value in service.get("environment", {}).items()}
        environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        folder = root / service.get("working_dir", "/").lstrip("/")
        process = subprocess.Popen([program, *command[1:]], env=environment, cwd=folder)
        self.processes[name] = process
        return process

    def translate(self, text: str, root: Path) -> str:
        """A path inside the container, its address and its port, as they are outside."""
        port = str(self.home.port)
        text = text.replace("/spor", str(root / "spor")) if text.startswith("/spor") else text
        return (
            text.replace("nats://nats:4222", f"nats://127.0.0.1:{port}")
            .replace("0.0.0.0", "127.0.0.1")
            .replace("4222", port)
            .replace("8080", str(self.home.http["intake"]))
            .replace("8081", str(self.home.http["reporting"]))
        )

    def end(self) -> None:
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.terminate()
                process.wait(20)


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    made = Containers(tmp_path)
    try:
        yield made
    finally:
        made.end()


async def test_its_commands_and_environment_make_a_spor_that_answers(containers: Containers) -> None:
    containers.start("nats")
    until = time.monotonic() + 60
    while containers.start("streams").wait(60) != 0:  # restart: on-failure
        assert time.monotonic() < until
    for name in SERVICES:
        containers.start(name)
    async with linked(containers.home) as nc:
        for name in SERVICES:
            while True:
                try:
                    health = json.loads(await ask(nc, name, "health"))
                    break
                except CannotReachError:
                    assert containers.processes[name].poll() is None
                    assert time.monotonic() < until
                    await asyncio.sleep(0.05)
            assert health["service"] == name
    containers.start("witness")
    memory = containers.folder / "witness" / "spor" / "witness" / "witness"
    while not (memory / "key.pub").exists():
        assert containers.processes["witness"].poll() is None
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
