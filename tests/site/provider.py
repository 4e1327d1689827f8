"""A provider of OpenID Connect on this machine: a real HTTP server, real keys, real tokens; and what can go wrong with them."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT: Final = "spor-site"
CONTACT: Final = "tilgaengelighed@spor.example"
SECRET: Final = "kun-til-afproevning"
PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "taskforce": {"name": "Tove Taskforce", "roles": ["tf-sagsbehandler"]},
    "ministry": {"name": "Mie Ministerium", "roles": ["dep"]},
    "auditor": {"name": "Rie Revisor", "roles": "revision"},
    "municipality": {"name": "Kim Kommune", "roles": ["kommune"], "municipality": "9901"},
    "another": {"name": "Ane Anden", "roles": ["kommune"], "municipality": "0101"},
    **{
        f"municipality-{code}": {"name": f"Kis {code}", "roles": ["kommune"], "municipality": code}
        for code in ("0183", "0187", "0190")
    },
    "nobody": {"name": "Niels Ingen", "roles": ["noget-andet"]},
    "homeless": {"name": "Hanne Hjemløs", "roles": ["kommune"], "municipality": "0000"},
}
GOOD: Final = object()
"""The answer for a token as it should be."""
ROLES: Final = {"tf-sagsbehandler": "taskforce", "dep": "ministry", "revision": "auditor", "kommune": "municipality"}


@dataclass(slots=True)
class Provider:
    """The provider. `faults` changes what the next ID token says, or with which key it is signed; `left_out` is not said in it."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    foreign: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    faults: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    answer: Any = GOOD
    """What is said where a token is asked for."""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was asked for, by code."""

    def token(self, person: str, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": person, "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            **PEOPLE[person],
        }  # fmt: skip
        faults = dict(self.faults)
        key = self.foreign if faults.pop("foreign", False) else self.key
        said = {name: value for name, value in (claims | faults).items() if name not in self.left_out}
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, key)

    @property
    def environment(self) -> dict[str, str]:
        """What the site is told of it."""
        return {
            "SPOR_SITE_OIDC_ISSUER": self.issuer,
            "SPOR_SITE_OIDC_CLIENT": CLIENT,
            "SPOR_SITE_OIDC_SECRET": SECRET,
            "SPOR_SITE_CONTACT": CONTACT,
            "SPOR_SITE_ROLES": json.dumps(ROLES),
        }


class Handler(BaseHTTPRequestHandler):
    """One request to the provider."""

    told: ClassVar[Provider]

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        match place.path:
            case "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                self.say({"issuer": self.told.issuer, **{k: f"{self.told.issuer}/{v}" for k, v in places.items()}})
            case "/keys":
                self.say({"keys": [self.told.key.as_dict(private=False)]})
            case "/authorize" if "person" in query:
                code = secrets.token_urlsafe(16)
                self.told.asked[code] = query
                back = urlencode({"code": code, "state": query["state"]})
                self.send(302, b"", Location=f"{query['redirect_uri']}?{back}")
            case "/authorize":
                there = [(one, urlencode({**query, "person": one})) for one in PEOPLE]
                links = "".join(f'<p><a href="/authorize?{asked}">{one}</a></p>' for one, asked in there)
                self.send(200, links.encode(), "text/html; charset=utf-8")
            case _:
                self.send(404, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.told.asked.pop(form["code"], None)
        if asked is None or not self._right(form, asked):
            self.say({"error": "invalid_grant"}, 400)
            return
        token = self.told.token(asked["person"], asked)
        good = {"access_token": "unused", "token_type": "Bearer", "id_token": token}
        self.say(good if self.told.answer is GOOD else self.told.answer)

    def _right(self, form: dict[str, str], asked: dict[str, str]) -> bool:
        """Is it the client, with the verifier of the challenge, for the same address?"""
        mark = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return (
            (asked["code_challenge"], asked["code_challenge_method"]) == (mark, "S256")
            and self.headers["authorization"] == f"Basic {basic}"
            and form["redirect_uri"] == asked["redirect_uri"]
        )

    def say(self, told: Any, status: int = 200) -> None:
        self.send(status, json.dumps(told).encode(), "application/json")

    def send(self, status: int, body: bytes, media: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def provider() -> Iterator[Provider]:
    """One that is served inside."""
    told = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (Handler,), {"told": told}))
    told.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
