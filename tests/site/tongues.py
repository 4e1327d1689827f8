"""What stands on a page in which language, by its marks."""

from html.parser import HTMLParser
from typing import Final

from tests.site.shape import VOID

NOT_READ: Final = {"script", "style"}


def said(page: str, language: str) -> list[str]:
    """The texts of a page that a reader's voice would read in a language; but not what its reader typed."""
    read = _Texts()
    read.feed(page)
    return [text for its, text in read.texts if its == language and text.strip()]


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self._around: list[tuple[str, str, bool]] = [("page", "", False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        _, language, silent = self._around[-1]
        language = given.get("lang") or language
        silent = silent or tag in NOT_READ or "data-said" in given
        self.texts += [
            (language, given[name] or "") for name in ("aria-label", "title", "placeholder") if name in given
        ]
        if tag not in VOID:
            self._around.append((tag, language, silent))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._around) - 1, 0, -1):
            if self._around[depth][0] == tag:
                del self._around[depth:]
                return

    def handle_data(self, data: str) -> None:
        _, language, silent = self._around[-1]
        if not silent:
            self.texts.append((language, data))
