"""The keys of the roles: one nkey seed a file, made once, never overwritten, readable by its owner alone."""

import os
import secrets
from collections.abc import Collection
from pathlib import Path

import nkeys  # type: ignore[import-untyped]


def seed_path(folder: Path, user: str) -> Path:
    """Where a user's seed lies."""
    return folder / f"{user}.nk"


def make_keys(folder: Path, users: Collection[str]) -> dict[str, str]:
    """The public key of every user; a missing seed is made, an existing one is left as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for user in users:
        _make(seed_path(folder, user))
    return load_keys(folder, users)


def renew_key(folder: Path, user: str) -> str:
    """A new seed in place of the old one; its public key."""
    draft = folder / f".{user}.renewed"
    draft.unlink(missing_ok=True)
    _make(draft)
    draft.replace(seed_path(folder, user))
    return public_key(seed_path(folder, user))


def load_keys(folder: Path, users: Collection[str]) -> dict[str, str]:
    """The public key of every user; raises FileNotFoundError where a seed is missing."""
    return {user: public_key(seed_path(folder, user)) for user in users}


def public_key(path: Path) -> str:
    """The public key (`U…`) that belongs to the seed in a file."""
    pair = nkeys.from_seed(bytearray(path.read_bytes().strip()))
    return str(pair.public_key.decode())


def _make(path: Path) -> None:
    """Whole or not at all: a crash half-way must not leave an empty file that is then kept for ever."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:  # somebody else made it in the meantime: theirs counts
        return
    finally:
        draft.unlink(missing_ok=True)
