"""How the command says things: JSON for scripts, a line or a table for people. Exit codes are one list."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

DONE: Final = 0
REFUSED: Final = 1
"""Refused, invalid, or not found."""
MISUSE: Final = 2
UNREACHABLE: Final = 3

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
_MARKS: Final = {"recorded": "green", "repeated": "cyan", "refused": "yellow", "invalid": "red", "held": "magenta"}


def as_json(value: Any) -> None:
    """One JSON value on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def plain(text: str) -> str:
    """Text from outside, fit for a terminal: no control characters."""
    return "".join(char if char.isprintable() else "�" for char in text)


def write_document(path: Path, body: bytes, page: bytes) -> None:
    """A report's two files, below a name without a suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("json", body), ("html", page)):
        path.with_name(f"{path.name}.{suffix}").write_bytes(content)


def document(body: bytes, page: bytes, say: Callable[[Any], None], *, html: bool, json_: bool) -> None:
    """A report on the standard output: as data, as a page, or in words."""
    if json_ or html:
        sys.stdout.buffer.write(body if json_ else page)
    else:
        say(json.loads(body))


def issued_line(issued: dict[str, Any] | None, *, json_: bool) -> None:
    """What was issued, beside the report itself; nothing where nothing was."""
    if issued:
        said = f"Issued as {issued['report']}, position {issued['position']}."
        err.print(json.dumps(issued) if json_ else said, markup=False)


def receipt_line(receipt: dict[str, Any]) -> None:
    """A receipt for people: the verdict, the claim, and all its reasons."""
    verdict = receipt["verdict"]
    named = receipt.get("claimid") or f"INBOX {receipt['inbox']}"
    positions = ", ".join(str(fact["position"]) for fact in facts_of(receipt))
    out.print(f"[{_MARKS[verdict]}]{verdict:<9}[/]", end=" ")
    out.print(
        plain(f"{receipt.get('subject') or '-'} {named}") + (f" → {positions}" if positions else ""), markup=False
    )
    for reason in reasons(receipt):
        out.print(f"          {plain(reason)}", markup=False)


def rehearsal(told: dict[str, Any]) -> None:
    """What would become of a claim, for people: the verdict, what would be written, and the reasons why not."""
    verdict = told["verdict"]
    out.print(f"[{_MARKS[verdict]}]{verdict:<9}[/]", end=" ")
    out.print(plain(f"{told.get('subject') or '-'} {told.get('claimid') or '-'} (dry run)"), markup=False)
    for fact in told.get("facts", []):
        out.print(f"          + {plain(fact['da'])}", markup=False)
    for reason in reasons(told):
        out.print(f"          {plain(reason)}", markup=False)
    if told.get("waits_for"):
        out.print(f"          It would wait for {told['waits_for']} first.", markup=False)
    if told.get("behind"):
        out.print(f"          {told['behind']} claims about it wait already; it would stand behind them.", markup=False)


def facts_of(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts that a claim gave, whether now or, where it is repeated, before."""
    return receipt.get("facts") or (receipt.get("outcome") or {}).get("facts") or []


def reasons(receipt: dict[str, Any]) -> list[str]:
    """Why a claim was not recorded."""
    told = receipt.get("outcome") or receipt
    found = [f"{problem['pointer'] or '/'}: {problem['da']}" for problem in told.get("problems", [])]
    if refusal := told.get("refusal"):
        found.append(f"{refusal['rule']}: {refusal['da']}")
    if receipt.get("reason"):
        found.append(receipt["reason"])
    return found


def accepted(receipt: dict[str, Any]) -> bool:
    """Did the claim become facts, now or before?"""
    return receipt["verdict"] == "recorded" or (receipt.get("outcome") or {}).get("verdict") == "recorded"


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """A table for people."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))  # never markup: it is not ours
    out.print(made)


def figure_text(figure: dict[str, Any]) -> str:
    """A figure in Danish, never a bare number where it is not known."""
    match figure["basis"]:
        case "counted":
            return f"{figure['value']} (talt op)"
        case "stated" if figure["named"] is not None:
            return f"{figure['value']} oplyst, {figure['named']} kan navngives"
        case "stated":
            return f"{figure['value']} oplyst"
        case _:
            limits = [
                f"{word} {figure[key]}"
                for key, word in (("at_least", "mindst"), ("at_most", "højst"))
                if figure.get(key) is not None
            ]
            return ", ".join(["ikke kendt", *limits])
