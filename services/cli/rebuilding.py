"""`spor view`: what each service has folded, and views made again beside those that serve."""

import asyncio
import json
import sys
from typing import Annotated, Any, Final

import typer

from deploy.home import DEFAULT, Home, open_home
from events.catalogue import OWNERS
from services.cli.link import ask, linked
from services.cli.operating import Reason, said
from services.cli.options import HomeOption, Json, end
from services.cli.printing import MISUSE, REFUSED, as_json, out, plain, table

app = typer.Typer(
    no_args_is_help=True, help="What each service has folded; and views made again beside those that serve."
)

Names = Annotated[
    list[str],
    typer.Argument(metavar="[SERVICE] VIEW", help="The service may be left out where only one has such a view."),
]
Instance = Annotated[int, typer.Option(help="Which instance of the service; each has views of its own.")]
LOOKS: Final = 0.2
"""Seconds between looks at a view that is being made."""
OPEN: Final = ("queued", "building", "comparing")
UNSAID: Final = "Ingen grund er oplyst."
Data = dict[str, Any]


@app.command(name="list")
def list_(home: HomeOption = DEFAULT, instance: Instance = 0, *, json_: Json = False) -> None:
    """Every view of every service; exit code 1 where one has stopped at a fact that it cannot fold."""
    told = asyncio.run(_listed(open_home(home), instance))
    if json_:
        as_json({"views": told})
    else:
        table("", ["service", "view", "version", "position", "behind", "state", "size", "building"], [*map(_row, told)])
        for view in told:
            for stopped in filter(None, (view["stopped"], (view["building"] or {}).get("stopped"))):
                out.print(plain(f"! {_named(view)} cannot fold {_fact(stopped)}"), markup=False)
    if any(view["stopped"] for view in told):
        sys.exit(REFUSED)


@app.command()
def rebuild(
    names: Names,
    home: HomeOption = DEFAULT,
    instance: Instance = 0,
    *,
    reason: Reason = UNSAID,
    wait: Annotated[
        bool, typer.Option("--wait", help="Until it has taken over, waits for a decision, or failed.")
    ] = False,
    json_: Json = False,
) -> None:
    """Make a view again beside the one that serves. It takes over by itself where nothing differs."""
    told = asyncio.run(_done(open_home(home), names, instance, "rebuild", wait=wait, reason=reason))
    _say(told, json_=json_)
    if told["building"]["state"] in {"differs", "stopped", "failed"}:
        sys.exit(REFUSED)


@app.command()
def diff(names: Names, home: HomeOption = DEFAULT, instance: Instance = 0, *, json_: Json = False) -> None:
    """The first rows that differ between the view that serves and the one made again; exit code 1 where any does."""
    told = asyncio.run(_done(open_home(home), names, instance, "diff"))
    compared = told["building"]["compared"]
    if json_:
        as_json(told)
    else:
        out.print(f"{_named(told)}: {_counts(compared)} at position {compared['position']}.", markup=False)
        for one in compared["first"]:
            out.print(plain(f"{one['table']} {json.dumps(one['key'], ensure_ascii=False)}"), markup=False)
            for side in ("serving", "beside"):
                row = json.dumps(one[side], ensure_ascii=False) if one[side] else "no such row"
                out.print(plain(f"  {side:<8} {row}"), markup=False)
    if compared["differ"]:
        sys.exit(REFUSED)


@app.command()
def promote(
    names: Names, reason: Reason, home: HomeOption = DEFAULT, instance: Instance = 0, *, json_: Json = False
) -> None:
    """Let the view that was made again take over, though it differs."""
    _say(asyncio.run(_done(open_home(home), names, instance, "promote", reason=reason)), json_=json_)


@app.command()
def discard(
    names: Names, reason: Reason, home: HomeOption = DEFAULT, instance: Instance = 0, *, json_: Json = False
) -> None:
    """Throw the view that was made again away; the one that serves serves on."""
    _say(asyncio.run(_done(open_home(home), names, instance, "discard", reason=reason)), json_=json_)


@app.command()
def cancel(
    names: Names,
    home: HomeOption = DEFAULT,
    instance: Instance = 0,
    *,
    reason: Reason = UNSAID,
    json_: Json = False,
) -> None:
    """Stop making a view again, and throw away what was made of it."""
    _say(asyncio.run(_done(open_home(home), names, instance, "discard", reason=reason)), json_=json_)


async def _listed(home: Home, instance: int) -> list[Data]:
    async with linked(home) as nc:
        answers = {owner: json.loads(await ask(nc, owner, f"views.{instance}")) for owner in OWNERS}
    return [{"service": owner, **view} for owner, answer in answers.items() for view in answer["views"]]


async def _done(home: Home, names: list[str], instance: int, do: str, *, wait: bool = False, reason: str = "") -> Data:
    """One view, after what was to be done to it; what changes something stands on the log first."""
    service, view = await _chosen(home, names, instance)
    async with linked(home) as nc:
        if reason and _possible(json.loads(await ask(nc, service, f"views.{instance}", view=view))["views"][0], do):
            await said(home, f"{do}-view", f"{service}/{view}", reason, instance)
        told = json.loads(await ask(nc, service, f"views.{instance}", do=do, view=view))["views"][0]
        while wait and told["building"]["state"] in OPEN:
            await asyncio.sleep(LOOKS)
            told = json.loads(await ask(nc, service, f"views.{instance}", view=view))["views"][0]
    return {"service": service, **told}


def _possible(view: Data, do: str) -> bool:
    """Is there anything to be done? Where not, the service says so, and nothing is said on the log."""
    building = view["building"]
    return do == "rebuild" or bool(building and (do != "promote" or building["state"] == "differs"))


async def _chosen(home: Home, names: list[str], instance: int) -> tuple[str, str]:
    """The service and the view that are named."""
    if len(names) == 1:
        (view,) = names
        services = [one["service"] for one in await _listed(home, instance) if view in {one["view"], one["version"]}]
        if len(services) == 1:
            return services[0], view
        end(MISUSE, f"Which service? {', '.join(services or OWNERS)}: spor view … SERVICE {view}")
    if len(names) != len(("service", "view")) or names[0] not in OWNERS:
        end(MISUSE, f"A service ({', '.join(OWNERS)}) and one of its views.")
    return names[0], names[1]


def _say(told: Data, *, json_: bool) -> None:
    if json_:
        as_json(told)
    else:
        out.print(plain(f"{_named(told)}: {_building(told['building']) or 'nothing is made beside it'}."), markup=False)


def _named(view: Data) -> str:
    return f"{view['service']} {view['view']}"


def _row(view: Data) -> list[str]:
    numbers = [str(view["position"]), str(view["behind"])]
    size = f"{view['size'] / 1e6:.1f} MB"
    return [view["service"], view["view"], view["version"], *numbers, view["state"], size, _building(view["building"])]


def _building(told: Data | None) -> str:
    """How far a view has come that is made again, in words."""
    if told is None:
        return ""
    match told["state"]:
        case "building":
            left = f", {told['left']:.0f} s left" if told["left"] is not None else ""
            return f"building: position {told['position']}, {told['behind']} behind, {told['rate']:.0f} a second{left}"
        case "differs":
            return f"differs: {_counts(told['compared'])}; promote or discard it"
        case "stopped" | "failed" as state:
            return f"{state}: {told['why']}" if told["why"] else f"{state}: {_fact(told['stopped'])}"
        case state:
            return str(state)


def _counts(compared: Data) -> str:
    """How many rows differ, by table."""
    if not compared["differ"]:
        return f"none of {compared['rows']} rows differs"
    return (
        ", ".join(f"{count} in {name}" for name, count in compared["differ"].items()) + f" of {compared['rows']} rows"
    )


def _fact(stopped: Data) -> str:
    return f"position {stopped['position']} ({stopped['type']}, {stopped['id']}): {stopped['why']}"
