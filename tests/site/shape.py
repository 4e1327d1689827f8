"""What a page is built of: pages that are built of the same things are the same to a judge of accessibility."""

from html.parser import HTMLParser
from typing import Final

VOID: Final = {"br", "img", "input", "hr", "meta", "link", "wbr", "rect", "path", "line", "circle", "use"}
Shape = frozenset[tuple[object, ...]]


def shape(page: str) -> Shape:
    """Every element of a page with its class, role, language and the names of its attributes, below the two around it."""
    read = _Elements(page)
    return frozenset(read.seen)


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[tuple[object, ...]] = set()
        self._around: list[tuple[str, str | None]] = [("page", None)]
        self._language = "language of the page"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self._language = given.get("lang") or "none"
        one = (tag, given.get("class"), given.get("role"), given.get("lang"), tuple(sorted(given)))
        self.seen.add((self._language, *self._around[-2:], one))
        if tag not in VOID:
            self._around.append((tag, given.get("class")))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._around) - 1, 0, -1):
            if self._around[depth][0] == tag:
                del self._around[depth:]
                return
