"""`spor report`: the reports on an engagement, a programme's overview, a round's minutes, an application's letter."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from deploy import roles
from deploy.home import DEFAULT, Home, open_home
from events.words import word
from services.cli import printing
from services.cli.link import ask, linked
from services.cli.options import AsOf, HomeOption, Issue, Json, KnownAt, Out
from services.cli.printing import out, plain

app = typer.Typer(no_args_is_help=True, help="Reports on an engagement, a programme, a round, an application.")

OPERATOR: Final = f"source:{roles.OPERATOR}"
"""Who has a report issued by the command."""
Data = dict[str, Any]
Engagement = Annotated[str, typer.Argument(help="An engagement's id: eks-1.")]
Audience = Annotated[str, typer.Option("--audience", help="For whom: municipality, taskforce or auditor.")]
Html = Annotated[bool, typer.Option("--html", help="The report as a page.")]


@app.command()
def analysis(
    engagement: Engagement,
    home: HomeOption = DEFAULT,
    audience: Audience = "municipality",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Out = None,
    *,
    issue: Issue = False,
    html: Html = False,
    json_: Json = False,
) -> None:
    """The analysis report of an engagement."""
    form = {"kind": "analysis", "about": engagement, "audience": audience, "as_of": as_of, "known_at": known_at}
    _report(open_home(home), form, out_dir, issue=issue, html=html, json_=json_)


@app.command()
def status(
    engagement: Engagement,
    home: HomeOption = DEFAULT,
    audience: Audience = "municipality",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Out = None,
    *,
    issue: Issue = False,
    html: Html = False,
    json_: Json = False,
) -> None:
    """The status report of an engagement."""
    form = {"kind": "status", "about": engagement, "audience": audience, "as_of": as_of, "known_at": known_at}
    _report(open_home(home), form, out_dir, issue=issue, html=html, json_=json_)


@app.command()
def overview(
    programme: Annotated[str, typer.Argument(help="A programme's short name.")],
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Out = None,
    *,
    issue: Issue = False,
    html: Html = False,
    json_: Json = False,
) -> None:
    """The overview of a programme."""
    form = {"kind": "overview", "about": programme, "as_of": as_of, "known_at": known_at}
    _report(open_home(home), form, out_dir, issue=issue, html=html, json_=json_)


@app.command()
def minutes(
    round_: Annotated[str, typer.Argument(metavar="ROUND", help="An application round's id: eksempel-2031.")],
    home: HomeOption = DEFAULT,
    audience: Annotated[
        str, typer.Option("--audience", help="For whom: taskforce, ministry or auditor.")
    ] = "taskforce",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Out = None,
    *,
    issue: Issue = False,
    html: Html = False,
    json_: Json = False,
) -> None:
    """The minutes of the steering group on an application round."""
    form = {"kind": "minutes", "about": round_, "audience": audience, "as_of": as_of, "known_at": known_at}
    _report(open_home(home), form, out_dir, issue=issue, html=html, json_=json_)


@app.command()
def letter(
    application: Annotated[str, typer.Argument(help="An application's id: eks-1.")],
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    out_dir: Out = None,
    *,
    issue: Issue = False,
    html: Html = False,
    json_: Json = False,
) -> None:
    """The letter to a municipality on what was decided on its application."""
    form = {"kind": "letter", "about": application, "as_of": as_of, "known_at": known_at}
    _report(open_home(home), form, out_dir, issue=issue, html=html, json_=json_)


def _report(home: Home, form: Data, out_dir: Path | None, *, issue: bool, html: bool, json_: bool) -> None:
    """Issue it, if wanted, and show what was issued, whatever has come since."""
    issued, body, page = asyncio.run(_made(home, form, issue=issue))
    if out_dir:
        printing.write_document(out_dir / f"{form['about']}-{form['kind']}", body, page)
    printing.document(body, page, lambda told: _say(form["kind"], told), html=html, json_=json_)
    printing.issued_line(issued, json_=json_)


def _say(kind: str, told: Data) -> None:
    for line in TEXTS[kind](told):
        out.print(plain(line), markup=False)


async def _made(home: Home, form: Data, *, issue: bool) -> tuple[Data | None, bytes, bytes]:
    """What was issued, and the report as JSON and as a page, from one prefix of the log."""
    async with linked(home) as nc:
        issued = json.loads(await ask(nc, "reporting", "issue-report", **form, actor=OPERATOR)) if issue else None
        verb, form = ("issued", {"report": issued["report"]}) if issued else ("report", form)
        body = await ask(nc, "reporting", verb, format="json", **form)
        page = await ask(nc, "reporting", verb, format="html", **form)
        return issued, body, page


def _face(told: Data) -> Iterator[str]:
    where = told["municipality"]
    invented = "OPDIGTET · " if told["invented"] else ""
    yield f"{invented}{where['name']} ({where['code']}) · {told['engagement']} · {told['programme']}"
    yield f"pr. {told['as_of']} · position {told['position']} · til {word(told['audience'])}"
    yield told["notice"]


def _closing(told: Data) -> Iterator[str]:
    for item in told["reservations"]:
        yield f"! Forbehold: {item['text']}{_sources(item)}"
    for item in told["unknown"]:
        yield f"? {item['text']}{_sources(item)}"


def _sources(entry: Data) -> str:
    corrected = f"; rettet i {', '.join(map(str, entry['corrected']))}" if entry.get("corrected") else ""
    return f" [{', '.join(map(str, entry['sources'][:1]))}{corrected}]"


def _analysis(told: Data) -> Iterator[str]:
    yield "Analyserapport"
    yield from _face(told)
    for section in told["sections"]:
        yield from ("", section["heading"])
        for title, name in (("Styrke", "strengths"), ("Udfordring", "challenges")):
            yield from (f"– {title}: {item['text']}{_sources(item)}" for item in section[name])
        for item in section["recommendations"]:
            yield f"– Anbefaling {item['recommendation']}: {item['text']}{_sources(item)}"
    yield from ("", "Resultat af sagsgennemgang")
    yield told["measurement"]["note"]["text"]
    for review in told["measurement"]["reviews"]:
        yield from (f"– {_point(point)}: {_tally(point['tally'])}" for point in review["points"])
    yield ""
    yield from _closing(told)


def _status(told: Data) -> Iterator[str]:
    yield "Statusrapport"
    yield from _face(told)
    for area in told["assessments"]:
        for text in area["texts"]:
            yield from ("", f"{area['heading']}: {text['text']}{_sources(text)}")
    yield from ("", "Anbefalinger")
    for item in told["recommendations"]:
        yield f"– {item['recommendation']}: {item['text']}{_sources(item)} → {_outcome(item)}"
    yield from ("", "Statusmåling (pejling)")
    measurement = told["measurement"]
    yield measurement["comparable"]["text"]
    yield measurement["second"]["note"]["text"]
    for review in measurement["side_by_side"]:
        for point in review["points"]:
            yield f"– {_point(point)}: første {_tally(point['first'])}; anden {_tally(point['second'])}"
    for sample in measurement["apart"]:
        yield f"Stikprøve nr. {sample['sample']}"
        for review in sample["reviews"]:
            yield from (f"– {_point(point)}: {_tally(point['tally'])}" for point in review["points"])
    yield from ("", f"Ydelser: {told['services']['total']['value']}")
    for item in told["services"]["delivered"]:
        yield f"– {item['on']} {item['title']}{_sources(item)}"
    yield ""
    yield from _closing(told)


def _point(point: Data) -> str:
    return f"{point['point']} {point['requirement']}"


def _tally(tally: Data) -> str:
    over = tally["over"]
    late = f", frist overskredet i {over['cases']['value']}, længst {over['longest']['value']} dage" if over else ""
    return f"{tally['text']}{late}{' (rettet)' if tally['corrected'] else ''}"


def _outcome(item: Data) -> str:
    if item["declined"]:
        return f"fravalgt: {item['declined']['reason']}"
    goals = [f"{goal['goal']} ({word(goal['status']['status']) if goal['status'] else '–'})" for goal in item["goals"]]
    return f"følges af {', '.join(goals)}" if goals else "ikke kendt"


def _overview(told: Data) -> Iterator[str]:
    yield f"{'OPDIGTET · ' if told['invented'] else ''}Årsoversigt · {told['programme']}"
    yield f"pr. {told['as_of']} · position {told['position']} · {told['notice']}"
    for row in told["years"]:
        yield from ("", str(row["year"]))
        for name, figure in row["figures"].items():
            total = " siden programmet begyndte" if figure["year"] is None else ""
            yield f"– {word(name)}{total}: {printing.figure_text(figure)}"
        for said in row["stated"]:
            value = said["value"] if said["value"] is not None else "navne alene"
            names = f"{len(said['names'])} navne" if said["names"] is not None else "ingen navne"
            yield f"– oplyst {said['said_on']} af {said['said_by']}: {word(said['measure'])}: {value}, {names}{_sources(said)}"
    yield ""
    yield from (f"? {item['text']}" for item in told["unknown"])


def _minutes(told: Data) -> Iterator[str]:
    yield f"{'OPDIGTET · ' if told['invented'] else ''}Referat · ansøgningspuljen for {told['pool']['year']} · {told['programme']}"
    yield f"pr. {told['as_of']} · position {told['position']} · til {word(told['audience'])} · {told['notice']}"
    for one in told["applications"]:
        yield from ("", one["municipality"]["name"] if one["municipality"] else one["application"])
        for decision in one["decisions"]:
            yield from _decision(decision)
        if not one["decisions"]:
            yield "– trukket tilbage" if one["withdrawn"] else "– ikke afgjort"
    yield from _ends(told)


def _letter(told: Data) -> Iterator[str]:
    where = told["municipality"]
    yield f"{'OPDIGTET · ' if told['invented'] else ''}Brev til {where['name']} ({where['code']}) · {told['application']}"
    yield f"pr. {told['as_of']} · position {told['position']} · {told['notice']}"
    yield ""
    yield from _decision(told["decision"])
    yield from (f"– {step['text']}{_sources(step)}" for step in told["next"])
    yield from _ends(told)


def _decision(decision: Data) -> Iterator[str]:
    by = f" af {', '.join(decision['bodies'])}" if decision["bodies"] else ""
    yield f"– {decision['decided_on']}: {word(decision['outcome'])}{by}{_sources(decision)}"
    if decision["reasons"]:
        yield f"  {decision['reasons']}"


def _ends(told: Data) -> Iterator[str]:
    yield ""
    yield from (f"§ {rule['text']}{_sources(rule)}" for rule in told["rules"])
    yield from (f"? {item['text']}" for item in told["unknown"])


TEXTS: Final[Mapping[str, Callable[[Data], Iterator[str]]]] = {
    "analysis": _analysis,
    "status": _status,
    "overview": _overview,
    "minutes": _minutes,
    "letter": _letter,
}
"""How each kind of report is read in a terminal."""
