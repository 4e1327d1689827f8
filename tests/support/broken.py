"""A service that breaks on some claims until it is mended: in the real process, by what Python imports when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.spor import ROOT

CUSTOM = """
import sys
from pathlib import Path

FOLDER = Path({folder!r})
if "services.engagement" in sys.orig_argv:
    from services.engagement.room import EngagementRoom

    decide = EngagementRoom.decide

    def breaks(self, thing, wanted, world):
        marked = FOLDER / "broken"
        if marked.exists() and any(word in repr(wanted) for word in marked.read_text().split()):
            raise ZeroDivisionError
        return decide(self, thing, wanted, world)

    EngagementRoom.decide = breaks
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """What breaks engagement: claims that hold one of these words."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """For all processes of a Spor."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sitecustomize.py").write_text(CUSTOM.format(folder=str(self.folder)))
        return {"PYTHONPATH": f"{self.folder}:{ROOT}"}

    def by(self, *words: str) -> None:
        (self.folder / "broken").write_text(" ".join(words))

    def mend(self) -> None:
        (self.folder / "broken").unlink()
