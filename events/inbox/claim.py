"""Reading what came into INBOX: a CloudEvent in structured or binary mode, or all that is wrong with it."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from events.base import Event, Raw
from events.catalogue import CATALOGUE, OWNER_OF, TOKEN, UNADDRESSED, Entry
from events.dates import BadDateError, instant, stamp
from events.decider import Thing
from events.inbox import check, cpr
from events.inbox.attributes import BASE64, PREFIX, decoded, from_base64, given, in_headers
from events.inbox.body import as_json
from events.inbox.verdict import Problem, Problems
from events.upcasts import newest_tag

STRUCTURED: Final = "application/cloudevents+json"
LONGEST_ID: Final = 200
LARGEST: Final = 100 * 1024
"""Bytes of a message, headers included: whatever follows from it still fits into one message of the server's."""
SERVERS: Final = frozenset(
    {"Nats-Pin-Id", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Last-Sequence", "Nats-Num-Pending"}
)
"""Headers that the server itself sets; any other is the sender's, and is guarded."""


async def _no_ack() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as INBOX holds it: subject `inbox.<source>.<partition>.<kind>.<id>`.

    One whose id is a literal `*` or `>` has no partition: it is about no thing, and invalid.
    """

    position: int
    subject: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    ack: Callable[[], Awaitable[None]] = _no_ack

    @property
    def source(self) -> str:
        return self.subject.split(".")[1]

    @property
    def thing(self) -> Thing:
        _, _, *below = self.subject.split(".", 4)
        if len(below) == len(("kind", "id")):  # kept without a partition, since it names no one thing
            return Thing(UNADDRESSED, below[-1])
        _, kind, id_ = below
        return Thing(kind, id_)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says, readable and whole."""

    arrival: Arrival
    source: str
    uri: str
    thing: Thing
    id: str
    digest: str
    entry: Entry
    event: Event
    time: str | None = None
    actor: str | None = None
    correlation: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no claim, and why: all reasons. Where it holds something like a CPR number, it is overwritten."""

    arrival: Arrival
    source: str
    problems: tuple[Problem, ...]
    digest: str
    id: str | None = None
    type: str | None = None
    personal: bool = False


def read(arrival: Arrival) -> Claim | Unreadable:
    """The claim in a message, or all that is wrong with it."""
    problems = Problems()
    large = _size(arrival) > LARGEST
    if large:
        limit = LARGEST // 1024
        da, en = f"Meddelelsen er større end {limit} KiB.", f"The message is larger than {limit} KiB."
        problems.add("", "too-large", da, en)
    document = None if large else _document(arrival, problems)
    if personal := _personal(arrival, document):
        for pointer in personal:
            problems.add(
                pointer,
                "cpr",
                "Her står noget, der kan være et CPR-nummer. Meddelelsen er overskrevet; send den uden.",
                "This may be a CPR number. The message was overwritten; send it without.",
            )
        return Unreadable(arrival, arrival.source, problems.told(), digest="", personal=True)
    if document is None:
        return Unreadable(arrival, arrival.source, problems.told(), hashlib.sha256(arrival.body).hexdigest())
    return _claim(arrival, document, problems)


def document(arrival: Arrival) -> Raw | None:
    """The CloudEvent as one JSON object, as far as it can be read, whichever mode it came in."""
    found = _document(arrival, Problems())
    return found and {name: value for name, value in found.items() if name != BASE64 or "data" not in found}


def _document(arrival: Arrival, problems: Problems) -> Raw | None:
    """The CloudEvent as one JSON object, whichever mode it came in."""
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    binary = f"{PREFIX}specversion" in headers and not headers.get("content-type", "").lower().startswith(STRUCTURED)
    body = as_json(arrival.body, problems, "/data" if binary else "")
    if binary:
        attributes = {name: _decoded(name, value, problems) for name, value in in_headers(headers)}
        return attributes | {"data": body, "datacontenttype": headers.get("content-type", "application/json")}
    if isinstance(body, dict):
        return _with_data(given(body), problems)
    if not problems:
        problems.add("", "type", "Ventet: et CloudEvent som JSON-objekt.", "Expected a CloudEvent as a JSON object.")
    return None


def _decoded(name: str, value: str, problems: Problems) -> str:
    text = decoded(value)
    if text is None:
        problems.add(
            f"/{name}",
            "percent",
            "Procenttegnene står for bytes, der ikke er UTF-8 (æ er %C3%A6, ikke %E6).",
            "The percent signs stand for bytes that are not UTF-8 (æ is %C3%A6, not %E6).",
        )
    return value if text is None else text


def _with_data(event: Raw, problems: Problems) -> Raw:
    """The event with the data that stand in `data_base64`, where they do; what was sent stays there, to be guarded."""
    if BASE64 not in event:
        return event
    pointer = f"/{BASE64}"
    if "data" in event:
        da, en = "Ventet: enten data eller data_base64, ikke begge.", "Expected either data or data_base64, not both."
        problems.add(pointer, "attribute", da, en)
        return event
    body = from_base64(event[BASE64])
    if body is None:
        problems.add(pointer, "attribute", "Ventet: base64 (RFC 4648).", "Expected base64 (RFC 4648).")
        return event
    return event | {"data": as_json(body, problems, pointer)}


def _size(arrival: Arrival) -> int:
    return len(arrival.body) + sum(len(name) + len(value) for name, value in arrival.headers.items())


def _personal(arrival: Arrival, document: Raw | None) -> list[str]:
    """Where something like a CPR number stands: body, headers, subject."""
    found = cpr.found_in(document) if document is not None else []
    if not found and cpr.holds_cpr(arrival.body.decode(errors="replace")):
        found = [""]
    if document is not None and cpr.holds_cpr(_base64(document.get("data_base64"))):
        found.append("/data_base64")
    if cpr.holds_cpr(arrival.subject.split(".", 3)[-1]):
        found.append("/subject")
    if any(cpr.holds_cpr(f"{name} {value}") for name, value in arrival.headers.items() if name not in SERVERS):
        found.append("/headers")
    return found


def _base64(value: object) -> str:
    """What stands behind base64, as far as it can be read."""
    try:
        return base64.b64decode(value).decode(errors="replace") if isinstance(value, str) else ""
    except ValueError:
        return ""


def _claim(arrival: Arrival, document: Raw, problems: Problems) -> Claim | Unreadable:
    id_, uri = _attribute(document, "id", problems), _attribute(document, "source", problems)
    tag = document.get("type")
    entry = _entry(tag, problems)
    _envelope(document, problems)
    thing = _addressed(arrival, document, entry, problems)
    event = _event(document.get("data"), tag, entry, problems)
    fits = entry is not None and thing.kind in entry.kinds  # where it does not, that alone is to be told
    if event and entry and fits and entry.names and thing.id != (wanted := entry.names(event)):
        problems.add("/subject", "subject", f"Ventet: {thing.kind}/{wanted}.", f"Expected {thing.kind}/{wanted}.")
    digest = _content_digest(document)
    if problems or entry is None or event is None or id_ is None or uri is None:
        return Unreadable(arrival, arrival.source, problems.told(), digest, id_, entry.tag if entry else None)
    return Claim(
        arrival,
        arrival.source,
        uri,
        thing,
        id_,
        digest,
        entry,
        event,
        time=stamp(instant(document["time"])) if "time" in document else None,
        actor=_optional(document, "actor"),
        correlation=_optional(document, "correlationid"),
        trace=_optional(document, "traceparent"),
    )


def _attribute(document: Raw, name: str, problems: Problems) -> str | None:
    value = document.get(name)
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable():
        return value
    problems.add(
        f"/{name}",
        "attribute",
        f"Ventet: en tekst på 1-{LONGEST_ID} tegn uden styretegn.",
        f"Expected a string of 1-{LONGEST_ID} characters, no control characters.",
    )
    return None


def _optional(document: Raw, name: str) -> str | None:
    """What the event says there; a trace that nobody could follow is left out."""
    value = document.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable() else None


def _entry(tag: Any, problems: Problems) -> Entry | None:
    entry = CATALOGUE.get(newest_tag(tag)) if isinstance(tag, str) else None
    if entry is None:
        stem = tag.rpartition(".")[0] if isinstance(tag, str) else ""
        near = [known for known in CATALOGUE if known.rpartition(".")[0] == stem]
        known = ", ".join(near or CATALOGUE)
        code = "version" if near else "unknown-type"
        problems.add("/type", code, f"Typen kendes ikke. Kendte: {known}.", f"There is no such type. Known: {known}.")
    return entry


def _envelope(document: Raw, problems: Problems) -> None:
    if document.get("specversion") != "1.0":
        problems.add("/specversion", "attribute", "Ventet: 1.0.", "Expected 1.0.")
    content = document.get("datacontenttype", "application/json")
    if not isinstance(content, str) or content.partition(";")[0].strip().lower() != "application/json":
        problems.add("/datacontenttype", "attribute", "Ventet: application/json.", "Expected application/json.")
    for name in ("actor", "correlationid"):  # they follow the fact: none may be dropped without a word
        if name in document and document[name] != "":
            _attribute(document, name, problems)
    if "time" in document:
        try:
            instant(document["time"])
        except (BadDateError, TypeError):
            _, da, en = check.CHECKS["moment"]
            problems.add("/time", "moment", f"Ventet: {da}.", f"Expected {en}.")


def _addressed(arrival: Arrival, document: Raw, entry: Entry | None, problems: Problems) -> Thing:
    """The thing by the subject it was sent below; the CloudEvent's own subject, if it has one, must say the same."""
    thing = arrival.thing
    stated = document.get("subject", str(thing))
    if thing.kind == UNADDRESSED or stated != str(thing):
        kinds = ", ".join(kind for kind in OWNER_OF if kind != UNADDRESSED)
        problems.add(
            "/subject",
            "subject",
            f"Ventet: <slags>/<id>, det samme som i NATS-emnet; slags er en af {kinds}.",
            f"Expected <kind>/<id>, the same as in the NATS subject; a kind is one of {kinds}.",
        )
    elif not TOKEN.fullmatch(thing.id):
        _, da, en = check.CHECKS["token"]
        problems.add("/subject", "token", f"Ventet: {da}.", f"Expected {en}.")
    elif entry and thing.kind not in entry.kinds:
        kinds = ", ".join(f"{kind}/<id>" for kind in entry.kinds)
        problems.add("/subject", "subject", f"Ventet: {kinds}.", f"Expected {kinds}.")
    return thing


def _event(data: Any, tag: Any, entry: Entry | None, problems: Problems) -> Event | None:
    if not isinstance(data, dict):
        if not any(problem.pointer in {"/data", f"/{BASE64}"} for problem in problems):
            problems.add("/data", "type", "Ventet: et objekt.", "Expected an object.")
        return None
    if entry is None:
        return None
    retired = tag != entry.tag
    event, found = check.read_retired(tag, entry.event, data) if retired else check.read(entry.event, data)
    for problem in found:
        problems.add(f"/data{problem.pointer}", problem.code, problem.da, problem.en)
    return event


def _content_digest(document: Raw) -> str:
    """SHA-256 of what a claim says: the same in both modes, and whenever it is sent."""
    said = [document.get(name) for name in ("source", "type", "subject", "data")]
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
