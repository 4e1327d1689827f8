"""What a witness signed before the log came here: kept beside this folder's own witnesses, and held against the log, too.

Its private key is not among it. A witness that signed once must never sign anything else about the same positions, and
from an older memory it would: so a new one begins, with a key of its own, unless the old one's folder is brought as it is.
"""

import json
from collections.abc import Iterable

from services.audit.disk import write_whole
from services.audit.memory import heads_of, key_of
from services.audit.note import NoteError, Verifier, head_of
from services.audit.place import Place


def keep(place: Place, trusted: Iterable[Verifier], notes: Iterable[str], leaves: bytes) -> list[str]:
    """Keep what each trusted witness signed; the names of the folders. One whose own memory is here needs none."""
    notes = list(notes)
    known = {key_of(folder).text for folder in place.memories()}
    kept = []
    for one in trusted:
        signed = [note for note in notes if _is_by(one, note)]
        if signed and one.text not in known:
            folder = place.home / "witness" / f"{one.name}-{one.id.hex()}"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(folder / "leaves", leaves)
            lines = (json.dumps(note, ensure_ascii=False) + "\n" for note in signed)
            write_whole(folder / "heads", "".join(lines).encode())
            write_whole(folder / "key.pub", f"{one.text}\n".encode())
            kept.append(folder.name)
    return kept


def own_heads(place: Place) -> tuple[list[Verifier], list[str]]:
    """The keys of this folder's witnesses, and all that they have signed."""
    folders = list(place.memories())
    return [key_of(folder) for folder in folders], [note for folder in folders for note in heads_of(folder)]


def _is_by(one: Verifier, note: str) -> bool:
    try:
        head_of(note, [one])
    except NoteError:
        return False
    return True
