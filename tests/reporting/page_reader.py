"""A page as a test reads it: its text, the text outside quotations, what points where, and whether tags are in pairs."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

QUOTES = {"blockquote", "q"}
VOID = {"meta", "br", "link", "img", "input", "hr"}
HIDDEN = {"style", "title"}
INLINE = {"a", "q", "span", "strong", "em", "time"}


@dataclass
class Element:
    """A start tag, and the text up to its end."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class ReadPage(HTMLParser):
    """`outside` is what a reader sees beside the marked quotations."""

    html: str
    text: str = ""
    outside: str = ""
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        self.text, self.outside = " ".join(self.text.split()), " ".join(self.outside.split())
        assert self.open == [], "a tag is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), "an attribute is given twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in INLINE:
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1].tag == tag, f"</{tag}> closes no <{tag}>"
        self.open.pop()
        if tag not in INLINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        tags = {element.tag for element in self.open}
        for element in self.open:
            element.text += data
        if not tags & HIDDEN:
            self.text += data
            self.outside += "" if tags & QUOTES else data

    def of(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def heading(self, level: int) -> list[str]:
        return [" ".join(element.text.split()) for element in self.of(f"h{level}")]

    @property
    def ids(self) -> list[str]:
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    def assert_in_order(self) -> None:
        """Headings step down one at a time, each table has a caption, each of its headers a scope."""
        levels = [int(element.tag[1]) for element in self.elements if re.fullmatch(r"h\d", element.tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert len(self.of("caption")) == len(self.of("table"))
        assert all(cell.attributes.get("scope") in {"col", "row"} for cell in self.of("th"))

    def assert_loads_and_runs_nothing(self) -> None:
        """Its one style sheet stands in it, and its policy allows that sheet by digest and nothing else."""
        assert not self.of("script") and not self.of("link") and not self.of("img")
        names = {name for element in self.elements for name in element.attributes}
        assert not any(name.startswith("on") or name in {"style", "src"} for name in names)
        (style,) = self.of("style")
        digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
        (policy,) = [meta for meta in self.of("meta") if meta.attributes.get("http-equiv")]
        assert policy.attributes["content"].startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
        assert "url(" not in style.text and "@import" not in style.text
