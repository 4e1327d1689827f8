"""Is a report the one that was issued, and does the log still give it?

*Authentic*: these bytes are those that a fact below a signed head names. *Reproduced*: made again from the log, they are
the same bytes, or the same content where another release of the program lays the page out. The first is proved here,
with nothing of those who write; the second needs their program, which whoever asks brings as `remake`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from services.audit.checking import Proven
from services.audit.claims import Asked, proof_of, proven
from services.audit.difference import Difference, difference, saved_otherwise
from services.audit.line import Line
from services.audit.verdict import Fault, UnprovenError, Verdict, unproven

ISSUED: Final = "reporting.report-issued.v"
JSON: Final = "application/json"
ITSELF: Final = (
    " Det gælder rapporten, som den blev udstedt, ikke filen her.",
    " That is the report as it was issued, not the file here.",
)
ALIKE: Final = 3
"""How many of its marks a document must show to be taken for a report that it is not."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A report as a fact recorded it."""

    line: Line
    report: str
    data: Mapping[str, Any]

    @property
    def documents(self) -> Mapping[str, str]:
        """The digest of each document, by its media type without parameters."""
        return {str(one["media"]).partition(";")[0]: str(one["digest"]) for one in self.data["documents"]}

    def media_of(self, digest: str) -> str | None:
        return next((media for media, one in self.documents.items() if one == digest), None)

    @property
    def marks(self) -> Iterator[str]:
        """What a document of this report shows, as a rule."""
        about = str(self.data.get("question") or self.data.get("about") or self.data["programme"])
        yield from (about if "question" not in self.data else about.replace("-", "/"), str(self.data["as_of"]))
        yield from (
            str(self.data["template"]),
            f"position {self.data['position']}",
            f'"position": {self.data["position"]}',
        )
        yield from (str(root)[:16] for root in [self.data.get("root")] if root)


@dataclass(frozen=True, slots=True)
class Remade:
    """A report that was made again: its documents by media type, or why there are none."""

    documents: Mapping[str, bytes] = field(default_factory=dict)
    same_program: bool = False
    program: Mapping[str, Any] | None = None
    error: str | None = None


Remake = Callable[[Sequence[Line], str], Remade]
"""Makes a report again, by its id, from the lines of the log."""


async def report_verdicts(asked: Asked, body: bytes, remake: Remake | None = None) -> list[Verdict]:
    """Is the document authentic and, where it can be made again, reproduced?"""
    try:
        found = await proven(asked, lambda line: remake is not None or ISSUED.encode() in line.body)
    except UnprovenError as error:
        return [unproven(error.fault, verdict="authentic")]
    issues = [issue for line in found.lines.values() if (issue := _issue(line))]
    digest = sha256(body).hexdigest()
    issue = next((one for one in issues if one.media_of(digest)), None)
    if issue is None:
        return _of_another(found, issues, body, remake)
    try:
        about = _named(issue, issues) | {
            "size": found.head.size,
            "root": found.head.root.hex(),
            "witness": found.by.name,
        }
        verdicts = [_authentic(found, issue, digest, about)]
    except UnprovenError as error:
        return [unproven(error.fault, verdict="authentic", **_named(issue, issues))]
    if remake is not None:
        verdicts.append(_reproduced(issue, issue.media_of(digest) or JSON, remake(_up_to(found, issue), issue.report)))
    return verdicts


def _up_to(found: Proven, issue: Issue) -> list[Line]:
    """The log up to the fact that recorded a report: all that it was made of, and what it was."""
    return [found.lines[position] for position in sorted(found.lines) if position <= issue.line.position]


def _issue(line: Line) -> Issue | None:
    """The report that a line records, where it records one that can be read."""
    envelope = line.envelope
    data = envelope.get("data")
    if not str(envelope.get("type")).startswith(ISSUED) or not isinstance(data, dict):
        return None
    if {"documents", "as_of", "position", "template", "programme"} - set(data):
        return None
    return Issue(line, str(envelope.get("subject")).partition("/")[2], data)


def _named(issue: Issue, issues: Sequence[Issue]) -> dict[str, Any]:
    later = [one.report for one in issues if (one.data.get("supersedes") or {}).get("report") == issue.report]
    return {
        "report": issue.report,
        "kind": issue.data.get("kind"),
        "as_of": issue.data["as_of"],
        "prefix": issue.data["position"],
        "successor": later[0] if later else None,
    }


def _authentic(found: Proven, issue: Issue, digest: str, about: Mapping[str, Any]) -> Verdict:
    proof = proof_of(found, issue.line.position)
    at, by = issue.line.position, found.by.name
    da = (
        f"BEKRÆFTET: ægte. Filen er byte for byte det dokument, som blev udstedt som {issue.report} (plads {at} i loggen),"
        f" og vidnet {by} har underskrevet loggen med den plads."
    )
    en = (
        f"VERIFIED: authentic. The file is, byte for byte, the document that was issued as {issue.report} (position {at}"
        f" of the log), and the witness {by} has signed the log with that position."
    )
    if about["successor"]:
        da += f" Den er siden afløst af {about['successor']}."
        en += f" It has since been succeeded by {about['successor']}."
    return Verdict(da, en, about={"verdict": "authentic", "digest": digest, **about, "fact": proof})


def _reproduced(issue: Issue, media: str, remade: Remade, of: tuple[str, str] = ("", "")) -> Verdict:
    about = {"verdict": "reproduced", "report": issue.report, "program": remade.program}
    digests = {kind: sha256(body).hexdigest() for kind, body in remade.documents.items()}
    if digests.get(media) == issue.documents.get(media):
        da = f"BEKRÆFTET: dannet igen.{of[0]} Loggen giver de samme bytes."
        en = f"VERIFIED: reproduced.{of[1]} The log gives the same bytes."
        return Verdict(da, en, about=about | {"same": "bytes"})
    if JSON in digests and digests[JSON] == issue.documents.get(JSON):
        da = (
            f"BEKRÆFTET: dannet igen.{of[0]} Loggen giver det samme indhold, byte for byte; kun siden er sat op af en anden udgave"
            " af programmet end den, der udstedte den."
        )
        en = (
            f"VERIFIED: reproduced.{of[1]} The log gives the same content, byte for byte; only the page is laid out by another"
            " release of the program than the one that issued it."
        )
        return Verdict(da, en, about=about | {"same": "content"})
    why = remade.error or "other bytes"
    da = f"Den udstedte rapport kan ikke dannes igen af loggen med dette program ({why})."
    en = f"The issued report cannot be made again from the log with this program ({why})."
    return unproven(Fault("not-reproduced", issue.line.position, da, en), **about)


def _of_another(found: Proven, issues: Sequence[Issue], body: bytes, remake: Remake | None) -> list[Verdict]:
    """No fact names these bytes. Where they look like a report that was issued, where they differ from it."""
    like = _alike(issues, body)
    da = "Filen er ikke et dokument, som loggen siger er udstedt: den er ændret, eller den er aldrig udstedt."
    en = "The file is no document that the log says was issued: it was changed, or was never issued."
    if like is None:
        return [unproven(Fault("not-issued", None, da, en), verdict="authentic")]
    da += f" Den ligner {like.report} (plads {like.line.position})."
    en += f" It resembles {like.report} (position {like.line.position})."
    media = JSON if body.lstrip(b"\xef\xbb\xbf \n\r\t").startswith(b"{") else "text/html"
    remade = remake(_up_to(found, like), like.report) if remake else None
    digests = set(like.documents.values())
    apart = saved_otherwise(body, lambda one: sha256(one).hexdigest() in digests) or _first(body, remade, media)
    if apart:
        da, en = f"{da} {apart.da}", f"{en} {apart.en}"
    named = _named(like, issues) | {"difference": apart.shown if apart else None}
    verdicts = [unproven(Fault("not-issued", like.line.position, da, en), verdict="authentic", **named)]
    if remade:
        verdicts.append(_reproduced(like, media, remade, ITSELF))
    return verdicts


def _first(body: bytes, remade: Remade | None, media: str) -> Difference | None:
    right = remade.documents.get(media) if remade else None
    return difference(body, right) if right is not None else None


def _alike(issues: Sequence[Issue], body: bytes) -> Issue | None:
    """The report whose marks a document shows most of; of several, the last one."""
    text = (
        body.decode("utf-8", "replace")
        if body[:2] not in {b"\xff\xfe", b"\xfe\xff"}
        else body.decode("utf-16", "replace")
    )
    shown = [(sum(mark in text for mark in issue.marks), issue.line.position, issue) for issue in issues]
    best = max(shown, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] >= ALIKE else None


def read_remade(raw: bytes) -> Remade:
    """What a program says that it made, as a line of JSON. Raises ValueError where it is none."""
    told = json.loads(raw)
    if "error" in told:
        return Remade(error=str(told["error"]))
    documents = {media: str(text).encode() for media, text in told["documents"].items()}
    return Remade(documents, bool(told["same_program"]), told["program"])
