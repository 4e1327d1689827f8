"""Where documents lie: in DOCS, in chunks below the digest of what is stored; sealed, unless they are public."""

from typing import Final

from nats.aio.client import Client

from events.base import Line
from events.codec import digest
from events.reporting import Document
from events.store import Append, ConflictError
from events.store.jetstream import JetStreamJournal
from services.reporting.sealing import Sealer

CHUNK: Final = 128 * 1024


class NoDocumentError(LookupError):
    """Nothing lies below this name."""


class Shelf:
    """DOCS, as reporting writes and reads it. What is there already is the same, and is not written again."""

    def __init__(self, nc: Client, sealer: Sealer) -> None:
        self._docs, self._sealer = JetStreamJournal(nc, "DOCS"), sealer

    async def put(self, media: Line, body: bytes) -> Document:
        """Store a public document as it is."""
        name = digest(body)
        await self._put(name, body)
        return Document(media=media, digest=name, size=len(body))

    async def get(self, document: Document) -> bytes:
        """A public document's bytes. Raises NoDocumentError."""
        return await self._get(document.digest)

    async def put_sealed(self, media: Line, body: bytes) -> Document:
        """Store a document of one audience, sealed, and note where it lies. It is named for its plain bytes."""
        name = digest(body)
        sealed = self._sealer.seal(name, body)
        await self._put(digest(sealed), sealed)
        await self._put(self._sealer.label(name), digest(sealed).encode())
        return Document(media=media, digest=name, size=len(body))

    async def sealed(self, document: Document) -> str:
        """The digest below which a sealed document lies. Raises NoDocumentError."""
        return (await self._get(self._sealer.label(document.digest))).decode()

    async def unseal(self, document: Document) -> bytes:
        """A sealed document's own bytes. Raises NoDocumentError."""
        return self._sealer.open(document.digest, await self._get(await self.sealed(document)))

    def key(self, document: Document) -> bytes:
        """The key that opens a sealed document."""
        return self._sealer.key(document.digest)

    async def _put(self, name: str, body: bytes) -> None:
        for number, start in enumerate(range(0, len(body), CHUNK)):
            try:
                await self._docs.commit([Append(f"docs.{name}.{number}", 0, (body[start : start + CHUNK],))])
            except ConflictError:
                continue

    async def _get(self, name: str) -> bytes:
        """All chunks below a name. Raises NoDocumentError where there is none."""
        chunks: list[bytes] = []
        while lines := await self._docs.read(f"docs.{name}.{len(chunks)}"):
            chunks.append(lines[0].body)
        if not chunks:
            raise NoDocumentError(name)
        return b"".join(chunks)
