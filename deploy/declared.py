"""The streams and durables there are, with every field that matters. Times are nanoseconds, as the server counts.

A field that is not declared here must be empty on the server too: `allow_msg_ttl`, `allow_rollup_hdrs`, a republish or
a second source would each be a way to lose or to slip in a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from deploy.roles import Table
from events.catalogue import OWNER_OF, OWNERS, UNADDRESSED

MILLISECOND: Final = 1_000_000
SECOND: Final = 1000 * MILLISECOND
DAY: Final = 86_400 * SECOND
YEAR: Final = 366 * DAY
"""The longest year there is: a retention is a promise to keep."""

PIN_GROUP: Final = "one"
"""The priority group of a pinned durable; a pull must name it."""

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """A stream, or (with `durable`) a reading place on it, as it must be configured."""

    stream: str
    config: Config
    durable: str | None = None

    def __str__(self) -> str:
        return f"{self.stream} {self.durable}" if self.durable else self.stream


def streams(table: Table) -> tuple[Declared, ...]:
    """Every stream of the ledger. The broker de-duplicates per stream, not per sender: hence for as short as it can."""
    wanted: dict[str, Config] = {
        "LOG": {"subjects": ["log.>"], "allow_atomic": True, "allow_direct": True, **_kept()},
        "INBOX": {
            "subjects": ["inbox.>"],
            "subject_transform": _partitioned(table.partitions),
            "max_age": 5 * YEAR,
            "allow_direct": True,
            "deny_purge": True,  # a delete stays possible: the scrubber overwrites what the CPR guard caught
        },
        "RECEIPTS": {"subjects": ["receipt.*.*"], "allow_atomic": True, "allow_direct": True, **_kept()},
        "HELD": {"subjects": ["held.*.*.*"], "allow_direct": True, **_kept()},
        "REPORTS": {"subjects": ["report.*.*.*"], "allow_direct": True, **_kept()},
        "WITNESS": {"subjects": ["witness.*"], "allow_direct": True, **_kept()},
        "DOCS": {"subjects": ["docs.*.*"], "allow_direct": True, "deny_purge": True},
        "ADVISORIES": {
            "subjects": ["$JS.EVENT.ADVISORY.>"],
            "max_age": YEAR,
            "max_bytes": 2**28,  # an API request makes one, so whoever may ask could fill the disk
            "discard": "old",
        },
    }
    return tuple(Declared(name, _stream(name, table.replicas) | config) for name, config in wanted.items())


def durables(table: Table) -> tuple[Declared, ...]:
    """Every reading place: services' on INBOX, LOG and RECEIPTS, sources' on RECEIPTS, readers' on REPORTS."""
    return (
        *(place for owner in OWNERS for place in _of_service(table, owner)),
        *(_mailbox("RECEIPTS", source, f"receipt.*.{source}") for source in table.sources),
        *(_mailbox("REPORTS", reader, "report.public.>") for reader in table.readers),
    )


def _of_service(table: Table, owner: str) -> Iterator[Declared]:
    for partition, name in enumerate(table.partitions_of(owner)):
        yield _claims(owner, partition, name)
    for name in table.instances_of(owner):
        yield _cursor("LOG", name)
        yield _cursor("RECEIPTS", name)


def _stream(name: str, replicas: int) -> Config:
    return {
        "name": name,
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "compression": "none",
        "num_replicas": replicas,
        "max_consumers": -1,
        "max_msgs": -1,
        "max_bytes": -1,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
        "duplicate_window": 100 * MILLISECOND,
    }


def _kept() -> Config:
    return {"deny_delete": True, "deny_purge": True}


def _partitioned(partitions: int) -> Config:
    """`inbox.<source>.<kind>.<id>` is stored as `inbox.<source>.<partition>.<kind>.<id>`; kind and id decide."""
    tokens = ("wildcard(1)", f"partition({partitions},2,3)", "wildcard(2)", "wildcard(3)")
    return {"src": "inbox.*.*.*", "dest": "inbox." + ".".join("{{" + token + "}}" for token in tokens)}


def _durable(stream: str, name: str, **fields: object) -> Declared:
    common = {
        "name": name,
        "durable_name": name,
        "deliver_policy": "all",  # anything else would forbid to RESET to any position
        "replay_policy": "instant",
        "max_deliver": -1,
        "max_waiting": 512,
    }
    return Declared(stream, common | fields, durable=name)


def _claims(owner: str, partition: int, name: str) -> Declared:
    """A service's claims of one partition: one reader at a time, the server chooses the next."""
    return _durable(
        "INBOX",
        name,
        filter_subjects=list(_taken(owner, partition)),
        ack_policy="explicit",
        ack_wait=60 * SECOND,
        max_ack_pending=5000,
        priority_policy="pinned_client",
        priority_groups=[PIN_GROUP],
        priority_timeout=3 * SECOND,
    )


def _taken(owner: str, partition: int) -> Iterator[str]:
    for kind, taker in OWNER_OF.items():
        if taker == owner:
            yield f"inbox.*.{partition}.{kind}.*"
    if owner == OWNER_OF[UNADDRESSED] and partition == 0:
        # a subject that ends in a literal `*` or `>` is kept as it came, without a partition: it is answered, too
        yield "inbox.*.*.*"


def _cursor(stream: str, name: str) -> Declared:
    """A service instance's own place in a stream: it keeps its position itself and moves the cursor by RESET."""
    return _durable(stream, name, ack_policy="none")


def _mailbox(stream: str, name: str, subject: str) -> Declared:
    """What is addressed to one program outside: kept until it acknowledges."""
    return _durable(
        stream, name, filter_subjects=[subject], ack_policy="explicit", ack_wait=60 * SECOND, max_ack_pending=5000
    )
