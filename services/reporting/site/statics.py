"""The site's files: its own, and those of others as they were built; read once, and the same for as long as they are named."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from services.reporting.site.sheet import release
from services.reporting.site.site import page
from services.web.problems import NOT_FOUND, ProblemError

MEDIA: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
FOLDERS: Final = ("static", "vendored")
DKFDS: Final = "dkfds/css/dkfds.min.css"
FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@cache
def every() -> dict[str, bytes]:
    """Every file that is served, by its name below its folder."""
    found: dict[str, bytes] = {}

    def take(folder: Any, before: str) -> None:
        for entry in folder.iterdir():
            if entry.is_dir():
                take(entry, f"{before}{entry.name}/")
            elif entry.name.rpartition(".")[2] in MEDIA:
                found[before + entry.name] = entry.read_bytes()

    for folder in FOLDERS:
        take(files("services.reporting.site") / folder, "")
    # As it was built, but in a layer of its own: what `spor.css` says holds, however specific dkfds is.
    found[DKFDS] = b"@layer dkfds{" + found[DKFDS] + b"\n}"
    return found


def handlers() -> list[HTTPRouteHandler]:
    """The files, below the name of the release."""

    @page("/statisk/{mark:str}/{name:path}")
    async def static(mark: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        body = every().get(name.lstrip("/"))
        if body is None:
            raise ProblemError(NOT_FOUND)
        headers = FOREVER if mark == release() else {"Cache-Control": "no-cache"}
        return Response(body, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)

    return [static]
