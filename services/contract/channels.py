"""Every subject there is: what stands in its tokens, which stream keeps it, and which programs may use it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deploy.declared import Declared, durables, streams
from deploy.roles import API, OPERATOR, Role, Table
from events.catalogue import EVERYONE, OWNER_OF, OWNERS, TOKEN, UNADDRESSED
from services.contract.parts import Schema
from services.contract.questions import QUESTIONS
from services.forms import ReportForm
from services.reporting.announce import NOWHERE

SOURCE, READER = "SOURCE", "READER"
"""Tokens that stand for any source and any reader while the table of roles is asked what it grants them."""
TABLE: Final = Table(sources=(OPERATOR, SOURCE), readers=(READER,), instances=1)
KINDS: Final = ("answer", *ReportForm.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Channel:
    """A subject, with `{name}` for each token that varies; its sentence in Danish and English."""

    name: str
    address: str
    da: str
    en: str
    stream: str | None = None
    owners: tuple[str, ...] = tuple(OWNERS)

    @property
    def parameters(self) -> list[str]:
        return [token[1:-1] for token in self.address.split(".") if token.startswith("{")]


PARAMETERS: Final[Mapping[str, Schema]] = {
    "source": {"description": "The sender's own token, as its key is named.", "examples": ["eksempel"]},
    "thing": {"description": "The kind of thing.", "enum": [kind for kind in OWNER_OF if kind != UNADDRESSED]},
    "id": {"description": f"The id of the thing: {TOKEN.pattern}", "examples": ["eks-1"]},
    "owner": {"description": "The service that owns the thing, and decides.", "enum": list(OWNERS)},
    "partition": {"description": "Set by the server, from kind and id.", "examples": ["0"]},
    "audience": {"description": "For whom the report is.", "enum": list(EVERYONE)},
    "kind": {"description": "What kind of report it is.", "enum": list(KINDS)},
    "municipality": {
        "description": f"The municipality's code; {NOWHERE} where the report is of a whole programme.",
        "examples": [NOWHERE, "0101"],
    },
    "instance": {"description": "The instance of the service: each has views of its own.", "examples": ["0"]},
    "witness": {"description": "The witness's own name.", "examples": ["witness"]},
    "digest": {"description": "SHA-256 of the document's bytes, lower-case hex.", "examples": ["9f86d0…"]},
    "chunk": {"description": "0, 1 … until the bytes are as many as the announcement says.", "examples": ["0"]},
    "stream": {"description": "A stream, by its name.", "enum": [item.stream for item in streams(TABLE)]},
    "durable": {"description": "A reading place of one's own: for a source and a reader, its token."},
    "subject": {"description": "A subject of the stream, with all its tokens."},
    "delivery": {"description": "The rest of the message's reply subject, with all its tokens."},
}

CHANNELS: Final[tuple[Channel, ...]] = (
    Channel(
        "claims", "inbox.{source}.{thing}.{id}",
        "Indberetninger om en ting, fra en kilde. Ét emne pr. ting; indberetningerne bedømmes i den orden, de er sendt.",
        "Claims about a thing, from a source. One subject for each thing; claims are judged in the order in which they are sent.",
        "INBOX",
    ),
    Channel(
        "unaddressed-claims", "inbox.{source}." + UNADDRESSED + ".{id}",
        "Det, der ikke nævner nogen ting; svaret siger, hvad der mangler.",
        "What names no thing; the answer says what is missing.",
        "INBOX",
    ),
    Channel(
        "kept-claims", "inbox.{source}.{partition}.{thing}.{id}",
        "Indberetningerne, som INBOX gemmer dem; kun tjenesterne læser dem. En, hvis id er en bogstavelig stjerne, gemmes uden del.",
        "The claims as INBOX keeps them; only the services read them. One whose id is a literal wildcard is kept without a partition.",
        "INBOX",
    ),
    Channel(
        "receipts", "receipt.{owner}.{source}",
        "Kvitteringer til en kilde. Ingen kilde ser en andens.",
        "Receipts to a source. No source sees another's.",
        "RECEIPTS",
    ),
    Channel(
        "reports", "report.{audience}.{kind}.{municipality}",
        "Meddelelser om udstedte rapporter. En læser får de offentlige.",
        "Announcements of issued reports. A reader gets the public ones.",
        "REPORTS",
    ),
    Channel(
        "documents", "docs.{digest}.{chunk}",
        "Rapporternes filer, i stykker under deres digest; forseglede, hvis de ikke er offentlige.",
        "The reports' files, in chunks below their digest; sealed, unless they are public.",
        "DOCS",
    ),
    Channel(
        "heads", "witness.{witness}",
        "Hvad et vidne har underskrevet: loggens længde og rod, som en underskrevet note (C2SP). Med `Spor-Alarm` afviser det loggen, og ingen skriver.",
        "What a witness has signed: the log's size and root, as a signed note (C2SP). With `Spor-Alarm` it refuses the log, and nobody writes.",
        "WITNESS",
    ),
    Channel(
        "facts", "log.{owner}.{thing}.{id}",
        "Loggen: fakta om en ting. Kun ejeren skriver; driften og tjenesterne læser.",
        "The log: the facts about a thing. Only the owner writes; the operator and the services read.",
        "LOG",
    ),
    Channel(
        "held", "held.{owner}.{thing}.{id}",
        "Det, der er sat til side, fordi vi fejlede. Kun tjenesterne.",
        "What was set aside because we failed. The services alone.",
        "HELD",
    ),
    *(
        Channel(
            f"ask-{question.name}", f"ask.{{owner}}.{question.verb}", question.da, question.en, owners=question.owners
        )
        for question in QUESTIONS
    ),
    Channel(
        "document-reads", f"{API}.DIRECT.GET.DOCS.docs.{{digest}}.{{chunk}}",
        "Hent et stykke af et dokument.",
        "Fetch a chunk of a document.",
    ),
    Channel(
        "pulls", f"{API}.CONSUMER.MSG.NEXT.{{stream}}.{{durable}}",
        "Bed om de næste meddelelser fra ens egen læseplads.",
        "Ask for the next messages from one's own reading place.",
    ),
    Channel(
        "acknowledgements", "$JS.ACK.{stream}.{durable}.{delivery}",
        "Kvittér for en meddelelse: emnet er meddelelsens eget svaremne.",
        "Acknowledge a message: the subject is the message's own reply subject.",
    ),
    Channel(
        "places", f"{API}.CONSUMER.INFO.{{stream}}.{{durable}}",
        "Hvor langt ens egen læseplads er nået.",
        "How far one's own reading place has come.",
    ),
    Channel(
        "resets", f"{API}.CONSUMER.RESET.{{stream}}.{{durable}}",
        "Flyt ens egen læseplads: læs igen, hvad der er læst.",
        "Move one's own reading place: read again what was read.",
    ),
    Channel(
        "reads", f"{API}.DIRECT.GET.{{stream}}",
        "Læs meddelelser efter position eller emne, en eller mange.",
        "Read messages by position or subject, one or many.",
    ),
    Channel(
        "last-of-subject", f"{API}.DIRECT.GET.{{stream}}.{{subject}}",
        "Læs den sidste meddelelse under et emne.",
        "Read the last message of a subject.",
    ),
    Channel(
        "leader-reads", f"{API}.STREAM.MSG.GET.{{stream}}",
        "Læs en meddelelse, som strømmens leder har den.",
        "Read a message as the stream's leader has it.",
    ),
    Channel(
        "stream-looks", f"{API}.STREAM.INFO.{{stream}}",
        "Hvordan en strøm er indrettet, og hvor langt den er nået.",
        "How a stream is configured, and how far it has come.",
    ),
    Channel(
        "overwrites", f"{API}.STREAM.MSG.DELETE.INBOX",
        "Overskriv en indberetning, som CPR-vagten har fanget. Kun den nøgle, der ikke kan andet.",
        "Overwrite a claim that the CPR guard has caught. Only the key that can do nothing else.",
    ),
    Channel(
        "answers", "",
        "Svaret på en forespørgsel, på dens eget svaremne.",
        "The answer to a request, on its own reply subject.",
    ),
)  # fmt: skip


def described(channel: Channel) -> Schema:
    """A channel as AsyncAPI says it, without its messages."""
    parameters: dict[str, Schema] = {name: {"$ref": f"#/components/parameters/{name}"} for name in channel.parameters}
    if channel.owners != tuple(OWNERS):
        parameters["owner"] = {**PARAMETERS["owner"], "enum": list(channel.owners)}
    users = {"x-published-by": _granted(channel, _published), "x-answered-by": _granted(channel, _answered)}
    return {
        "address": channel.address or None,
        "summary": channel.da,
        "description": channel.en,
        **({"parameters": parameters} if parameters else {}),
        **({"x-stream": channel.stream} if channel.stream else {}),
        **{key: names for key, names in users.items() if names},
    }


def _granted(channel: Channel, subjects: Callable[[Role], Iterable[str]]) -> list[str]:
    """The roles that have a right on a channel."""
    return [
        name for name, role in named_roles().items() if any(_reaches(channel, subject) for subject in subjects(role))
    ]


def _published(role: Role) -> list[str]:
    return [right.local for right in role.rights]


def _answered(role: Role) -> tuple[str, ...]:
    return role.serves


def _reaches(channel: Channel, subject: str) -> bool:
    """Does a right on a subject reach into a channel, where one of its owners stands?"""
    places = [channel.address.replace("{owner}", owner) for owner in channel.owners]
    return any(covers(place, subject) for place in places)


def named_roles() -> dict[str, Role]:
    """The roles that there are, by the names that the document gives them."""
    names = {OPERATOR: "operator", SOURCE: "source", READER: "reader"}
    return {
        names.get(role.user, role.user): role for role in sorted(TABLE.roles, key=lambda role: role.user not in names)
    }


def rights() -> Schema:
    """What each role may publish to, and where it answers questions. It can reach nothing else."""
    return {
        name: {
            "publishes": _standing(_published(role)),
            **({"answers": list(role.serves)} if role.serves else {}),
        }
        for name, role in named_roles().items()
    }


def stream_table() -> Schema:
    """Every stream as it is configured, with its reading places."""
    return {item.stream: _standing({"config": item.config, "durables": dict(_places(item))}) for item in streams(TABLE)}


def covers(address: str, subject: str) -> bool:
    """Can a subject of this address be one that the pattern allows?"""
    ours, theirs = address.split("."), subject.split(".")
    last = ours[-1] in {"{subject}", "{delivery}"}  # stands for one token or many
    if theirs[-1] == ">":
        theirs = theirs[:-1] + ["*"] * (len(ours) - len(theirs) + 1)
    if last and len(theirs) > len(ours):
        theirs = theirs[: len(ours)]
    return len(ours) == len(theirs) and all(map(_meets, ours, theirs))


def _meets(ours: str, theirs: str) -> bool:
    return theirs in {"*", ours} or (ours.startswith("{") and _may_be(ours[1:-1], theirs))


def _may_be(parameter: str, token: str) -> bool:
    """Can a parameter have this value?"""
    wanted = PARAMETERS[parameter].get("enum")
    return wanted is None or token in wanted


def _places(stream: Declared) -> Iterator[tuple[str, Any]]:
    for place in durables(TABLE):
        if place.stream == stream.stream and place.durable:
            yield place.durable, place.config


def _standing(value: Any) -> Any:
    """The value, with `{source}` and `{reader}` where the tokens stood for them."""
    match value:
        case str():
            tokens = [{SOURCE: "{source}", READER: "{reader}"}.get(token, token) for token in value.split(".")]
            return ".".join(tokens)
        case dict():
            return {_standing(key): _standing(inner) for key, inner in value.items()}
        case list():
            return [_standing(inner) for inner in value]
        case _:
            return value
