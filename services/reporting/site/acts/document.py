"""A document that is kept elsewhere, as a form takes it: read once for its type, its size and a salted digest, and let go."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

FILE: Final = "fil"
"""The name of a form's file."""
SALT: Final = "salt"
PLACE: Final = "document"
"""Where the reference stands in a claim's data."""
FALLBACK: Final = "application/octet-stream"


def referred(body: bytes, media: str | None, salt: str) -> Mapping[str, str]:
    """What is typed into the fields of a reference: the digest is of the salt, a colon, and the bytes."""
    return {
        f"{PLACE}.media": media or FALLBACK,
        f"{PLACE}.size": str(len(body)),
        f"{PLACE}.commitment": sha256(salt.encode() + b":" + body).hexdigest(),
        SALT: salt,
    }
