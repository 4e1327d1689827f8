"""Signing in by OpenID Connect: the authorization code flow with PKCE, and an ID token that is looked at closely.

Nothing of the provider's is kept but a name and a role: no token, and no address of a person. What the log knows
somebody by who reads what is not for everybody is a pseudonym (`deploy.pseudonyms`).
"""

import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import structlog
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
"""Seconds that the provider's clock may differ from ours."""
WITHIN: Final = 10.0
"""Seconds for an answer of the provider's."""
NAMED: Final = 80
"""Letters of a person's name that are shown."""
PLACES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
"""What the provider must say of itself, beside who it is."""
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
    """Who was signed in: what to call them, with which role, and who vouches for whom."""

    name: str
    audience: Audience
    subject: tuple[str, str]


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
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client,
            "redirect_uri": back,
            "scope": self._settings.oidc_scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        where = found["authorization_endpoint"]
        url = f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"
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
            async with httpx.AsyncClient(timeout=WITHIN) as client:
                form = {
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": back,
                    "code_verifier": begun.verifier,
                }
                told = await client.post(found["token_endpoint"], **self._as_client(form))
                token = _object(told.raise_for_status().json())
                keys = _object((await client.get(found["jwks_uri"])).raise_for_status().json())
            read = jwt.decode(_text(token["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            wanted = jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": found["issuer"]},
                aud={"essential": True, "value": self._settings.oidc_client},
                nonce={"essential": True, "value": begun.nonce},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            )
            wanted.validate(read.claims)
            _text(read.claims["sub"])
        except (JoseError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            log.warning("not signed in", error=repr(error))
            raise NotSignedInError(
                "Udbyderens svar kan ikke bruges. Prøv igen; bliver det ved, så sig det til driften.",
                "The provider's answer cannot be used. Try again; if it goes on, tell the operator.",
            ) from error
        return read.claims

    def _person(self, claims: Mapping[str, Any]) -> Person:
        """Which role of ours somebody has. Raises NotSignedInError."""
        theirs = _texts(claims.get(self._settings.role_claim))
        role = next((ours for name, ours in self._settings.roles.items() if name in theirs), None)
        code = claims.get(self._settings.municipality_claim)
        if role is None or (role == MUNICIPALITY and not (isinstance(code, str) and known(code))):
            raise NotSignedInError(
                "Du har ingen rolle her. De offentlige sider virker uden.",
                "You have no role here. The public pages work without.",
            )
        called = (claims.get(claim) for claim in ("name", "preferred_username", "sub"))
        name = next(one for one in called if isinstance(one, str) and one.strip())[:NAMED]
        audience = Audience(role, str(code) if role == MUNICIPALITY else None)
        return Person(name, audience, (claims["iss"], claims["sub"]))

    async def _provider(self) -> Mapping[str, Any]:
        """What the provider says of itself, asked once. Raises NotSignedInError."""
        if self._found is None:
            issuer = self._settings.oidc_issuer or ""
            try:
                async with httpx.AsyncClient(timeout=WITHIN) as client:
                    answer = await client.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
                    told = _object(answer.raise_for_status().json())
                if told["issuer"] != issuer:
                    raise ValueError(f"another issuer: {told['issuer']}")
                for place in PLACES:
                    _text(told[place])
            except (httpx.HTTPError, KeyError, ValueError) as error:
                log.warning("no provider", issuer=issuer, error=repr(error))
                raise NotSignedInError(
                    "Udbyderen kan ikke nås. Prøv igen om lidt.",
                    "The provider cannot be reached. Try again in a moment.",
                ) from error
            self._found = told
        return self._found

    def _as_client(self, form: dict[str, str]) -> dict[str, Any]:
        """A form, as this client sends it: with its secret in the header, or by its name alone where it has none."""
        client, secret = self._settings.oidc_client, self._settings.oidc_secret
        if secret is None:
            return {"data": form | {"client_id": client}}
        return {"data": form, "auth": (quote(client, safe=""), quote(secret.get_secret_value(), safe=""))}


def _object(said: Any) -> Any:
    """A JSON object. Raises ValueError for anything else."""
    if not isinstance(said, dict):
        raise ValueError(f"no object: {type(said).__name__}")  # noqa: TRY004 - the provider said it, and is not believed
    return said


def _text(said: Any) -> str:
    """A text that says something. Raises ValueError for anything else."""
    if not isinstance(said, str) or not said.strip():
        raise ValueError(f"no text: {type(said).__name__}")
    return said


def _texts(said: Any) -> frozenset[str]:
    """One text, or the texts of a list; whatever else is there says nothing."""
    several = said if isinstance(said, list) else [said]
    return frozenset(one for one in several if isinstance(one, str))


def _challenge(verifier: str) -> str:
    """What is sent ahead of the verifier (RFC 7636): only who has the one can have sent the other."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
