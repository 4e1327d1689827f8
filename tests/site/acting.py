"""A person at a form, without a browser: what stands in it is read from the page, and sent as a browser sends it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


class _Forms(HTMLParser):
    """The forms of a page that lead to acts: where they are sent, and what they send if nothing is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._text: str | None = None
        self._select: str | None = None
        self._mine = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._mine = (
                given.get("action", "").partition("?")[0].removeprefix("/en").startswith(("/handling/", "/udsted/"))
            )
            if self._mine:
                self.forms.append((given["action"], {}))
        elif (
            self._mine
            and tag == "input"
            and given["type" if "type" in given else "name"] not in {"radio", "checkbox", "file"}
        ):
            self._kept[given["name"]] = given.get("value", "")
        elif self._mine and tag == "input" and "checked" in given:
            self._kept[given["name"]] = given["value"]
        elif self._mine and tag == "textarea":
            self._text = given["name"]
            self._kept[self._text] = ""
        elif self._mine and tag == "select":
            self._select = given["name"]
            self._kept[self._select] = ""
        elif self._select and tag == "option" and "selected" in given:
            self._kept[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            self._kept[self._text] = self._kept[self._text].removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._mine = False

    def handle_data(self, data: str) -> None:
        if self._text:
            self._kept[self._text] += data

    @property
    def _kept(self) -> dict[str, str]:
        return self.forms[-1][1]


@dataclass
class Form:
    """A page with a form."""

    client: httpx.Client
    answer: httpx.Response
    action: str = field(init=False)
    fields: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        read = _Forms()
        read.feed(self.answer.text)
        assert read.forms, self.answer.text
        self.action, self.fields = read.forms[-1]

    def send(self, step: str, **typed: str) -> "httpx.Response":
        """The form as it stands, with what was typed; a field's name has `__` for its dots."""
        data = self.fields | {name.replace("__", "."): text for name, text in typed.items()} | {"step": step}
        return self.client.post(self.action, data=data)

    def tried(self, **typed: str) -> "Form":
        """What would follow, to be confirmed."""
        answer = self.send("preview", **typed)
        assert answer.status_code == 200, answer.text
        return Form(self.client, answer)

    def done(self, **typed: str) -> httpx.Response:
        """Tried and confirmed; the page of the receipt."""
        answer = self.tried(**typed).send("confirm")
        assert answer.status_code == 303, answer.text
        return self.client.get(answer.headers["location"])


def form(client: httpx.Client, address: str) -> Form:
    """The form at an address."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return Form(client, answer)
