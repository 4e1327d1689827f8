"""Where a document is another than it should be: the first place, in words that anybody understands.

`given` is what was brought, `right` what the log gives. Read as what it is: the data of a JSON document by its fields, a
page by what stands there to be read, and only then by what does not show.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any, Final

NEAR: Final = 2
"""Words shown on either side of the one that differs."""
LONG: Final = 120
ENCODINGS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "latin-1"), (b"", "cp1252"),
)  # fmt: skip
"""In which a file may have been saved, and how such a one begins."""
INVISIBLE: Final = frozenset({"Cf", "Cc", "Zl", "Zp", "Co", "Cn"})
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
UNSEEN: Final = frozenset({"style", "title", "script"})
VOID: Final = frozenset({"meta", "br", "link", "img", "input", "hr"})


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a document differs: a stable code, where it is, what stands there, and what should."""

    code: str
    where: str
    given: str | None
    right: str | None
    da: str
    en: str

    @property
    def shown(self) -> dict[str, Any]:
        return {"code": self.code, "where": self.where, "given": self.given, "right": self.right}


def saved_otherwise(given: bytes, is_right: Callable[[bytes], bool]) -> Difference | None:
    """Is it the right document, only saved in another way? `is_right` knows the right bytes."""
    for mark, encoding in ENCODINGS:
        if given.startswith(mark) and (text := _decoded(given, encoding)) is not None and is_right(text.encode()):
            return _unseen("encoding", "", f"i et andet tegnsæt ({encoding})", f"in another encoding ({encoding})")
    lines = given.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    if is_right(lines) or is_right(lines + b"\n"):
        return _unseen("newlines", "", "med andre linjeskift", "with other line breaks")
    return None


def _decoded(given: bytes, encoding: str) -> str | None:
    try:
        return given.decode(encoding)
    except UnicodeDecodeError:
        return None


def difference(given: bytes, right: bytes) -> Difference | None:
    """The first difference; None where every byte is the same."""
    if given == right:
        return None
    good = right.decode()
    try:
        text = given.decode()
    except UnicodeDecodeError as error:
        return _unseen(
            "encoding", f"byte {error.start}", "i et andet tegnsæt end UTF-8", "in another encoding than UTF-8"
        )
    return _in_data(text, good) if good.lstrip().startswith("{") else _in_page(text, good)


def _unseen(code: str, where: str, da: str, en: str) -> Difference:
    return Difference(
        code,
        where,
        None,
        None,
        f"Ordene og tallene er de samme, men filen er gemt {da}; det er ikke de bytes, der blev udstedt.",
        f"Words and numbers are the same, but the file was saved {en}; those are not the bytes that were issued.",
    )


# -- data


def _in_data(given: str, right: str) -> Difference:
    good = json.loads(right)
    try:
        found = json.loads(given, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return _in_text("", given, right)
    for pointer, is_, was in _apart("", found, good):
        here, there = _written(is_), _written(was)
        return Difference(
            "field",
            pointer,
            here,
            there,
            f"I feltet {pointer} står {here}{_invisible(is_, was, 'da')}, hvor der skulle stå {there}.",
            f"The field {pointer} has {here}{_invisible(is_, was, 'en')} where {there} should stand.",
        )
    return _unseen(
        "layout",
        "",
        "med en anden opstilling (mellemrum, rækkefølge)",
        "laid out otherwise (spaces, the order of fields)",
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


_ABSENT: Final = object()


def _apart(pointer: str, given: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each place where the data differ, in the order of the right ones."""
    match given, right:
        case dict(), dict():
            for name in (*right, *(name for name in given if name not in right)):
                yield from _apart(f"{pointer}/{name}", given.get(name, _ABSENT), right.get(name, _ABSENT))
        case list(), list():
            for at, (one, other) in enumerate(zip_longest(given, right, fillvalue=_ABSENT)):
                yield from _apart(f"{pointer}/{at}", one, other)
        case _ if given is _ABSENT or right is _ABSENT or type(given) is not type(right) or given != right:
            yield pointer, given, right
        case _:
            pass


def _written(value: Any) -> str:
    if value is _ABSENT:
        return "intet / nothing"
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= LONG else f"{said[:LONG]}…"


def _invisible(given: Any, right: Any, language: str) -> str:
    """That the difference is a character that cannot be seen, and which."""
    if not (isinstance(given, str) and isinstance(right, str)):
        return ""
    hidden = _hidden(given, right)
    said = {"da": "med et usynligt tegn", "en": "with an invisible character"}[language]
    return f" ({said}: {hidden})" if hidden else ""


def _hidden(given: str, right: str) -> str | None:
    """The name of a character that does not show, and that makes the difference."""
    at = next((at for at, (one, other) in enumerate(zip_longest(given, right)) if one != other), 0)
    for char in (*given[at : at + 1], *right[at : at + 1]):
        if unicodedata.category(char) in INVISIBLE or (char.isspace() and char != " "):
            return f"{unicodedata.name(char, 'CONTROL')}, U+{ord(char):04X}"
    return None


# -- pages


@dataclass
class _Read(HTMLParser):
    """A page as it is read: its texts below their headings, and its tags."""

    page: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    heading: str = ""
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = " ".join([tag, *(f'{name}="{value or ""}"' for name, value in attrs)])
        self.tags.append((self.heading, f"<{said}>"))
        if tag not in VOID:
            self.inside.append(tag)
        if tag in HEADINGS:
            self.heading = ""

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((self.heading, f"</{tag}>"))
        if tag in self.inside:
            while self.inside and self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if HEADINGS & set(self.inside):
            self.heading = f"{self.heading}{data}".strip()
        if UNSEEN & set(self.inside):
            self.hidden.append((self.inside[-1], data))
        elif data.strip(" \n"):
            self.texts.append((self.heading, data))

    def handle_comment(self, data: str) -> None:
        self.tags.append((self.heading, f"<!--{data}-->"))

    def handle_decl(self, decl: str) -> None:
        self.tags.append((self.heading, f"<!{decl}>"))


def _in_page(given: str, right: str) -> Difference:
    mine, good = _Read(given), _Read(right)
    for (_, here), (below, there) in zip_longest(mine.texts, good.texts, fillvalue=("", "")):
        if here != there:
            return _in_text(below, here, there)
    for kind, ours, theirs in (("markup", mine.tags, good.tags), ("unseen", mine.hidden, good.hidden)):
        for (_, here), (below, there) in zip_longest(ours, theirs, fillvalue=("", "")):
            if here != there:
                return _not_shown(kind, below, here, there)
    return _unseen(
        "layout",
        "",
        "med en anden opstilling (mellemrum, linjer, tegnkoder)",
        "laid out otherwise (spaces, lines, escapes)",
    )


def _in_text(below: str, given: str, right: str) -> Difference:
    here, there = _near(given, right)
    hidden = _hidden(given, right)
    da = f" Forskellen er et usynligt tegn: {hidden}." if hidden else ""
    en = f" The difference is an invisible character: {hidden}." if hidden else ""
    return Difference(
        "invisible" if hidden else "text",
        below,
        here,
        there,
        f"{_below(below, 'da')} står der »{here}«, hvor der skulle stå »{there}«.{da}",
        f'{_below(below, "en")} it says "{here}" where it should say "{there}".{en}',
    )


def _not_shown(code: str, below: str, given: str, right: str) -> Difference:
    here, there = _near(given, right)
    return Difference(
        code,
        below,
        here,
        there,
        f"Det, der står at læse, er det samme, men noget, der ikke ses, er ændret: »{here}«, hvor der skulle stå »{there}«.",
        f'What there is to read is the same, but something that does not show was changed: "{here}", not "{there}".',
    )


def _below(heading: str, language: str) -> str:
    words: Mapping[str, tuple[str, str]] = {"da": ("Under", "I dokumentet"), "en": ("Below", "In the document")}
    below, anywhere = words[language]
    return f"{below} »{heading}«" if heading else anywhere


def _near(given: str, right: str) -> tuple[str, str]:
    """The words around the first character that differs, in both."""
    at = next((at for at, (one, other) in enumerate(zip_longest(given, right)) if one != other), 0)
    return _words(given, at), _words(right, at)


def _words(text: str, at: int) -> str:
    before, behind = text[:at].split(" "), text[at:].split(" ")
    said = " ".join(before[-NEAR - 1 :]) + " ".join(behind[: NEAR + 1])
    return " ".join(said.split("\n"))[:LONG].strip(" ")
