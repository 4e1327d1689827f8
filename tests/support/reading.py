"""Reading over HTTP, as anybody's program would: pages, NDJSON, event streams, with a token or without."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.tokens import READER, Holder
from tests.support.spor import RunningSpor, until

BULK: Final = "application/x-ndjson"
STREAM: Final = "text/event-stream"
EVENTS: Final = "application/cloudevents-batch+json"
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Stream:
    """An open event stream."""

    response: http.client.HTTPResponse
    last: str = ""
    quiet: list[str] = field(default_factory=list)
    """Lines that were no part of an event."""

    def __iter__(self) -> Iterator[Item]:
        """The events, as they come; raises TimeoutError where none does, and ends where the stream does."""
        while line := self.response.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                self.last = value
            elif name == "data":
                yield json.loads(value)
            elif line.strip():
                self.quiet.append(line.decode().strip())

    def take(self, count: int) -> list[Item]:
        """The next so many events."""
        items = iter(self)
        return [next(items) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Reading:
    """Reporting's HTTP side, for whoever holds a token."""

    spor: RunningSpor
    token: str | None = None

    def as_(self, role: str, municipality: str | None = None) -> "Reading":
        """The same, for a reader of a role."""
        name = role if municipality is None else f"{role}-{municipality}"
        return Reading(self.spor, self.spor.home.tokens.issue(Holder(READER, name, role, municipality)))

    def opened(
        self, path: str, accept: str | None = None, headers: Mapping[str, str] | None = None, within: float = 20
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.spor.home.http["reporting"], timeout=within)
        sent = dict(headers or {})
        if accept:
            sent["Accept"] = accept
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        connection.request("GET", path, headers=sent)
        return connection.getresponse()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Answer:
        """`If_None_Match` is the header If-None-Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.opened(path, accept, sent) as response:
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())

    def pages(self, path: str) -> Iterator[Item]:
        """Every item of every page."""
        next_: str | None = path
        while next_:
            answer = self.get(next_)
            assert answer.status == 200, answer.body
            yield from answer.json["items"]
            next_ = answer.json["next"]

    def lines(self, path: str) -> list[Item]:
        """The same in bulk."""
        answer = self.get(path, BULK)
        assert answer.status == 200, answer.body
        return [json.loads(line) for line in answer.body.splitlines()]

    @contextmanager
    def stream(self, path: str, last: str = "", within: float = 20) -> Iterator[Stream]:
        """An event stream, resumed where `last` says."""
        response = self.opened(path, STREAM, {"Last-Event-ID": last} if last else None, within)
        try:
            assert response.status == 200, response.read()
            yield Stream(response)
        finally:
            response.close()

    def read_up_to(self, position: int) -> "Reading":
        """Wait until it has read so far."""
        until(lambda: self.get("/v1/facts?limit=1").json["position"] >= position)
        return self
