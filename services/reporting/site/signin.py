"""Signing in by OpenID Connect: the authorization code flow with PKCE, and an ID token that is looked at closely.

Nothing of the provider's is kept but a name and a role: no token, and no address of a person.
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from events.municipalities import known
from events.visibility import MUNICIPALITY, Audience
from services.reporting.site.settings import SiteSettings

ALGORITHMS: Final = ["RS256", "ES256", "PS256"]
BEGUN_WITHIN: Final = 600.0
"""Seconds from going to the provider until coming back."""
MOST: Final = 1000
"""People on their way to the provider at a time."""
LEEWAY: Final = 60
log = structlog.get_logger()


class NotSignedInError(Exception):
    """Somebody came back from the provider, and is not signed in: why, in Danish and English."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.da, self.en = da, en


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody who has gone to the provider: what must come back with them, and where they wanted to go."""

    at: float
    nonce: str
    verifier: str
    then: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who was signed in."""

    name: str
    audience: Audience


class SignIn:
    """The provider, and whoever is on the way there; by the random state that the browser keeps in a cookie."""

    def __init__(self, settings: SiteSettings) -> None:
        self._settings = settings
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._found: Mapping[str, Any] | None = None

    @property
    def possible(self) -> bool:
        """Is there a provider?"""
        return self._settings.oidc_issuer is not None

    async def begin(self, back: str, then: str, now: float) -> tuple[str, str]:
        """Where to send the browser, and the state that it must bring back. Raises NotSignedInError."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        found = await self._provider()
        async with self._client(back) as client:
            url, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
            )
        while len(self._begun) >= MOST:
            self._begun.popitem(last=False)
        self._begun[state] = Begun(now, nonce, verifier, then)
        return url, state

    async def end(self, back: str, query: Mapping[str, str], state: str | None, now: float) -> tuple[Person, str]:
        """Who came back, and where they wanted to go. Raises NotSignedInError."""
        begun = self._begun.pop(query.get("state", ""), None)
        if begun is None or not state or not secrets.compare_digest(state, query["state"]):
            raise NotSignedInError(
                "Svaret fra udbyderen hører ikke til denne browser. Begynd forfra.",
                "The provider's answer does not belong to this browser. Begin again.",
            )
        if now - begun.at > BEGUN_WITHIN:
            raise NotSignedInError("Det tog for lang tid. Begynd forfra.", "It took too long. Begin again.")
        if "code" not in query:
            log.info("not signed in", error=query.get("error"))
            raise NotSignedInError("Udbyderen afviste at logge dig ind.", "The provider declined to sign you in.")
        return self._person(await self._claims(back, query["code"], begun)), begun.then

    async def _claims(self, back: str, code: str, begun: Begun) -> Mapping[str, Any]:
        """What the provider says of somebody, proved by its signature."""
        found = await self._provider()
        try:
            async with self._client(back) as client:
                token = await client.fetch_token(
                    found["token_endpoint"], code=code, code_verifier=begun.verifier, grant_type="authorization_code"
                )
                keys = (await client.request("GET", found["jwks_uri"], withhold_token=True)).raise_for_status().json()
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            wanted = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": found["issuer"]},
                aud={"essential": True, "value": self._settings.oidc_client},
                nonce={"essential": True, "value": begun.nonce},
                exp={"essential": True},
                iat={"essential": True},
            )
            wanted.validate(read.claims)
        except (JoseError, AuthlibBaseError, httpx.HTTPError, KeyError, ValueError) as error:
            log.warning("not signed in", error=repr(error))
            raise NotSignedInError(
                "Udbyderens svar kan ikke bruges. Prøv igen; bliver det ved, så sig det til driften.",
                "The provider's answer cannot be used. Try again; if it goes on, tell the operator.",
            ) from error
        return read.claims

    def _person(self, claims: Mapping[str, Any]) -> Person:
        """Which role of ours somebody has. Raises NotSignedInError."""
        said = claims.get(self._settings.role_claim, ())
        theirs = {said} if isinstance(said, str) else {str(one) for one in said}
        role = next((ours for name, ours in self._settings.roles.items() if name in theirs), None)
        code = claims.get(self._settings.municipality_claim)
        if role is None or (role == MUNICIPALITY and not (isinstance(code, str) and known(code))):
            raise NotSignedInError(
                "Du har ingen rolle her. De offentlige sider virker uden.",
                "You have no role here. The public pages work without.",
            )
        name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])[:80]
        return Person(name, Audience(role, str(code) if role == MUNICIPALITY else None))

    async def _provider(self) -> Mapping[str, Any]:
        """What the provider says of itself, asked once. Raises NotSignedInError."""
        if self._found is None:
            issuer = self._settings.oidc_issuer or ""
            try:
                async with httpx.AsyncClient(timeout=10) as client:
                    answer = await client.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
                    told = answer.raise_for_status().json()
                if told["issuer"] != issuer:
                    raise ValueError(f"another issuer: {told['issuer']}")
            except (httpx.HTTPError, KeyError, ValueError) as error:
                log.warning("no provider", issuer=issuer, error=repr(error))
                raise NotSignedInError(
                    "Udbyderen kan ikke nås. Prøv igen om lidt.", "The provider cannot be reached. Try again in a moment."
                ) from error
            self._found = told
        return self._found

    def _client(self, back: str) -> AsyncOAuth2Client:
        secret = self._settings.oidc_secret
        return AsyncOAuth2Client(
            self._settings.oidc_client,
            secret.get_secret_value() if secret else None,
            scope=self._settings.oidc_scope,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",  # noqa: S106 - a method, no secret
            timeout=10,
        )
