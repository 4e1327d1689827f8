"""What a service is told by its environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each is an environment variable with the prefix `SPOR_`."""

    model_config = SettingsConfigDict(env_prefix="SPOR_")

    home: Path = Path(".spor")
    """The folder that `spor init` made."""
    instance: int = 0
    """Which of several instances of the service this is: each has a reading place of its own."""
    patience: float = 30.0
    """Seconds that a claim waits for what it speaks of, before it is refused."""
    rebuild_share: float = Field(default=0.1, gt=0, le=0.9)
    """The part of its time that the service gives to a view that is made again."""
    batch: int = 500
    """The most claims judged together."""
    http_host: str = "127.0.0.1"
    """Where the service's HTTP side listens, if it has one: this machine alone, unless told otherwise."""
    http_port: int | None = None
    """Its port; without, the first instance takes the one that `spor.json` has for the service."""
