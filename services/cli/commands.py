"""The verbs of `spor`."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from deploy.home import DEFAULT, Home, NoHomeError, make_home, open_home
from events.catalogue import OWNER_OF, OWNERS, question_key
from events.store import UnreachableError
from services.audit import commands as audit
from services.cli import (
    comparing,
    contract,
    operating,
    printing,
    readers,
    reads,
    rebuilding,
    reports,
    tailing,
    verify,
    why,
    work,
)
from services.cli.demo import run_demo
from services.cli.held import Dismissal, dismissed, lines_of, what_is_held
from services.cli.launcher import Launcher, LaunchError
from services.cli.link import (
    AnswerError,
    CannotReachError,
    ask,
    linked,
)
from services.cli.options import AsOf, HomeOption, Json, KnownAt, cell, end, stoppable
from services.cli.printing import MISUSE, REFUSED, UNREACHABLE, as_json, out
from services.cli.provisioning import provisioned, reload
from services.cli.reconcile import reconcile
from services.cli.rescue import commands as rescue
from services.cli.sending import send_lines, try_lines
from services.cli.sources import receipt, source

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
streams = typer.Typer(no_args_is_help=True, help="The streams and reading places on the server.")
app.add_typer(streams, name="streams")
app.command()(work.board)
app.command()(comparing.diff)
app.command(name="why")(why.why)
app.command()(reads.reads)
app.add_typer(reports.app, name="report")
app.command()(rescue.export)
app.command(name="import")(rescue.import_)
app.command()(rescue.backup)
app.command()(rescue.restore)
app.command()(rescue.repair)
app.command()(rescue.drill)
app.command(name="witness")(audit.show)
app.command()(reconcile)
app.add_typer(source, name="source")
app.command()(receipt)
app.command()(tailing.tail)
app.add_typer(readers.app, name="reader")
app.add_typer(contract.app, name="contract")
app.add_typer(verify.app, name="verify")
app.add_typer(rebuilding.app, name="view")

PATIENCE: Final = 60.0


def main() -> None:
    """The command. What cannot be done is one sentence and an exit code, never a traceback."""
    try:
        app()
    except NoHomeError as missing:
        end(UNREACHABLE, f"There is no Spor in {missing}. Make one with `spor init`.")
    except AnswerError as error:
        end(MISUSE if error.error["code"] == "bad-request" else REFUSED, _told(error.error))
    except (CannotReachError, UnreachableError, LaunchError) as error:
        end(UNREACHABLE, str(error))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)
    except Exception as error:
        if os.environ.get("SPOR_TRACE"):
            raise
        end(REFUSED, f"{type(error).__name__}: {error}. (SPOR_TRACE=1 shows where.)")


def _told(error: dict[str, Any]) -> str:
    problems = "; ".join(f"{problem['pointer']}: {problem['en']}" for problem in error.get("problems", []))
    return f"{error['da']} {problems}".strip()


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@app.command()
def init(
    home: HomeOption = DEFAULT,
    source: Annotated[list[str] | None, typer.Option(help="A source to give a key and a place of its own.")] = None,
    reader: Annotated[list[str] | None, typer.Option(help="A reader of the public reports, likewise.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="One more witness of the log, likewise.")] = None,
    port: Annotated[int | None, typer.Option(help="The server's port; a free one is chosen otherwise.")] = None,
    *,
    json_: Json = False,
) -> None:
    """Make the folder: keys, the server's configuration. Again with --source, --reader or --witness: add them."""
    try:
        made = make_home(home, sources=source or (), readers=reader or (), witnesses=witness or (), port=port)
    except ValueError as wrong:
        end(MISUSE, str(wrong))
    reload(made, source or (), [*(reader or ()), *(witness or ())])
    if json_:
        as_json(
            {"home": str(made.folder), "url": made.url, "sources": made.table.sources, "readers": made.table.readers}
        )
    else:
        out.print(f"Spor in {made.folder}, to answer at {made.url}", markup=False)
        out.print(f"Sources: {', '.join(made.table.sources)}. Readers: {', '.join(made.table.readers)}.", markup=False)


@app.command()
def up(home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """Run the server and all services until Ctrl-C. The data stay."""
    made = _opened(home)

    def say(text: str) -> None:
        as_json({"event": text}) if json_ else out.print(text, markup=False)

    web = ", ".join(f"{owner} {url}" for owner, url in made.web.items())
    ready = f"Spor is ready at {made.url}. The site: {made.site}. HTTP: {web}. Ctrl-C stops it; the data stay."
    _run(_until_stopped(Launcher(made, say), ready))


async def _until_stopped(launcher: Launcher, ready: str) -> None:
    with stoppable():
        async with launcher.running():
            launcher.say(ready)
            await launcher.watch()


@app.command()
def demo(
    home: HomeOption = DEFAULT,
    out_dir: Annotated[Path, typer.Option("--out", help="Where the answers are written.")] = Path("out/answers"),
    *,
    once: Annotated[bool, typer.Option("--once", help="Write the answers and stop.")] = False,
    json_: Json = False,
) -> None:
    """Run Spor, send it the history of 2012-2024 and an example, and let it issue answers and reports."""
    made = make_home(home)
    _run(run_demo(made, out_dir, once=once, json_=json_, stoppable=stoppable))


@app.command()
def send(
    file: Annotated[str, typer.Argument(help="NDJSON of CloudEvents; - is standard input.")],
    home: HomeOption = DEFAULT,
    as_: Annotated[
        str | None, typer.Option("--as", help="The source whose key is used, whatever the lines say.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the verdicts.")] = PATIENCE,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each line; write nothing.")
    ] = False,
    json_: Json = False,
) -> None:
    """Send claims. One verdict a line, in the order of the lines; exit code 1 if one was not recorded."""
    made = _opened(home)
    if as_ and as_ not in made.table.sources:
        end(MISUSE, f"There is no source {as_} here. Add it with `spor init --source {as_}`.")
    try:
        read = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        end(MISUSE, f"{file} cannot be read: {error.strerror}.")
    lines = [line for line in read.splitlines() if line.strip()]
    results = _run(try_lines(made, lines, as_) if dry_run else send_lines(made, lines, as_, timeout))
    for result in results:
        as_json(result) if json_ else _say(result)
    if any("verdict" not in result for result in results):
        sys.exit(REFUSED if any("problem" in result for result in results) else UNREACHABLE)
    if not all(map(printing.accepted, results)):
        sys.exit(REFUSED)


def _say(result: dict[str, Any]) -> None:
    if "dry_run" in result:
        printing.rehearsal(result)
    elif "verdict" in result:
        printing.receipt_line(result)
    else:
        out.print(f"no verdict INBOX {result['inbox']}: {result.get('problem', 'none has come yet')}", markup=False)


@app.command()
def show(
    thing: Annotated[str, typer.Argument(help="A thing, as <kind>/<id>: application/eks-1.")],
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    *,
    json_: Json = False,
) -> None:
    """One thing: its state, and every fact about it."""
    kind, _, id_ = thing.partition("/")
    thing = f"{kind}/{question_key(id_)}" if kind == "question" else thing
    owner = OWNER_OF.get(kind)
    if owner is None:
        end(
            MISUSE,
            f"A thing is <kind>/<id>; a kind is one of {', '.join(k for kinds in OWNERS.values() for k in kinds)}.",
        )
    told_ = json.loads(_run(_asked(_opened(home), owner, "show", thing=thing, as_of=as_of, known_at=known_at)))
    if json_:
        as_json(told_)
        return
    out.print(f"{thing} · position {told_['position']}", markup=False)
    printing.table("", ["", ""], [[key, cell(value)] for key, value in (told_["state"] or {}).items()])
    rows = [[str(item["position"]), item["on"] or "", _as_amended(item)] for item in told_["timeline"]]
    printing.table("", ["position", "on", "fact"], rows)


def _as_amended(item: dict[str, Any]) -> str:
    """A fact's sentence, and what became of it."""
    if "amended_by" not in item:
        return str(item["sentence"])
    word = "annulled" if item["annulled"] else "corrected"
    return f"{item['sentence']} [{word} by {', '.join(map(str, item['amended_by']))}]"


@app.command(name="list")
def list_(
    kind: Annotated[str | None, typer.Argument(help="A kind of thing; all without.")] = None,
    home: HomeOption = DEFAULT,
    programme: Annotated[str | None, typer.Option(help="With --due: what waits in this programme.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    *,
    due: Annotated[bool, typer.Option("--due", help="What waits for somebody, by its last day.")] = False,
    json_: Json = False,
) -> None:
    """The things there are, each with its last fact; or what waits for somebody, and until when."""
    kinds = [known for known_kinds in OWNERS.values() for known in known_kinds]
    if kind is not None and kind not in kinds:
        end(MISUSE, f"A kind is one of {', '.join(kinds)}.")
    owners = [OWNER_OF[kind]] if kind else list(OWNERS)
    if due:
        form = {"programme": programme, "as_of": as_of, "known_at": known_at}
        told_ = _run(work.waiting(_opened(home), owners, kind, **form))
        as_json(told_) if json_ else work.say_waiting(told_)
        return
    if programme:
        end(MISUSE, "--programme goes with --due.")
    found = _run(_listed(_opened(home), owners, kind=kind, as_of=as_of, known_at=known_at))
    if json_:
        as_json(found)
        return
    rows = [[item["thing"], str(item["revision"]), item["sentence"]] for item in found["things"]]
    printing.table("", ["thing", "revision", "last fact"], rows)


async def _listed(home: Home, owners: list[str], **form: Any) -> dict[str, Any]:
    async with linked(home) as nc:
        answers = [json.loads(await ask(nc, owner, "list", **form)) for owner in owners]
    things = [thing for answer in answers for thing in answer["things"]]
    clocks = {name: form[name] for name in ("as_of", "known_at")}
    return {"position": min(answer["position"] for answer in answers), **clocks, "things": things}


async def _asked(home: Home, owner: str, verb: str, **form: Any) -> bytes:
    async with linked(home) as nc:
        return await ask(nc, owner, verb, **form)


@app.command()
def answer(
    key: Annotated[str, typer.Argument(help="A question's key: <session>/<committee>/<number>.")],
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Write the HTML and the JSON into this folder.")] = None,
    *,
    issue: Annotated[bool, typer.Option("--issue", help="Store it, record it as issued, and announce it.")] = False,
    html: Annotated[bool, typer.Option("--html", help="The answer as a page.")] = False,
    json_: Json = False,
) -> None:
    """What the record says to a question, as of a day, from a prefix of the log."""
    made = _opened(home)
    form = {"key": key, "as_of": as_of, "known_at": known_at}
    issued = json.loads(_run(_asked(made, "reporting", "issue", **form, actor=reports.OPERATOR))) if issue else None
    verb = "issued" if issued else "answer"
    if issued:
        form = {"report": issued["report"]}  # what is shown is what was issued, whatever has come since
    body = _run(_asked(made, "reporting", verb, format="json", **form))
    page = _run(_asked(made, "reporting", verb, format="html", **form)) if html or out_dir else b""
    if out_dir:
        printing.write_document(out_dir / question_key(key), body, page)
    printing.document(body, page, _say_answer, html=html, json_=json_)
    printing.issued_line(issued, json_=json_)


def _say_answer(told_: dict[str, Any]) -> None:
    question = told_["question"]
    out.print(f"{question['key']} · pr. {told_['as_of']} · position {told_['position']}", markup=False)
    out.print(printing.plain(" ".join((question["read_as"] or question["text"]).split())) + "\n", markup=False)
    printing.table("", ["", ""], [[name, printing.figure_text(item)] for name, item in told_["figures"].items()])
    for name, entries in told_["lists"].items():
        out.print(f"\n{name}: {', '.join(entry['municipality'] for entry in entries)}", markup=False)
    for rule in told_["rules"]:
        out.print(f"– {rule['text']} ({rule['stated_on'] or rule['valid_from'] or rule['stated_when']})", markup=False)
    for claim in told_["claims"]:
        out.print(f"– påstand af {claim['by']} om {claim['about']}: »{printing.plain(claim['text'])}«", markup=False)
    for unknown in told_["unknown"]:
        out.print(f"? {unknown['text']}", markup=False)
    for differs in told_["differs"]:
        out.print(f"≠ {differs['text']}", markup=False)
    out.print(f"\n{told_['notice']}", markup=False)


@app.command()
def held(
    release: Annotated[
        str | None, typer.Option(metavar="THING", help="Try again what is held about this thing.")
    ] = None,
    dismiss: Annotated[
        str | None,
        typer.Option(metavar="WHICH", help="Dismiss one of what is held, by its position in INBOX (or fact-POSITION)."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why it is tried again or dismissed; it stands on the log.")
    ] = None,
    authority: Annotated[str | None, typer.Option(help="Who decided it, by role.")] = None,
    home: HomeOption = DEFAULT,
    *,
    behind: Annotated[bool, typer.Option("--behind", help="Dismiss what was held behind it as well.")] = False,
    json_: Json = False,
) -> None:
    """Claims that were set aside because we failed."""
    made = _opened(home)
    owner = OWNER_OF.get((release or "").partition("/")[0])
    if release and owner is None:
        end(MISUSE, "A thing is <kind>/<id>.")
    if release and not (reason and reason.strip()):
        end(MISUSE, "Say why, for the log: --reason …")
    if release and owner and reason:
        if release in {one["thing"] for one in _run(what_is_held(made))}:
            _run(operating.said(made, "release-held", release, reason))
        _run(_asked(made, owner, "release", thing=release))
    if dismiss:
        if not reason or not authority:
            end(MISUSE, "What is dismissed needs --reason and --authority.")
        _run(dismissed(made, dismiss, Dismissal(reason, authority, behind=behind)))
    found = _run(what_is_held(made))
    things = sorted({one["thing"] for one in found})
    if json_:
        as_json({"held": things, "claims": found})
    else:
        for line in lines_of(found):
            out.print(line, markup=False)
    if release in things:
        sys.exit(REFUSED)


@streams.command(name="apply")
def streams_apply(
    home: HomeOption = DEFAULT,
    *,
    update: Annotated[bool, typer.Option("--update", help="Mend differences that can lose nothing.")] = False,
    json_: Json = False,
) -> None:
    """Create the streams and reading places that are missing."""
    _say_provisioned(_run(provisioned(_opened(home), apply_=True, update=update)), json_=json_)


@streams.command(name="check")
def streams_check(home: HomeOption = DEFAULT, *, json_: Json = False) -> None:
    """Name every difference between what is declared and what the server has."""
    _say_provisioned(_run(provisioned(_opened(home), apply_=False)), json_=json_)


def _say_provisioned(done: dict[str, Any], *, json_: bool) -> None:
    if json_:
        as_json(done)
    else:
        for word in ("created", "updated", "differences"):
            for item in done[word]:
                out.print(f"{word}: {item}", markup=False)
        if not any(done.values()):
            out.print("As declared.")
    if done["differences"]:
        sys.exit(REFUSED)


def _opened(home: Path) -> Home:
    return open_home(home)
