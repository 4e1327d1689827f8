"""`spor why`: the facts behind a figure, an entry or a rule; and all that hangs together with a fact."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import typer
from nats.aio.client import Client

from deploy.home import DEFAULT, Home, open_home
from events.catalogue import OWNER_OF
from services.cli.link import ask, linked
from services.cli.options import AsOf, HomeOption, Json, KnownAt, cell
from services.cli.printing import as_json, out, plain

KINDS: Final = ("analysis", "status", "overview", "minutes", "letter")
POSITIONS: Final = re.compile(r"[0-9]+([ ,]+[0-9]+)*")
KNOWN_AS: Final[Mapping[str, str]] = {
    "answer": "svar",
    "analysis": "analyserapport",
    "status": "statusrapport",
    "overview": "årsoversigt",
    "minutes": "referat",
    "letter": "brev",
}
VERDICTS: Final[Mapping[str, str]] = {
    "recorded": "registreret",
    "repeated": "gentaget",
    "refused": "afvist",
    "invalid": "ugyldig",
    "held": "sat til side",
}
Data = dict[str, Any]


def why(
    what: Annotated[
        str,
        typer.Argument(
            help="Positions (17 or 17,18), a fact's id, a question's key, a report (analysis/eks-1), or an issued one (report/…)."
        ),
    ],
    pointer: Annotated[
        str, typer.Argument(help="In a report or answer: the JSON pointer to a figure, an entry, a rule.")
    ] = "",
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    audience: Annotated[str | None, typer.Option(help="As this role may see it; the operator sees all.")] = None,
    municipality: Annotated[str | None, typer.Option(help="With --audience municipality: its code.")] = None,
    *,
    json_: Json = False,
) -> None:
    """Why: the facts behind a part of a report, and of each fact its claim, cause, corrections and the reports that used it."""
    form = _form(what) | {"pointer": pointer, "as_of": as_of, "known_at": known_at}
    told = asyncio.run(_told(open_home(home), form | {"audience": audience, "municipality": municipality}))
    if json_:
        as_json(told)
        return
    for line in _said(told):
        out.print(plain(line), markup=False)


def _form(what: str) -> Data:
    """What is meant: positions, an issued report, a report, a question's key, or a fact's id."""
    kind, _, about = what.partition("/")
    if POSITIONS.fullmatch(what):
        return {"facts": [int(at) for at in re.split(r"[ ,]+", what)]}
    if kind == "report":
        return {"report": about}
    if kind in KINDS:
        return {"kind": kind, "about": about}
    return {"key": what} if about else {"id": what}


async def _told(home: Home, form: Data) -> Data:
    """What reporting tells, and the receipt of each fact's claim by the service that gave it."""
    async with linked(home) as nc:
        told: Data = json.loads(await ask(nc, "reporting", "why", **form))
        for fact in told["facts"]:
            fact["receipt"] = await _receipt(nc, fact) if fact["claim"] and form["audience"] is None else None
    return told


async def _receipt(nc: Client, fact: Data) -> Data | None:
    claim, owner = fact["claim"], OWNER_OF[fact["thing"].partition("/")[0]]
    answer = json.loads(await ask(nc, owner, f"receipts.{claim['source']}", id=claim["id"]))
    return next(iter(answer["receipts"]), None)


def _said(told: Data) -> Iterator[str]:
    if "pointer" in told:
        yield f"{told['pointer'] or '/'} · position {told['position']}"
        if told["value"] is not None:
            yield f"  {cell(_without_sources(told['value']))}"
        yield f"Det bygger på {_count(len(told['facts']), 'faktum', 'fakta')}."
    for fact in told["facts"]:
        yield ""
        yield from _fact(fact)


def _fact(fact: Data) -> Iterator[str]:
    yield f"{fact['position']}  {fact['sentence']}"
    yield f"   {fact['type']} om {fact['thing']}, registreret {fact['recorded']}; id {fact['id']}"
    if fact.get("annulled"):
        yield "   Annulleret: det tæller ikke med."
    yield from _origin(fact)
    for word, name in (
        ("Registreret sammen med", "together"),
        ("Førte til", "followed"),
        ("Retter", "amends"),
        ("Rettet af", "amendments"),
    ):
        yield from (f"   {word} {_short(other)}" for other in fact[name])
    for report in fact["reports"]:
        kind = KNOWN_AS.get(report["kind"], report["kind"])
        where = ", ".join(report["pointers"][:3]) + (" …" if len(report["pointers"]) > 3 else "")  # noqa: PLR2004 - enough to look
        yield f"   Brugt i {report['report']} ({kind} pr. {report['as_of']}, udstedt på position {report['position']}): {where}"
    if not fact["reports"]:
        yield "   Ikke brugt i nogen udstedt rapport."


def _origin(fact: Data) -> Iterator[str]:
    """Where a fact came from: a claim with its receipt, or another fact."""
    if claim := fact["claim"]:
        said = f"   Bygger på indberetningen {claim['id']} fra kilden {claim['source']}"
        receipt = fact["receipt"]
        yield (
            f"{said}, plads {receipt['inbox']} i INBOX; kvittering: {VERDICTS[receipt['verdict']]}."
            if receipt
            else f"{said}."
        )
    elif cause := fact["cause"]:
        yield f"   Følger af {_short(cause)}"


def _short(fact: Data) -> str:
    return f"{fact['position']}: {fact['sentence']}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _without_sources(value: Any) -> Any:
    return {name: item for name, item in value.items() if name != "sources"} if isinstance(value, dict) else value
