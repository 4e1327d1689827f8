"""What the site is told by its environment: who signs people in, and for how long."""

from typing import Final, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.catalogue import EVERYONE

ROLES: Final = EVERYONE[1:]
"""The roles that somebody may sign in with; without one, everybody is the public."""


class SiteSettings(BaseSettings):
    """Each is an environment variable with the prefix `SPOR_SITE_`."""

    model_config = SettingsConfigDict(env_prefix="SPOR_SITE_")

    url: str | None = None
    """Where the site is found from outside, such as `https://spor.example`; without, the address that it was asked by."""
    oidc_issuer: str | None = None
    """Who signs people in, by OpenID Connect; without, nobody can sign in."""
    oidc_client: str = "spor"
    oidc_secret: SecretStr | None = None
    oidc_scope: str = "openid profile"
    role_claim: str = "roles"
    """The claim of the ID token that says which roles somebody has: a text, or a list."""
    roles: dict[str, str] = {}
    """What the provider calls a role, and which of ours it is; the first that fits is taken."""
    municipality_claim: str = "municipality"
    """The claim with the four-digit code of the municipality that somebody signs in for."""
    idle: float = 30 * 60.0
    """Seconds without a request after which a session is over."""
    longest: float = 8 * 3600.0
    """Seconds after which a session is over in any case."""
    contact: str | None = None
    """Where people write who found a page that they cannot use, such as `tilgaengelighed@spor.example`."""
    developer: bool = False
    """May whoever sits at this machine sign in with any role, by choosing it? For trying Spor, never for more."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := sorted(set(self.roles.values()) - set(ROLES)):
            raise ValueError(f"no roles of ours: {', '.join(unknown)}")
        return self
