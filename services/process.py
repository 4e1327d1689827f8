"""How a service lives: connect, check, catch up, take claims, answer questions, stop.

It stops by itself, with a reason and an exit code, where going on could do harm: a log that is not the one it read, a
stream configured otherwise than declared, a connection that was closed for good, anything that broke unexpectedly.
"""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.nats.security import NatsNKey
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.client import JetStreamContext

from deploy.declared import PIN_GROUP
from deploy.home import open_home
from deploy.roles import API, OPERATOR, SCRUBBER
from deploy.streams import check_streams_by_info
from events.catalogue import OWNER_OF, OWNERS
from events.codec import Fact, UndecodableError
from events.decider import Thing
from events.inbox import outcomes
from events.inbox.claim import Arrival
from events.inbox.desk import Desk
from events.inbox.dismissal import dismissed_thing, shown
from events.inbox.post import Journals
from events.intake import SourceRegistered, SourceRevoked
from events.reporting import HeldDismissed
from events.store import DamagedLogError, UnreachableError, fact_of
from events.store.jetstream import JetStreamJournal
from events.store.pull import Pull
from events.store.views import ViewStore
from services.asks import Answerer, asked, listing, serve, show
from services.at_hand import keep_at_hand
from services.dry_run import dry_run
from services.folding import fold
from services.forms import Form, ReceiptsForm, ReleaseForm
from services.guard import Guard
from services.plan import Parts, Plan, views_of
from services.rebuilds import Rebuilds
from services.settings import Settings
from services.web.server import WebServer

BROKEN, DAMAGED, MISCONFIGURED, UNREACHABLE = 70, 65, 78, 69
"""Exit codes: ours to mend, the log is damaged, the server is configured otherwise, the server is not there."""
CONNECT_WITHIN: Final = 60.0
TICK: Final = 0.5
RECONNECT: Final[Any] = 0.1
"""Seconds; FastStream types it as whole ones and hands it on to nats-py, which takes fractions."""

OPERATOR_MAY: Final = SourceRegistered(
    sources=(f"urn:spor:source:{OPERATOR}",),
    types=(SourceRegistered.tag, SourceRevoked.tag),
    programmes=("*",),
    acts_for="driften",
)
"""What the operator's own source may say: it registers the others, and is the only one that stands in the program."""

ESSENTIAL: Final = ("clock", "outcomes", "timeline")
"""Without these nothing may be decided or reacted to: a claim could be recorded twice, or a report be given to nobody."""

log = structlog.get_logger()


class StopError(Exception):
    """The service must stop: an exit code and what to do about it."""

    def __init__(self, code: int, why: str, da: str = "") -> None:
        super().__init__(why)
        self.code, self.da = code, da


class _LingeringPulls(JetStreamContext):
    """FastStream's own pull loses batches and waits for full ones; it only asks this for a subscription."""

    size = 500
    pull: Pull | None = None

    async def pull_subscribe(  # type: ignore[override]
        self, subject: str, durable: str | None = None, stream: str | None = None, **_: Any
    ) -> Any:
        if durable is None or stream is None:
            raise ValueError(f"{subject}: only provisioned durables are read")
        self.pull = Pull(self._nc, self._prefix, stream, durable, group=PIN_GROUP, size=self.size)
        return await self.pull.start()


@dataclass(slots=True)
class _Progress:
    """How far the followers have read, for whoever waits for it."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, true: Callable[[], bool], within: float) -> bool:
        # No lock: whoever waits may be cancelled more than once, and would leave it taken for ever.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not true():
                    await self.changed.wait()
        return true()


class Process:
    """One instance of one service."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self._plan, self._settings, self.owner = plan, settings, plan.room.owner
        self._home = open_home(settings.home)
        self._durable = f"{self.owner}-{settings.instance}"
        self._progress = _Progress()
        self._stop: StopError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._scrubber: Client | None = None
        self._begun = 0
        self._ending = False
        own = self._home.table.witnesses[0]
        self._guard = Guard(self._home.url, self._home.seed(self.owner), own, lambda: self._store, self._durable)
        self._broker = NatsBroker(
            self._home.url,
            security=NatsNKey(str(self._home.seed(self.owner))),
            js_options={"prefix": API, "timeout": 5},
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT,
            closed_cb=self._closed,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
            error_cb=_noted,
            name=f"spor-{self._durable}",
            logger=None,
        )
        self._app = FastStream(self._broker, logger=None)

    async def run(self) -> int:
        """Live until told to stop; the exit code."""
        store = ViewStore(
            self._home.views(self.owner, self._settings.instance),
            views_of(self._plan),
            essential=ESSENTIAL,
            alarm=self._alarm,
        )
        try:
            if await self._began(store):
                await self._app.run()
        except StopError as stop:
            self._stop = stop
        except (DamagedLogError, UndecodableError) as damaged:
            self._stop = _damaged(damaged)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._scrubber:
                await self._scrubber.close()
            await self._guard.drop()
            store.close()
        if self._stop:
            told = {"why": str(self._stop), "da": self._stop.da or None}
            log.error("stopped", service=self.owner, code=self._stop.code, **told)
            return self._stop.code
        log.info("stopped", service=self.owner, code=0)
        return 0

    # -- beginning

    async def _began(self, store: ViewStore) -> bool:
        """Begin. Told to stop in the middle of it, end what was begun: false."""
        beginning, told = asyncio.create_task(self._begin(store)), asyncio.Event()

        def end() -> None:
            told.set()
            beginning.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):  # afterwards FastStream's own
            asyncio.get_running_loop().add_signal_handler(number, end)
        try:
            await beginning
        except asyncio.CancelledError:
            if not told.is_set():
                raise
        if told.is_set():
            await self._end()
            await self._app.stop()
        return not told.is_set()

    async def _begin(self, store: ViewStore) -> None:
        nc = await self._connect()
        differences = await check_streams_by_info(nc, self._home.table)
        if differences:
            raise StopError(MISCONFIGURED, "; ".join(map(str, differences)) + ". See `spor streams check`.")
        self._join(nc, store)
        await self._guard_until_checked()
        await self._read_receipts()
        await self._react_to_missed()
        await self._desk.open()
        self._spawn(self._follow_log())
        self._spawn(self._follow_receipts())
        await self._level()
        self._subscribe()
        self._rebuilds.resume()
        self._app.on_shutdown(self._rebuilds.stop)
        answerers = self._answerers()
        answers = await serve(nc, self.owner, answerers)
        self._app.on_shutdown(self._end)
        self._app.on_shutdown(answers.stop)
        await self._serve_http()
        at_hand = [answerers[verb] for verb in self._plan.at_hand]
        self._spawn(keep_at_hand(at_hand, lambda: store.position, self._progress.until, self._alarm))
        self._spawn(self._ticks())
        self._spawn(self._heed())
        if self._plan.tick:
            self._spawn(self._plan_ticks(self._plan.tick))
        self._app.after_startup(lambda: log.info("ready", service=self.owner, position=store.position))

    async def _serve_http(self) -> None:
        """Serve what the service has for HTTP, where there is a port for it. Another instance must be told its own."""
        port = self._settings.http_port or (self._home.http.get(self.owner) if self._settings.instance == 0 else None)
        if self._plan.web is None or port is None:
            return
        try:
            web = WebServer(self._plan.web(self.parts), self._settings.http_host, port)
        except OSError as error:
            raise StopError(UNREACHABLE, f"HTTP cannot listen on port {port}: {error.strerror}") from error
        self._spawn(web.run())
        self._app.on_shutdown(web.stop)
        await web.answers()
        log.info("http", service=self.owner, port=web.port)

    async def _connect(self) -> Client:
        try:
            await asyncio.wait_for(self._broker.connect(), CONNECT_WITHIN)  # tries again and again by itself
        except (NatsError, OSError, TimeoutError) as error:
            why = f"{self._home.url} does not answer: {error!r}. Is the server running?"
            raise StopError(UNREACHABLE, why) from error
        connection: Client = self._state.connection
        return connection

    @property
    def _state(self) -> Any:
        """FastStream's connection state: not its public API, hence pinned, and held by a test."""
        return self._broker.config.broker_config.connection_state

    def _join(self, nc: Client, store: ViewStore) -> None:
        writer = self._guard.writer
        journal = JetStreamJournal(nc, "LOG", self._durable, writer=writer)
        self._receipts = JetStreamJournal(nc, "RECEIPTS", self._durable, writer=writer)
        self._store = store
        self._rebuilds = Rebuilds(store, JetStreamJournal(nc, "LOG"), self._settings.rebuild_share, self._alarm)
        self._desk = Desk(
            self._plan.room,
            Journals(journal, self._receipts, JetStreamJournal(nc, "HELD", writer=writer)),
            store,
            _now,
            patience=timedelta(seconds=self._settings.patience),
            preset={Thing("source", OPERATOR): OPERATOR_MAY},
            scrub=self._scrub,
            alarm=self._alarm,
            answered=self._progress.tell,
            imported=self._home.imported,
        )
        self.parts = Parts(
            self.owner,
            self._home,
            nc,
            store,
            self._desk,
            journal,
            self._reached,
            self._progress.until,
            lambda: self._ending,
            _now,
        )

    def _subscribe(self) -> None:
        pulls = _LingeringPulls(self._state.connection, prefix=API, timeout=5)
        pulls.size = self._settings.batch
        self._pulls = pulls
        self._state.connect(self._state.connection, pulls)
        subscriber = self._broker.subscriber(
            "inbox.>",
            stream=JStream("INBOX", declare=False),
            durable=f"{self.owner}-0",
            pull_sub=PullSub(batch_size=self._settings.batch, timeout=1.0, batch=True),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_undecoded,  # FastStream's own raises on what is no JSON, and the batch would be lost in silence
        )
        subscriber(self._take)

    async def _guard_until_checked(self) -> None:
        """Wait for the server, and see that it has the log that is known. Raises DamagedLogError."""
        while True:
            try:
                await self._guard.writer()
            except UnreachableError:
                await asyncio.sleep(TICK)
            else:
                return

    async def _read_receipts(self) -> None:
        """What receipts name must be there before anything is folded from the log, or done about it."""
        async for lines in self._receipts.scan(self._store.kept("receipts"), await self._receipts.head()):
            outcomes.receive(self._store, lines)
        await self._guard.demand_named()

    async def _level(self) -> None:
        """Read LOG and RECEIPTS to where they end now, before anything is judged."""
        log_head, receipts_head = await self.parts.log.head(), await self._receipts.head()
        first, began = self._store.position, asyncio.get_running_loop().time()
        while not await self._progress.until(
            lambda: self._store.position >= log_head and self._store.kept("receipts") >= receipts_head, 1.0
        ):
            if self._stop:
                raise self._stop
            position = self._store.position
            rate = (position - first) / (asyncio.get_running_loop().time() - began)
            left = round((log_head - position) / rate) if rate else None
            log.info("reading", service=self.owner, position=position, of=log_head, rate=round(rate), left=left)
        await self._desk.catch_up()

    # -- working

    async def _take(self, batch: NatsMessage) -> None:
        try:
            if self._pulls.pull and self._pulls.pull.begun != self._begun:
                begun = self._pulls.pull.begun
                await self._level()  # another one may have been the reader in the meantime
                self._begun = begun
            await self._desk.take([_arrival(message) for message in _messages(batch)])
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is: stop before later claims overtake these
            self._fail(error)

    async def _follow_log(self) -> None:
        async for lines in self.parts.log.follow(self._store.position):
            await self._guard.cleared()
            facts = [fact_of(line) for line in lines]
            self._store.apply(facts)
            await self._desk.notice(facts)
            await self._progress.tell()
            await self._react(facts)

    async def _follow_receipts(self) -> None:
        async for lines in self._receipts.follow(self._store.kept("receipts")):
            await self._guard.cleared()
            outcomes.receive(self._store, lines)
            await self._progress.tell()

    async def _react(self, facts: Sequence[Fact]) -> None:
        """React to facts, once: those that are only read again, for a view that is made anew, bring nothing about."""
        reacted = self._store.kept("reacted")
        fresh = [fact for fact in facts if fact.position > reacted]
        for fact in fresh:
            if self._plan.react:
                await self._plan.react(self.parts, fact)
            if isinstance(fact.event, HeldDismissed) and OWNER_OF[dismissed_thing(fact).kind] == self.owner:
                await self._react_again(await self._desk.dismiss(fact))
        if fresh:
            self._store.keep("reacted", fresh[-1].position)

    async def _react_to_missed(self) -> None:
        """What was read, but not reacted to, before the last end."""
        async for lines in self.parts.log.scan(self._store.kept("reacted"), self._store.position):
            await self._react([fact_of(line) for line in lines])

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self._desk.tick()

    async def _heed(self) -> None:
        """The witness reads the whole log again and again: what it finds stops whoever writes. Raises DamagedLogError."""
        while True:
            await asyncio.sleep(TICK)
            await self._guard.heed()

    async def _plan_ticks(self, tick: Callable[[Parts], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(TICK)
            await tick(self.parts)

    async def _reached(self, position: int) -> None:
        """Wait until the views hold this position."""
        if not await self._progress.until(lambda: self._store.position >= position, 10.0):
            raise UnreachableError(f"position {position} has not been read yet")

    async def _up_to_date(self) -> None:
        """Wait until the views hold what was on the log when this was asked."""
        await self._reached(await self.parts.log.head())

    async def _scrub(self, position: int) -> None:
        """Overwrite a message in INBOX, with the key that can do nothing else."""
        if self._scrubber is None:
            self._scrubber = Client()
            seed = str(self._home.seed(SCRUBBER))
            await self._scrubber.connect(self._home.url, nkeys_seed=seed, max_reconnect_attempts=-1)
        body = json.dumps({"seq": position}).encode()
        answer = json.loads((await self._scrubber.request(f"{API}.STREAM.MSG.DELETE.INBOX", body, timeout=10)).data)
        if "error" in answer and answer["error"].get("err_code") not in {10037, 10043, 10057}:  # it is gone already
            raise RuntimeError(f"INBOX {position} could not be overwritten: {answer['error']['description']}")

    # -- questions

    def _answerers(self) -> dict[str, Answerer]:
        return {
            "health": asked(Form, self._health),
            "show": show(self._store, OWNERS[self.owner], self._plan.state),
            "list": listing(self._store, OWNERS[self.owner]),
            "receipts.*": self._receipts_of,
            "dry-run.*": dry_run(self.owner, self._desk, self._plan.state, level=self._up_to_date),
            "held": asked(Form, self._held),
            "release": asked(ReleaseForm, self._release),
            f"views.{self._settings.instance}": self._rebuilds.answerer(),
            **self._plan.answerers(self.parts),
        }

    async def _health(self, _form: Form) -> bytes:
        await self._desk.open()
        return json.dumps(
            {
                "service": self.owner,
                "instance": self._settings.instance,
                "position": self._store.position,
                "waiting": self._desk.waiting,
                "held": [str(thing) for thing in self._desk.held],
                "stopped": [str(kept.stopped) for kept in self._store.serving.values() if kept.stopped],
            }
        ).encode()

    async def _held(self, _form: Form) -> bytes:
        found = [shown(thing, what) for thing, what in await self._desk.what_is_held()]
        return json.dumps({"position": self._store.position, "held": found}).encode()

    async def _release(self, form: ReleaseForm) -> bytes:
        """Try again what is held about a thing."""
        await self._react_again(await self._desk.release(form.named()))
        return await self._health(Form())

    async def _react_again(self, causes: Sequence[int]) -> None:
        """React once more to facts whose consequences were held."""
        for cause in causes:
            if self._plan.react and (line := await self.parts.log.at(cause)):
                await self._plan.react(self.parts, fact_of(line))

    async def _receipts_of(self, body: bytes, subject: str) -> bytes:
        """The receipts of messages by INBOX position, or of a claim by its id, to their own source alone."""
        source = subject.rpartition(".")[2]

        async def answer(form: ReceiptsForm) -> bytes:
            def found() -> list[Any]:
                receipts = [outcomes.receipt_for(self._store, position) for position in form.positions]
                if form.id is not None:
                    receipts.append(outcomes.receipt_of_claim(self._store, source, form.id))
                return [receipt for receipt in receipts if receipt and receipt.claimsource == source]

            asked_for = len(form.positions) + (form.id is not None)
            await self._progress.until(lambda: len(found()) == asked_for, form.wait)
            return outcomes.encode_all(found(), self._store.position)

        return await asked(ReceiptsForm, answer)(body, subject)

    # -- ending

    def _spawn(self, work: Any) -> None:
        async def guarded() -> None:
            try:
                await work
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - nothing may go on with a part of it dead
                self._fail(error)

        self._tasks.append(asyncio.create_task(guarded()))

    def _alarm(self, event: str, **what: Any) -> None:
        log.warning(event, service=self.owner, **what)

    def _fail(self, error: Exception) -> None:
        if self._stop is None:
            code = UNREACHABLE if isinstance(error, UnreachableError) else BROKEN
            damaged = isinstance(error, DamagedLogError | UndecodableError)
            self._stop = _damaged(error) if damaged else StopError(code, f"{type(error).__name__}: {error}")
            if self._stop.code == BROKEN:
                log.error("broken", service=self.owner, exc_info=error)
        self._app.exit()

    async def _end(self) -> None:
        """From now on a closed connection is meant, and whoever waits for more need not."""
        self._ending = True
        await self._progress.tell()

    async def _disconnected(self) -> None:
        """Whoever answers next may have another log."""
        await self._guard.drop()

    async def _reconnected(self) -> None:
        self._spawn(self._guard_until_checked())

    async def _closed(self) -> None:
        if not self._ending:
            self._fail(UnreachableError("the connection was closed for good"))


def _damaged(error: Exception) -> StopError:
    return StopError(DAMAGED, str(error), error.da if isinstance(error, DamagedLogError) else "")


def _messages(batch: NatsMessage) -> list[Msg]:
    """A batch's own messages: FastStream types them as one."""
    messages: Any = batch.raw_message
    return list(messages)


async def _undecoded(batch: NatsMessage) -> Any:
    """Bodies as they came: the desk reads them."""
    return batch.body


def _arrival(message: Msg) -> Arrival:
    position = int(message.reply.split(".")[5])
    return Arrival(position, message.subject, message.data, message.headers or {}, message.ack)


def _now() -> datetime:
    return datetime.now(UTC)


async def _noted(error: Exception) -> None:
    log.warning("nats", error=repr(error))


def run(plan: Plan) -> None:
    """Start a service and end with its exit code. `fold EVERY [AFTER UPTO]`: only its views, from standard input."""
    if sys.argv[1:2] == ["fold"]:
        every, after, upto = (*map(int, sys.argv[2:5]), 0, 0)[:3]
        for line in fold(views_of(plan), sys.stdin.buffer, every, after, upto or None):
            sys.stdout.buffer.write(line)
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(asyncio.run(Process(plan, Settings()).run()))
