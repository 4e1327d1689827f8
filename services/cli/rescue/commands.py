"""The verbs `import`, `backup`, `restore`, `repair` and `drill`."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer

from deploy.home import DEFAULT, make_home, open_home
from deploy.refill import GapError, OccupiedError, RefillError
from deploy.stored import UnreadableError
from events.dates import instant
from services.audit import commands as audit
from services.audit.claims import NoKeyError, trusted_keys
from services.audit.commands import Keys
from services.audit.ledger import UnreachableError
from services.audit.memory import key_of
from services.audit.note import NoteError
from services.audit.place import Place
from services.audit.verdict import UnprovenError, unproven
from services.cli import printing
from services.cli.options import HomeOption, Json, end
from services.cli.printing import MISUSE, REFUSED, UNREACHABLE, as_json, err, out
from services.cli.rescue.apart import BusyError
from services.cli.rescue.backup import BehindError, InTheWayError, back_up, history
from services.cli.rescue.documents import beside
from services.cli.rescue.drill import Drill, DrillError
from services.cli.rescue.importing import NotEmptyError, documents_of, import_export, proved_export
from services.cli.rescue.kept import KEYS
from services.cli.rescue.repair import NotEnoughError, repair as repaired
from services.cli.rescue.restore import HomeInUseError, OtherwiseError, backed_up_keys, restore as restored
from services.cli.rescue.source import NoSourceError

_REFUSALS: Final = (
    BusyError,
    DrillError,
    GapError,
    HomeInUseError,
    NoSourceError,
    NotEmptyError,
    NotEnoughError,
    OccupiedError,
    OtherwiseError,
)


def import_(
    file: Annotated[
        Path, typer.Argument(help="An export; the documents in FILE.documents come along, if they are there.")
    ],
    home: HomeOption = DEFAULT,
    keys: Keys = None,
    *,
    json_: Json = False,
) -> None:
    """Fill an empty Spor with an export: the same positions, digests and root. Nothing is written where it is not proved."""
    with told(json_=json_):
        place = Place(home)
        trusted = trusted_keys(place, keys or ())
        export = proved_export(file, trusted, place)
        done = asyncio.run(import_export(make_home(home), export, trusted))
    if json_:
        as_json(done)
        return
    say(
        f"{done['size']} pladser er skrevet i {home}, med roden {done['root']}, som vidnet {done['witness']} har set."
        f" / {done['size']} positions were written, with the root that the witness saw."
    )
    say_documents(done["documents"])


def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there.")],
    home: HomeOption = DEFAULT,
    keys: Keys = None,
    *,
    documents: Annotated[
        bool,
        typer.Option("--documents", help="The documents, too, in a folder beside it; what is sealed stays sealed."),
    ] = False,
    known_at: audit.KnownAt = None,
    json_: Json = False,
) -> None:
    """Write the log with its signed head into one file, and beside it a script that verifies it without Spor."""
    if beside(file).exists():
        end(MISUSE, f"{beside(file)} findes allerede. / {beside(file)} is there already.")
    done = audit.make_export(file, home, keys, known_at, json_=json_)
    with told(json_=json_):
        if documents:
            done |= {"documents": asyncio.run(documents_of(open_home(home), file)).shown}
    audit.say_export(file, done, json_=json_)
    if documents and not json_:
        say_documents(done["documents"])


def backup(
    folder: Annotated[Path | None, typer.Argument(help="The folder to make; it must not be there.")] = None,
    home: HomeOption = DEFAULT,
    keys: Keys = None,
    *,
    list_: Annotated[
        bool, typer.Option("--list", help="Instead: which were taken, how old and how large they are.")
    ] = False,
    json_: Json = False,
) -> None:
    """Copy all that a Spor needs to stand up again, beside a Spor that runs; the log in it is proved."""
    made, now = open_home(home), datetime.now(UTC)
    if list_ or folder is None:
        _say_history(history(made), now, json_=json_)
        return
    with told(json_=json_):
        done = asyncio.run(back_up(made, folder, keys or (), now))
    if json_:
        as_json(done)
        return
    say(
        f"{done['folder']}: {done['size']} pladser, set af vidnet {done['witness']}, og alt andet; {sized(done['bytes'])}."
        f" / {done['size']} positions, witnessed, and all else.\nmanifest.json: {done['manifest']}"
    )
    for position in done["left_out"]:
        say(f"INBOX {position} er ikke med: den overskrives. / is not in it: it is being overwritten.")
    err.print(
        f"NØGLERNE ligger i {done['folder']}/{KEYS}: hvem der har den fil, er Spor. Flyt den et andet sted hen end resten."
        f"\nTHE KEYS are in it: whoever has that file is Spor. Move it to another place than the rest.",
        markup=False,
        style="bold",
    )


def _say_history(found: list[dict[str, Any]], now: datetime, *, json_: bool) -> None:
    aged = [one | {"age": int((now - instant(one["made"])).total_seconds())} for one in found]
    if json_:
        as_json({"backups": aged})
    elif aged:
        rows = [
            [one["made"], _age(one["age"]), sized(one["bytes"]), str(one["size"]), one["folder"], _there(one)]
            for one in aged
        ]
        printing.table("", ["made", "age", "size", "positions", "folder", ""], rows)
    else:
        say("Der er aldrig taget en sikkerhedskopi. / No backup was ever taken.")
    if not any(one["there"] for one in found):
        sys.exit(REFUSED)


def _there(one: dict[str, Any]) -> str:
    return "" if one["there"] else "er her ikke / is not here"


def _age(seconds: int) -> str:
    days, hours = seconds // 86_400, seconds % 86_400 // 3600
    return f"{days} d {hours} h" if days else f"{hours} h {seconds % 3600 // 60} min"


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup.")],
    into: Annotated[
        Path, typer.Option("--into", help="The folder that shall be this Spor; it must be empty or not there.")
    ],
    keys: Keys = None,
    seeds: Annotated[
        Path | None, typer.Option("--keys", help="The backup's keys.json, where it lies elsewhere.")
    ] = None,
    *,
    json_: Json = False,
) -> None:
    """Make a home from a backup: proved before anything is written, and again from the server afterwards."""
    with told(json_=json_):
        trusted = trusted_keys(Place(into), keys) if keys else tuple(backed_up_keys(folder))
        done = asyncio.run(restored(folder, into, trusted, seeds))
    if json_:
        as_json(done)
        return
    say(
        f"Gendannet i {done['home']} fra {done['made']}: {done['size']} pladser med roden {done['root']}, som vidnet"
        f" {done['witness']} har set. / Restored: {done['size']} positions, as witnessed.\nspor up --home {done['home']}"
    )
    if not keys:
        say("Vidnets nøgle er kopiens egen: brug --key. / The witness's key is the backup's own: use --key.")


def repair(
    home: HomeOption = DEFAULT,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="An export, a backup, or a witness's folder; without, the mirrors of this folder's witnesses.",
        ),
    ] = None,
    keys: Keys = None,
    *,
    json_: Json = False,
) -> None:
    """Make a damaged log what its witnesses saw, from a copy that is right; what was there is kept as evidence."""
    made = open_home(home)
    with told(json_=json_):
        place = Place(home)
        own = [key_of(folder) for folder in place.memories()]
        trusted = (*trusted_keys(place, keys or ()), *(own if keys else ()))
        done = asyncio.run(repaired(made, from_, trusted, datetime.now(UTC)))
    if json_:
        as_json(done)
        return
    if padded := done.get("inbox_padded"):
        say(
            f"I INBOX manglede {padded} pladser, der er besvaret; de gives ikke til nogen igen. Det, der stod der, kan en"
            f" sikkerhedskopi have. / INBOX lacked {padded} positions that were answered; nobody is given them again."
        )
    if receipts := done.get("receipts"):
        say(
            f"RECEIPTS er igen, som den blev læst: {receipts['lost']} kvitteringer manglede, {len(receipts['altered'])} var andre."
            f" / RECEIPTS is again as it was read: {receipts['lost']} were missing, {len(receipts['altered'])} were others."
        )
    if not done["repaired"]:
        say(
            f"Loggen er hel: alle {done['size']} pladser er, som de blev set. / The log is whole: all positions are right."
        )
    else:
        _say_repaired(done)


def _say_repaired(done: dict[str, Any]) -> None:
    taken = ", ".join(f"{count} fra / from {name}" for name, count in done["taken"].items())
    say(
        f"Loggen er igen, hvad vidnerne har set: {done['size']} pladser ({taken}); den første forkerte var {done['first_bad']}."
        f" / The log is again what the witnesses saw; the first wrong position was {done['first_bad']}."
    )
    if done["unwitnessed"]:
        say(
            f"De sidste {done['unwitnessed']} er endnu ikke bevidnet. / The last {done['unwitnessed']} are not witnessed yet."
        )
    for one in done["not_restored"]:
        claim = f", krav / claim {one['claimsource']} {one['claimid']}" if "claimid" in one else ""
        what = f"{one.get('type', '?')} {one.get('subject', '?')}"
        say(f"IKKE GENDANNET / NOT RESTORED: plads / position {one['position']}: {what}{claim}")
    for one in done["held_again"]:
        what = "" if one["held"] else " (ligger ikke mere i INBOX / is in INBOX no more)"
        say(f"HOLDT TILBAGE IGEN / HELD AGAIN: {one['subject']}, krav / claim {one['source']} {one['id']}{what}")
    if done["held_again"]:
        say(
            "Kvitteringen gælder ikke mere; døm dem igen med `spor held --release`. / Judge them anew: `spor held --release`."
        )
    if done["views_discarded"]:
        say(f"Kastede visninger / discarded views: {', '.join(done['views_discarded'])}")
    say(f"Hvad der stod, ligger i / what stood there lies in {done['evidence']}")


def drill(*, json_: Json = False) -> None:
    """Start a Spor in a folder of its own, back it up, destroy it, restore it, and ask whether anything is missing."""

    def step(about: dict[str, Any]) -> None:
        if json_:
            as_json(about)
            sys.stdout.flush()
            return
        more = {key: value for key, value in about.items() if key not in {"da", "en", "seconds"}}
        said = ", ".join(f"{key} {value}" for key, value in more.items())
        say(f"{about['seconds']:>6.1f} s  {about['da']} / {about['en']}" + (f" ({said})" if said else ""))

    begun = time.monotonic()
    with TemporaryDirectory(prefix="spor-drill-") as folder, told(json_=json_):
        asyncio.run(Drill(Path(folder), step).run())
    step({"da": "intet mangler", "en": "nothing is missing", "seconds": round(time.monotonic() - begun, 1)})


@contextmanager
def told(*, json_: bool) -> Iterator[None]:
    """What cannot be done is one sentence and an exit code."""
    try:
        yield
    except UnprovenError as error:
        verdict = unproven(error.fault)
        as_json(verdict.shown) if json_ else say(f"{verdict.da} Intet er skrevet.\n{verdict.en} Nothing was written.")
        sys.exit(REFUSED)
    except NoKeyError:
        end(MISUSE, "Sig, hvilken nøgle du stoler på: --key. / Say which key you trust: --key.")
    except (NoteError, UnicodeDecodeError) as error:
        end(MISUSE, f"En nøgle eller et hoved kan ikke læses. / A key or a head cannot be read: {error}")
    except _REFUSALS as error:
        end(REFUSED, str(error))
    except (BehindError, RefillError, UnreadableError, UnreachableError) as error:
        end(UNREACHABLE, str(error))
    except InTheWayError as error:
        end(MISUSE, str(error))
    except FileNotFoundError as error:
        end(MISUSE, f"{error.filename} findes ikke. / {error.filename} is not there.")


def say_documents(found: dict[str, Any] | None) -> None:
    if not found:
        say("Ingen dokumenter: eksporten har ingen. / No documents: the export has none.")
        return
    say(
        f"Dokumenter: {found['files']} filer, {found['sealed']} forseglede; {found['missing']} mangler."
        f" / Documents: {found['files']} files, {found['sealed']} sealed; {found['missing']} are missing."
    )


def sized(count: int) -> str:
    """Bytes, for people."""
    return f"{count / 2**20:.1f} MiB"


def say(text: str) -> None:
    out.print(text, markup=False)
