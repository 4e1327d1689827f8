"""What a service is told by its environment."""

from pathlib import Path

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
    batch: int = 500
    """The most claims judged together."""
