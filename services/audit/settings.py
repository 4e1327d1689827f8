"""What a witness is told by its environment."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.audit.place import Place


class Settings(BaseSettings):
    """Each is an environment variable with the prefix `SPOR_`."""

    model_config = SettingsConfigDict(env_prefix="SPOR_")

    home: Path = Path(".spor")
    """The folder that `spor init` made."""
    witness: str = "witness"
    """The witness's name: its user on the server, its subject, and the name that it signs with."""
    witness_folder: Path | None = None
    """Where it keeps its key and what it signed: best on another disk than the store, under another user."""
    witness_every: float = 2.0
    """Seconds between two heads, at least."""
    witness_again: float = 3600.0
    """Seconds after which the whole log is read again, from its first position."""
    origin: str = "spor/log"
    """The log's name, on every head."""

    @property
    def place(self) -> Place:
        return Place(self.home)

    @property
    def memory(self) -> Path:
        return self.witness_folder or self.place.memory(self.witness)
