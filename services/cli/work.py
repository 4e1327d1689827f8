"""The verbs for those who do the work: what waits and until when, and how a programme stands."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from deploy.home import DEFAULT, Home, open_home
from events.due import in_order
from events.municipalities import name
from services.cli import printing
from services.cli.link import AnswerError, ask, linked
from services.cli.options import AsOf, HomeOption, Json, KnownAt
from services.cli.printing import as_json, out

BOARDS: Final = ("engagement", "intake")


async def waiting(home: Home, owners: Sequence[str], kind: str | None = None, **form: Any) -> dict[str, Any]:
    """What waits, of all these owners together, as of one day; of one kind of thing where one is named."""
    answers = await _answers(home, owners, "due", form)
    items = [item for answer in answers for item in answer["items"] if kind in {None, item["thing"].partition("/")[0]}]
    return _clocks(answers) | {"programme": form["programme"], "items": in_order(items)}


def say_waiting(told: Mapping[str, Any]) -> None:
    """The work list for people."""
    if not told["items"]:
        out.print("Nothing is due.")
        return
    out.print(f"As of {told['as_of']} · position {told['position']}", markup=False)
    rows = [
        [item["due"] or "no day", _left(item["days_left"]), _about(item), item["da"], item["waits_for"]]
        for item in told["items"]
    ]
    printing.table("", ["due", "days left", "thing", "what", "waits for"], rows)


def _left(days: int | None) -> str:
    match days:
        case None:
            return ""
        case 0:
            return "today"
        case _:
            return f"{abs(days)} day{'' if abs(days) == 1 else 's'}{' overdue' if days < 0 else ''}"


def _about(item: Mapping[str, Any]) -> str:
    return f"{item['thing']} ({name(item['municipality'])})" if item["municipality"] else str(item["thing"])


def board(
    programme: Annotated[str, typer.Argument(help="A programme's short name.")],
    home: HomeOption = DEFAULT,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    *,
    json_: Json = False,
) -> None:
    """How a programme stands: its engagements, its rounds, the places of its years, and the answers that wait."""
    told = asyncio.run(_board(open_home(home), programme=programme, as_of=as_of, known_at=known_at))
    if json_:
        as_json(told)
    else:
        _say_board(told)


async def _board(home: Home, **form: Any) -> dict[str, Any]:
    answers = await _answers(home, BOARDS, "board", form)
    told = {key: value for answer in answers for key, value in answer.items()} | _clocks(answers)
    waits = (await waiting(home, ("reporting",), "question", **form))["items"]
    told["answers"] = [item for item in waits if item["programme"] == form["programme"]]
    if not told["engagements"] and not told["rounds"] and not told["answers"]:
        programme = form["programme"]
        da = f"Der er hverken forløb eller ansøgningspuljer i programmet {programme} her."
        en = f"There are neither engagements nor rounds of the programme {programme} here."
        raise AnswerError({"code": "not-found", "da": da, "en": en})
    return told


def _say_board(told: Mapping[str, Any]) -> None:
    out.print(f"{told['programme']} as of {told['as_of']} · position {told['position']}\n", markup=False)
    printing.table("", ["phase", "engagements"], [[group["where"], str(group["count"])] for group in told["counts"]])
    out.print()
    rows = [
        [f"{row['engagement']} ({name(row['municipality'])})", _phase(row), _work(row)] for row in told["engagements"]
    ]
    printing.table("", ["engagement", "phase", "work"], rows)
    out.print()
    rounds = [
        [row["round"], str(row["year"]), row["deadline"], "open" if row["open"] else "closed", _states(row)]
        for row in told["rounds"]
    ]
    printing.table("", ["round", "year", "deadline", "", "applications"], rounds)
    out.print()
    places = [[str(row["year"]), f"{row['taken']} of {_number(row['capacity'])}"] for row in told["places"]]
    printing.table("", ["year", "places taken"], places)
    if told["answers"]:
        out.print()
        answers = [[item["thing"], item["due"] or "no day", item["da"]] for item in told["answers"]]
        printing.table("", ["answer", "due", "what"], answers)


def _phase(row: Mapping[str, Any]) -> str:
    """The phase that goes on, since when and until when; or how the engagement ended."""
    if row["ended"]:
        return f"{row['ended']['how']} {row['ended']['on']}"
    beside = [("since", row["since"]), ("planned end", row["planned_end"])]
    return ", ".join([row["where"], *(f"{what} {on}" for what, on in beside if on)])


def _work(row: Mapping[str, Any]) -> str:
    """What has been done, in few words; what is not known on that day is said to be so."""
    made, goals = row["recommendations"], row["goals"]
    parts = {
        "samples": ", ".join(map(_sample, row["samples"] or [])),
        "recommendations": f"{made['made']}, {made['declined']} declined" if made and made["made"] else "",
        "goals": ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in (goals or {}).items()),
        "account": row["account"] or "",
        "presented": _reports(row["presented"]),
        "published": _reports(row["published"]),
    }
    told = {what: "not known" if what in row["not_known"] else text for what, text in parts.items()}
    return "; ".join(f"{what} {text}" for what, text in told.items() if text)


def _sample(sample: Mapping[str, Any]) -> str:
    beside = {True: " (comparable)", False: " (not comparable)"}.get(sample["comparable"], "")
    return f"no. {sample['sample']} {'scored' if sample['scored_on'] else 'drawn'}{beside}"


def _reports(reports: Sequence[Mapping[str, Any]] | None) -> str:
    return ", ".join(f"{report['report']} {report['on']}" for report in reports or [])


def _states(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{state['count']} {state['state']}" for state in row["applications"] if state["count"])


def _number(value: int | None) -> str:
    return "not known" if value is None else str(value)


async def _answers(home: Home, owners: Sequence[str], verb: str, form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each owner's answer; all of them as of the same day, where none is given that of the first."""
    answers: list[dict[str, Any]] = []
    asked = dict(form)
    async with linked(home) as nc:
        for owner in owners:
            answers.append(json.loads(await ask(nc, owner, verb, **asked)))
            asked["as_of"] = answers[0]["as_of"]
    return answers


def _clocks(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = answers[0]
    position = min(answer["position"] for answer in answers)
    return {"position": position, "known_at": first["known_at"], "as_of": first["as_of"]}
