"""One table of roles, subjects and rights, from which the whole nats-server configuration is made.

The account LEDGER holds every stream and no program. Each program has an account of its own with imports only: what it
does not import does not exist for it, so there are no permission lists to get wrong. A subject permission inside one
account would not be enough: through the reply subject, whoever may publish could make the server store bytes in LOG.

The ledger's JetStream API is imported under another name (`LEDGER.API.…`), because in an account without JetStream the
server itself answers `$JS.API.…`. Acknowledgements keep theirs (`$JS.ACK.…`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Final

from events.catalogue import COMMAND, OWNER_OF, OWNERS, SITE, TOKEN

LEDGER: Final = "LEDGER"
SYSTEM: Final = "SYS"
"""Has no user: one request of a user there (`$JS.API.ACCOUNT.PURGE.LEDGER`) would erase every stream, LOG included."""
PROVISIONER: Final = "ledger"
"""The only user of LEDGER: it provisions streams and durables, and lies offline otherwise."""
SCRUBBER: Final = "scrubber"
AUDITOR: Final = "auditor"
"""Reads every stream of ours, and writes nothing."""
OPERATOR: Final = COMMAND
DOOR: Final = "door"
"""Puts into INBOX what comes by HTTP, below its own source, and can do nothing else."""
DESK: Final = SITE
"""The site: it asks every service what people look for, and is the source of what signed-in people do through it."""
LOOKS: Final = ("health", "due", "held", "release")
"""What the site asks of each service, and what operators have tried again; the rest it reads in reporting's own views."""
ISSUES: Final = ("issue", "issue-report")
"""What the site asks of reporting where somebody issues a report."""

NATIVE: Final = "$JS.API"
API: Final = "LEDGER.API"
"""Where every program but the provisioner finds the ledger's JetStream API."""

STREAMS: Final = ("LOG", "INBOX", "RECEIPTS", "HELD", "REPORTS", "WITNESS", "DOCS", "ADVISORIES")


class Answers(StrEnum):
    """How many answers one request may get: the server forgets the way back after the last."""

    ONE = "single"
    MANY = "stream"


EXPORTS: Final[tuple[tuple[str, Answers], ...]] = (
    ("log.*.*.*", Answers.ONE),
    ("inbox.*.*.*", Answers.ONE),
    ("receipt.*.*", Answers.ONE),
    ("held.*.*.*", Answers.ONE),
    ("report.*.*.*", Answers.ONE),
    ("witness.*", Answers.ONE),
    ("docs.*.*", Answers.ONE),
    ("$JS.ACK.>", Answers.ONE),
    ("$JS.API.STREAM.INFO.*", Answers.ONE),
    ("$JS.API.STREAM.MSG.GET.*", Answers.ONE),
    ("$JS.API.STREAM.MSG.DELETE.INBOX", Answers.ONE),
    ("$JS.API.CONSUMER.INFO.*.*", Answers.ONE),
    ("$JS.API.CONSUMER.RESET.*.*", Answers.ONE),
    ("$JS.API.CONSUMER.MSG.NEXT.*.*", Answers.MANY),
    ("$JS.API.DIRECT.GET.>", Answers.MANY),
)
"""All that may leave LEDGER. Disjoint: two exports for one import would leave the number of answers open. No verb that
creates, updates, purges or deletes is among them, but for the scrubber's one."""


@dataclass(frozen=True, slots=True)
class Right:
    """A subject of another account that a role may publish to, or send requests to."""

    subject: str
    account: str = LEDGER

    @property
    def local(self) -> str:
        """The subject's name in the role's own account."""
        return API + self.subject.removeprefix(NATIVE) if self.subject.startswith(NATIVE + ".") else self.subject


@dataclass(frozen=True, slots=True)
class Role:
    """One program: its key, its account, what it may reach elsewhere, and the subjects it answers questions on."""

    user: str
    account: str
    rights: tuple[Right, ...]
    serves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Which programs there are. `partitions` is fixed for the life of INBOX; `instances` is per service."""

    sources: tuple[str, ...] = (OPERATOR, "historik", "eksempel")
    readers: tuple[str, ...] = ("reader",)
    witnesses: tuple[str, ...] = ("witness",)
    partitions: int = 1
    instances: int = 2
    replicas: int = 1

    def __post_init__(self) -> None:
        names = [*self.users, *(durable for owner in OWNERS for durable in self.instances_of(owner))]
        accounts = [LEDGER, SYSTEM, *(role.account for role in self.roles)]
        if wrong := [name for name in self.users if not TOKEN.fullmatch(name)]:
            raise ValueError(f"not a token: {', '.join(wrong)}")
        if twice := [name for name, times in Counter(names + accounts).items() if times > 1]:
            raise ValueError(f"two roles would share: {', '.join(twice)}")

    @property
    def users(self) -> tuple[str, ...]:
        """Everyone who needs a key."""
        return (PROVISIONER, *(role.user for role in self.roles))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Every program with its rights."""
        services = [self._service(owner) for owner in OWNERS]
        sources = [self._source(source) for source in self.sources]
        readers = [Role(name, f"READER_{_account(name)}", _rights(_reader(name))) for name in self.readers]
        witnesses = [Role(name, f"WITNESS_{_account(name)}", _rights(_witness(name))) for name in self.witnesses]
        scrubber = Role(SCRUBBER, "SCRUBBER", _rights([f"{NATIVE}.STREAM.MSG.DELETE.INBOX"]))
        read = chain.from_iterable(_reads(stream) for stream in STREAMS if stream != "ADVISORIES")
        auditor = Role(AUDITOR, "AUDITOR", _rights([*read, *_looks()]))
        return (*services, *sources, *readers, *witnesses, scrubber, auditor, self._door(), self._desk())

    def partitions_of(self, owner: str) -> tuple[str, ...]:
        """The service's durables on INBOX, one for each partition."""
        return tuple(f"{owner}-{partition}" for partition in range(self.partitions))

    def instances_of(self, owner: str) -> tuple[str, ...]:
        """The service's durables on LOG and on RECEIPTS, one for each running instance: a cursor is not shared."""
        return tuple(f"{owner}-{instance}" for instance in range(self.instances))

    def _service(self, owner: str) -> Role:
        subjects = [f"log.{owner}.*.*", f"receipt.{owner}.*", f"held.{owner}.*.*"]
        if owner == "reporting":
            subjects += ["report.*.*.*", "docs.*.*"]
        for stream in ("LOG", "RECEIPTS", "HELD", "DOCS", "REPORTS"):
            subjects += _reads(stream)
        subjects += [f"{NATIVE}.DIRECT.GET.WITNESS.witness.{name}" for name in self.witnesses[:1]]  # the operator's own
        subjects += _pulls("INBOX", self.partitions_of(owner))
        subjects += _pulls("LOG", self.instances_of(owner))
        subjects += _pulls("RECEIPTS", self.instances_of(owner))
        return Role(owner, owner.upper(), _rights([*subjects, *_looks()]), serves=(f"ask.{owner}.>",))

    def _door(self) -> Role:
        claims = _rights(f"inbox.*.{kind}.*" for kind in OWNER_OF)
        rehearsals = [Right(f"ask.{owner}.dry-run.*", owner.upper()) for owner in OWNERS]
        return Role(DOOR, "DOOR", (*claims, *rehearsals))

    def _desk(self) -> Role:
        claims = _rights(f"inbox.{DESK}.{kind}.*" for kind in OWNER_OF)
        verbs = (*LOOKS, f"dry-run.{DESK}", f"receipts.{DESK}")
        questions = [Right(f"ask.{owner}.{verb}", owner.upper()) for owner in OWNERS for verb in verbs]
        issues = [Right(f"ask.reporting.{verb}", "REPORTING") for verb in ISSUES]
        return Role(DESK, "DESK", (*claims, *questions, *issues))

    def _source(self, source: str) -> Role:
        subjects = [f"inbox.{source}.{kind}.*" for kind in OWNER_OF]
        subjects += _pulls("RECEIPTS", [source])
        asks = [f"receipts.{source}", f"dry-run.{source}"]
        if source == OPERATOR:
            subjects += [*_reads("LOG"), *_reads("WITNESS"), *_looks()]
            asks = [">"]
        questions = [Right(f"ask.{owner}.{verb}", owner.upper()) for owner in OWNERS for verb in asks]
        return Role(source, f"SOURCE_{_account(source)}", (*_rights(subjects), *questions))


def _account(token: str) -> str:
    return token.upper().replace("-", "_")


def _rights(subjects: Iterable[str]) -> tuple[Right, ...]:
    return tuple(Right(subject) for subject in subjects)


def _looks() -> Iterator[str]:
    """How every stream is configured, and how full it is."""
    for stream in STREAMS:
        yield f"{NATIVE}.STREAM.INFO.{stream}"


def _reads(stream: str) -> Iterator[str]:
    """Messages by position or subject, from the leader and from any replica, one or many."""
    yield f"{NATIVE}.STREAM.MSG.GET.{stream}"
    yield f"{NATIVE}.DIRECT.GET.{stream}"
    yield f"{NATIVE}.DIRECT.GET.{stream}.>"


def _pulls(stream: str, durables: Iterable[str]) -> Iterator[str]:
    """Everything that reading from a durable of one's own takes."""
    for durable in durables:
        for verb in ("INFO", "MSG.NEXT", "RESET"):
            yield f"{NATIVE}.CONSUMER.{verb}.{stream}.{durable}"
        yield f"$JS.ACK.{stream}.{durable}.>"


def _reader(name: str) -> Iterator[str]:
    yield from _pulls("REPORTS", [name])
    yield f"{NATIVE}.DIRECT.GET.DOCS.docs.>"


def _witness(name: str) -> Iterator[str]:
    """Reads the log, and what it has published itself; writes nothing but its own heads."""
    yield from _reads("LOG")
    yield f"{NATIVE}.STREAM.INFO.LOG"
    yield f"{NATIVE}.DIRECT.GET.WITNESS.witness.{name}"
    yield f"witness.{name}"
