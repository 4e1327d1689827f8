"""Sealed documents: what is not public lies encrypted in DOCS, since a reader's direct get may hold wildcards.

Key, nonce and label of a document follow from reporting's own seed and the document's digest, so that the same document
is sealed to the same bytes, whenever and by whichever instance. A key opens one document and no other.
"""

import hmac
from hashlib import sha256

from nacl.secret import SecretBox


class Sealer:
    """Seals and opens documents. `seed` is reporting's own, and is told to nobody."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    def key(self, digest: str) -> bytes:
        """The key of the document with this digest: 32 bytes."""
        return self._derived("key", digest)

    def label(self, digest: str) -> str:
        """The name below which it is noted where the sealed document lies: 64 lower-case hex digits."""
        return self._derived("label", digest).hex()

    def seal(self, digest: str, body: bytes) -> bytes:
        """The document as it is stored: the nonce, then the secret box."""
        nonce = self._derived("nonce", digest)[: SecretBox.NONCE_SIZE]
        return bytes(SecretBox(self.key(digest)).encrypt(body, nonce))

    def open(self, digest: str, sealed: bytes) -> bytes:
        """The document itself. Raises nacl.exceptions.CryptoError where it is another, or was changed."""
        return bytes(SecretBox(self.key(digest)).decrypt(sealed))

    def _derived(self, use: str, digest: str) -> bytes:
        return hmac.digest(self._seed, f"spor document {use} {digest}".encode(), sha256)
