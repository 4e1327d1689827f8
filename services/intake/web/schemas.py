"""The published schemas: `/schemas/<type>.json` for programs, `/schemas/` for people."""

import base64
import hashlib
from html import escape
from typing import Any, Final

from litestar import Request, Response, get

from events.catalogue import CATALOGUE, OWNERS, Entry
from events.schemas import published
from events.upcasts import UPCASTS, newest_tag
from services.web.problems import NOT_FOUND, ProblemError

SUFFIX: Final = ".json"
STYLE: Final = """
body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a;background:#fff}
h1,h2{line-height:1.2}h2{margin-top:2.5rem}
dt{margin-top:1.2rem;font-weight:600;overflow-wrap:anywhere}dd{margin:0}
a{color:#0b4f8a}.en{color:#4a4a4a}.more{font-size:.875rem;color:#4a4a4a}
@media (prefers-color-scheme:dark){body{background:#151515;color:#eee}a{color:#8ec5ff}.en,.more{color:#bbb}}
"""
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"
_OWNERS_DA: Final = {"intake": "Optagelse", "engagement": "Forløb", "reporting": "Rapportering"}


@get("/schemas/{name:str}", sync_to_thread=False)
def schema(request: Request[Any, Any, Any]) -> Response[bytes]:
    """One type's JSON Schema, as it is committed."""
    name: str = request.path_params["name"]
    tag = name.removesuffix(SUFFIX)
    try:
        body = published(tag if tag != name else "")
    except KeyError as error:
        raise ProblemError(
            NOT_FOUND, da="Typen kendes ikke. Alle typer: /schemas/", en="There is no such type. All types: /schemas/"
        ) from error
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/schema+json", headers=headers)


@get("/schemas", sync_to_thread=False)
def schemas() -> Response[bytes]:
    """All types, for people."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=300"}
    return Response(_page().encode(), media_type="text/html; charset=utf-8", headers=headers)


def _page() -> str:
    sections = "".join(_section(owner) for owner in OWNERS) + _retired()
    return (
        '<!doctype html><html lang="da"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Spor: begivenhedstyper</title><style>{STYLE}</style></head><body><main>"
        "<h1>Begivenhedstyper</h1>"
        "<p>Hver type har et JSON Schema, som indberetninger og fakta af typen følger. Det ændres aldrig, så noget går i stykker: "
        "en ny form får en ny version. Sætningen er den, som Spor skriver om et faktum; {felt} står for feltets værdi.</p>"
        '<p lang="en" class="en">Each type has a JSON Schema that claims and facts of the type follow. It never changes '
        "so that something breaks: a new shape gets a new version. The sentence is the one that Spor writes about a "
        "fact; {field} stands for the field’s value.</p>"
        f"{sections}</main></body></html>"
    )


def _section(owner: str) -> str:
    entries = "".join(_entry(entry) for entry in CATALOGUE.values() if entry.owner == owner)
    return f"<section><h2>{_OWNERS_DA[owner]} ({owner})</h2><dl>{entries}</dl></section>"


def _retired() -> str:
    """The types that have a successor: facts of them stand on the log, and claims of them are taken."""
    if not UPCASTS:
        return ""
    lines = "".join(
        f'<dt><a href="/schemas/{escape(tag)}.json">{escape(tag)}</a></dt>'
        f'<dd>afløst af {escape(newest_tag(tag))}</dd><dd class="en" lang="en">followed by {escape(newest_tag(tag))}</dd>'
        for tag in UPCASTS
    )
    return f"<section><h2>Afløste typer</h2><dl>{lines}</dl></section>"


def _entry(entry: Entry) -> str:
    more = f"om {', '.join(entry.kinds)}"
    if entry.instead:
        more += f"; kan ikke sendes, den følger af {entry.instead[0]}"
    return (
        f'<dt><a href="/schemas/{escape(entry.tag)}.json">{escape(entry.tag)}</a></dt>'
        f'<dd>{escape(entry.da)}</dd><dd class="en" lang="en">{escape(entry.en)}</dd>'
        f'<dd class="more">{escape(more)}</dd>'
    )
