"""An answer: what the record says to a question, in the blocks that a person chose.

`compose` is a pure function of (dossier of a log prefix, key, as-of day): the same prefix gives the same answer. Its
result is plain data, the JSON of `spor answer KEY --json`; the HTML is rendered from it and from nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.base import When
from events.dates import Certainty, parse
from events.intake import RuleAdopted, RuleStated
from events.municipalities import danish_order, name
from events.reporting import Block
from events.words import in_danish_order, listed, when, word
from services.reporting.views.behind import behind
from services.reporting.views.dossier import Dossier, NameSaid, Question
from services.reporting.views.reading import Bound, Figure, Line, figure

TEMPLATE: Final = "answer.1"
NOTICE: Final = "Genskabt af Spor ud fra loggen; ikke ministeriets brev"
Data = dict[str, Any]


class UnanswerableError(Exception):
    """There is no such question at this point of the log, or nobody has chosen the blocks of its answer."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.da, self.en = da, en


@dataclass(frozen=True, slots=True)
class Content:
    """What a block shows: measures, the lists of measures, rules by topic, and rules that are numbers."""

    measures: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


STATES: Final = ("started", "in_development", "completed")

CONTENTS: Final[Mapping[str, Content]] = {
    "long": Content(measures=("long",), lists=("long",)),
    "short": Content(measures=("short",), lists=("short",)),
    "states": Content(measures=STATES, lists=STATES),
    "totals": Content(measures=("long", "short")),
    "admission": Content(
        topics=("application", "capacity", "budget"),
        numbers=("capacity_per_year", "municipalities_per_engagement", "rounds_per_year_min", "budget_dkk_per_year"),
    ),
    "criteria": Content(topics=("criteria", "requirement")),
    "steering-group": Content(topics=("steering_group",)),
    "phases": Content(topics=("phases", "duration"), numbers=("phases_count",)),
    "services": Content(topics=("services",), numbers=("service_kinds",)),
    "samples": Content(topics=("sample",), numbers=("sample_size_first", "sample_size_second")),
    "publication": Content(topics=("publication",)),
    "status-report": Content(topics=("report",)),
    "knowledge": Content(topics=("knowledge",)),
    "municipality-decides": Content(topics=("ownership", "effect", "development_plan")),
    "decisions": Content(topics=("decisions",)),
    "asked-of": Content(topics=("supervision",)),
    "claims": Content(),
    "organisation": Content(
        topics=("establishment", "owner", "purpose", "content"),
        numbers=("task_forces",),
    ),
}


def compose(dossier: Dossier, key: str, as_of: str | None = None, known_at: str | int | None = None) -> Data:
    """The answer to a question (by the id of its thing) as of a day. Raises UnanswerableError.

    `dossier` is that of the prefix; `known_at` is only repeated on the face of the answer.
    """
    question = dossier.questions.get(key)
    if question is None or question.received is None:
        raise UnanswerableError(f"Der er intet spørgsmål {key}.", f"There is no question {key}.")
    if question.drafted is None:
        raise UnanswerableError(
            f"Ingen har valgt afsnit til svaret på {key}.", f"Nobody has chosen the blocks of the answer to {key}."
        )
    drafted = question.drafted[1]
    day = parse(as_of or _default_day(question)).latest or date.max
    return _Composer(dossier, key, question, drafted.programme, drafted.blocks, day).answer(known_at)


def programme_figures(dossier: Dossier, programme: str, day: date, year: int | None = None) -> Data:
    """Every measure of a programme as of a day, with its list."""
    composer = _Composer(dossier, "", Question(), programme, (), day)
    for measure in MEASURES_DA:
        composer.measure(measure, measure, programme, year, with_list=True)
    made = {"programme": programme, "as_of": str(day), "figures": composer.figures, "lists": composer.lists}
    return made | {"unknown": composer.unknown, "undated": in_danish_order(list(composer.undated))}


def _default_day(question: Question) -> str:
    """The day that the draft says, else the day of the answer, else of the question."""
    drafted = question.drafted[1].as_of if question.drafted else None
    sent = question.sent[1].on if question.sent else None
    asked = question.received[1].asked_on if question.received else ""
    return drafted or sent or asked


@dataclass(frozen=True, slots=True)
class _Said:
    """A rule as the answer quotes it."""

    position: int
    event: RuleStated | RuleAdopted
    today: bool


class _Composer:
    def __init__(  # noqa: PLR0913 - an answer is made of these
        self, dossier: Dossier, key: str, question: Question, programme: str, blocks: Sequence[Block], day: date
    ) -> None:
        self.dossier, self.key, self.question, self.programme = dossier, key, question, programme
        self.blocks, self.day = blocks, day
        self.own_day = _default_day(question)
        self.figures: dict[str, Data] = {}
        self.lists: dict[str, list[Data]] = {}
        self.rules: list[Data] = []
        self.unknown: list[str] = []
        self.undated: set[str] = set()
        self.measured: dict[tuple[str, str, int | None], Figure] = {}
        self.sections: list[Data] = []
        self.names: list[Data] = []

    def answer(self, known_at: str | int | None) -> Data:
        for block in self.blocks:
            self._block(block)
        if "organisation" in {block.block for block in self.blocks}:
            self.names = list(self._names())
        made: Data = {
            "question": self._question(),
            "as_of": str(self.day),
            "known_at": self.dossier.position if known_at is None else known_at,
            "position": self.dossier.position,
            "programme": self.programme,
            "template": TEMPLATE,
            "notice": NOTICE,
            "blocks": self.sections,
            "figures": self.figures,
            "lists": self.lists,
            "rules": self.rules,
            "names": self.names,
            "asked_of": self._asked_of() if self._has("asked-of") else [],
            "claims": self._claims() if self._has("claims") else [],
            "refers_to": self._of_answer("refers_to"),
            "attachments": self._of_answer("attachments"),
            "differs": list(self._differs()),
            "unknown": self._unknown(),
        }
        return made | {"facts": behind(made, self.dossier.events)}

    def _has(self, block: str) -> bool:
        return any(chosen.block == block for chosen in self.blocks)

    # -- the question

    def _question(self) -> Data:
        position, received = self.question.received or (0, None)
        sent_at, sent = self.question.sent or (0, None)
        if received is None:  # compose has seen to it
            raise ValueError(self.key)
        asker = received.asker
        return {
            "key": f"{received.session}/{received.committee}/{received.number}",
            "text": received.text,
            "read_as": received.read_as,
            "asker": f"{asker.name} ({asker.party})" if asker else None,
            "asked_on": received.asked_on,
            "answered_on": sent.on if sent else None,
            "committee": received.committee_name,
            "minister": received.minister,
            "answered_by": sent.signed_by if sent else None,
            "contributor": sent.contributor if sent else None,
            "ministry": sent.ministry if sent else None,
            "sagsnr": sent.sagsnr if sent else None,
            "doknr": sent.doknr if sent else None,
            "final": sent.final if sent else False,
            "sources": [at for at in (position, sent_at) if at],
        }

    def _unknown(self) -> list[str]:
        """What is not known, each said once."""
        if self.question.sent:
            lost = [f"Tabt i den bevarede kopi: {item}." for item in self.question.sent[1].lost]
        else:
            lost = ["Svaret: intet svar er registreret."]
        undated = [f"Startdato for {listed(in_danish_order(list(self.undated)))}."] if self.undated else []
        return [*lost, *undated, *dict.fromkeys(self.unknown)]

    def _of_answer(self, field: str) -> list[Data]:
        return [
            {"text": text, "sources": [part[0]]}
            for part in (self.question.received, self.question.sent)
            if part
            for text in getattr(part[1], field, ())
        ]

    def _asked_of(self) -> list[Data]:
        if not self.question.sent:
            return []
        position, sent = self.question.sent
        return [
            {
                "of": request.of,
                "municipality": name(request.municipality) if request.municipality else None,
                "code": request.municipality,
                "what": request.what,
                "text": request.citation.sentence,
                "sources": [position],
            }
            for request in sent.requests
        ]

    def _claims(self) -> list[Data]:
        """What the asker asserts: the asker's claim, never a fact (R8)."""
        if not self.question.received:
            return []
        position, received = self.question.received
        by = f"{received.asker.name} ({received.asker.party})" if received.asker else received.committee_name
        return [
            {
                "by": by,
                "about": name(assertion.municipality) if assertion.municipality else assertion.about,
                "code": assertion.municipality,
                "text": assertion.citation.sentence,
                "sources": [position],
            }
            for assertion in received.assertions
        ]

    # -- blocks

    def _block(self, block: Block) -> None:
        content = CONTENTS[block.block]
        programme = block.programme or self.programme
        keys = {measure: self._key(measure, block) for measure in content.measures}
        for measure, key in keys.items():
            self.measure(key, measure, programme, block.year, with_list=measure in content.lists)
        said = [rule for topic in content.topics for rule in self._said(programme, topic)]
        shown = [self._rule(rule, programme) for rule in said]
        self.rules += [rule for rule in shown if rule not in self.rules]
        numbers = [self._number(rule, block) for rule in said if rule.event.rule in content.numbers]
        if content.topics and not said and block.block != "asked-of":
            topics = listed([TOPICS_DA.get(topic, topic) for topic in content.topics])
            self.unknown.append(f"Regler om {topics}: ingen kendes for {programme} pr. {when(str(self.day))}.")
        self.sections.append(
            {
                "block": block.block,
                "programme": programme,
                "year": block.year or self.day.year if block.block == "states" else None,
                "figures": [*keys.values(), *(key for key in numbers if key)],
                "lists": [keys[measure] for measure in content.lists],
                "rules": [self.rules.index(rule) for rule in shown],
            }
        )

    def _key(self, name: str, block: Block) -> str:
        """The name of a figure in the answer: the measure or rule, and what is not the answer's own programme or year."""
        programme = block.programme if block.programme != self.programme else None
        year = block.year if name in STATES and block.year != self.day.year else None
        return "_".join(str(part) for part in (name, year, programme) if part)

    def measure(self, key: str, measure: str, programme: str, year: int | None, *, with_list: bool) -> None:
        found = figure(measure, self.day, self.dossier.lines(programme), self.dossier.stated(programme), year)
        self.measured[programme, measure, found.year] = found
        self.figures[key] = _figure_data(found)
        if with_list:
            self.lists[key] = self._list(found)
        self._say_unknown(found)

    def _say_unknown(self, found: Figure) -> None:
        what = MEASURES_DA[found.measure].format(year=found.year)
        if found.basis == "not known":
            limits = [f"mindst {found.at_least}"] if found.at_least else []
            limits += [f"højst {found.at_most}"] if found.at_most is not None else []
            self.unknown.append(f"{', '.join([f'{what}: ikke kendt', *limits])}.")
        elif found.value is not None and found.named < found.value:
            missing = found.value - found.named
            self.unknown.append(f"{what}: {found.value} er oplyst, {found.named} kan navngives, {missing} kan ikke.")

    def _list(self, found: Figure) -> list[Data]:
        by_code: dict[str, list[Line]] = {code: [] for code in found.members}
        for line in found.lines:
            by_code[line.municipality].append(line)
        entries = [_entry(code, lines, found.sources) for code, lines in by_code.items()]
        entries.sort(key=lambda entry: danish_order(entry["municipality"]))
        self.undated |= {entry["municipality"] for entry in entries if entry["started"] is None}
        return entries

    # -- rules

    def _said(self, programme: str, topic: str) -> list[_Said]:
        """The rules of a topic: the adopted one in force, else the last that was stated, with its day (R7)."""
        chosen: dict[str, _Said] = {}
        stated = [
            rule for rule in self.dossier.rules if rule.event.programme == programme and rule.event.topic == topic
        ]
        for rule in sorted(stated, key=lambda rule: _first_day(rule.event.said_on, rule.position)):
            span = parse(rule.event.said_on)
            if span.happened_by(self.day) is not Certainty.NO:
                # the day of this answer is lost, and it is asked about as of the day that stands for it
                lost = rule.event.question == self.key and span.day is None and str(self.day) == self.own_day
                chosen[rule.event.rule] = _Said(rule.position, rule.event, today=span.day == self.day or lost)
        for position, adopted in sorted(self.dossier.adopted, key=lambda item: (item[1].valid_from, item[0])):
            same = adopted.topic == topic or adopted.rule in chosen  # a rule replaces its name, whatever its topic
            if adopted.programme == programme and same and adopted.valid_from <= str(self.day):
                chosen[adopted.rule] = _Said(position, adopted, today=True)
        return sorted(chosen.values(), key=lambda said: said.position)

    def _rule(self, said: _Said, programme: str) -> Data:
        event = said.event
        about = {
            "topic": event.topic,
            "rule": event.rule,
            "programme": programme,
            "text": event.text,
            "value": event.value,
            "unit": event.unit,
        }
        return (
            about
            | (_as_stated(event) if isinstance(event, RuleStated) else _as_adopted(event))
            | {"sources": [said.position]}
        )

    def _number(self, said: _Said, block: Block) -> str | None:
        """A rule that is a number: stated on this day, or else not known, with what was stated before."""
        event = said.event
        if isinstance(event.value, bool) or not isinstance(event.value, int):
            return None
        key = self._key(event.rule, block)
        value = event.value if said.today else None
        basis = "stated" if said.today else "not known"
        sources = [said.position]
        made: Data = {
            "value": value,
            "unit": event.unit,
            "basis": basis,
            "named": None,
            "stated": value,
            "sources": sources,
        }
        if not said.today and isinstance(event, RuleStated):
            before = {"value": event.value, "on": event.said_on, "sources": sources}
            made |= {"at_least": None, "at_most": None, "stated_before": before, "stated_after": None}
            self.unknown.append(
                f"{event.text.rstrip('.')}: oplyst {when(event.said_on)}, ikke kendt pr. {when(str(self.day))}."
            )
        self.figures[key] = made
        return key

    # -- names

    def _names(self) -> Iterable[Data]:
        """What each body was called on the day, as far as known (R8)."""
        bodies: dict[str, list[NameSaid]] = {}
        for said in self.dossier.names:
            if not said.event.body.startswith("kommune-"):
                bodies.setdefault(said.event.body, []).append(said)
        for body, statements in sorted(bodies.items()):
            ordered = sorted(statements, key=lambda said: _first_day(said.event.said_on, said.position))
            until = [s for s in ordered if parse(s.event.said_on).happened_by(self.day) is not Certainty.NO]
            later = [s for s in ordered if s not in until]
            around = [*until[-1:], *later[:1]]
            names = list(dict.fromkeys(said.event.name for said in around))
            exact = bool(until) and parse(until[-1].event.said_on).day == self.day
            yield {
                "body": body,
                "name": until[-1].event.name if exact else names[0] if len(names) == 1 else None,
                "candidates": names,
                "role": around[0].event.role,
                "said_on": [said.event.said_on for said in around],
                "sources": [said.position for said in around],
            }

    # -- beside the published answer

    def _differs(self) -> Iterable[Data]:
        """Where this answer is another than the figures that the published one gave."""
        for stated in self.dossier.figures:
            found = self.measured.get((stated.event.programme, stated.event.measure, stated.year))
            if stated.event.question != self.key or found is None:
                continue
            other_day = stated.span.day != self.day
            if stated.number is not None and stated.number != found.value:
                yield self._difference(stated.position, stated.event.measure, stated.number, found, other_day=other_day)
            elif stated.members is not None and stated.members != set(found.members):
                names = sorted((name(code) for code in stated.members ^ set(found.members)), key=danish_order)
                yield {
                    "what": stated.event.measure,
                    "published": stated.number,
                    "spor": found.value,
                    "text": f"Navnene er ikke de samme: {listed(names)}.",
                    "sources": [stated.position, *found.sources],
                }

    def _difference(self, position: int, measure: str, published: int, found: Figure, *, other_day: bool) -> Data:
        what = MEASURES_DA[measure].format(year=found.year)
        ours = str(found.value) if found.value is not None else f"ikke kendt (mindst {found.at_least})"
        why = f"opgjort pr. {when(str(self.day))}" if other_day else "loggen siger nu andet"
        return {
            "what": measure,
            "published": published,
            "spor": found.value,
            "text": f"{what}: det offentliggjorte svar siger {published}, her står {ours}; {why}.",
            "sources": sorted({position, *found.sources}),
        }


MEASURES_DA: Final[Mapping[str, str]] = {
    "long": "Antal kommuner med et længerevarende forløb siden programmets begyndelse",
    "short": "Antal kommuner med korterevarende forløb siden programmets begyndelse",
    "started": "Antal kommuner, der begyndte et længerevarende forløb i {year}",
    "in_development": "Antal kommuner i udviklingsfasen i {year}",
    "completed": "Antal kommuner, der afsluttede et længerevarende forløb i {year}",
}


TOPICS_DA: Final[Mapping[str, str]] = {
    "application": "ansøgning",
    "budget": "bevilling",
    "capacity": "antal pladser",
    "content": "indhold",
    "criteria": "kriterier",
    "decisions": "senere beslutninger",
    "development_plan": "udviklingsplan",
    "duration": "varighed",
    "effect": "virkning",
    "establishment": "oprettelse",
    "knowledge": "viden",
    "owner": "ansvarlige myndigheder",
    "ownership": "kommunens egne valg",
    "phases": "faser",
    "publication": "offentliggørelse",
    "purpose": "formål",
    "report": "rapporter",
    "requirement": "krav",
    "sample": "stikprøver",
    "services": "ydelser",
    "steering_group": "styregruppen",
    "supervision": "tilsyn",
}


def _figure_data(found: Figure) -> Data:
    made: Data = {
        "value": found.value,
        "unit": found.unit,
        "basis": found.basis,
        "named": found.named,
        "stated": found.stated,
        "year": found.year,
        "sources": list(found.sources),
    }
    if found.basis == "not known":
        made |= {
            "at_least": found.at_least,
            "at_most": found.at_most,
            "stated_before": _bound(found.stated_before),
            "stated_after": _bound(found.stated_after),
        }
    if found.also_stated:
        made["also_stated"] = [_bound(other) for other in found.also_stated]
    if found.contradictions:
        made["contradictions"] = [
            {
                "municipality": name(other.municipality),
                "code": other.municipality,
                "list": other.list_position,
                "sources": list(other.positions),
            }
            for other in found.contradictions
        ]
    return made


def _bound(bound: Bound | None) -> Data | None:
    return {"value": bound.value, "on": bound.on, "sources": [bound.position]} if bound else None


def _entry(code: str, lines: Sequence[Line], otherwise: Sequence[int]) -> Data:
    started = next((line.started for line in lines if line.started), None)
    expected = next((line.expected_end for line in lines if line.expected_end), None)
    ended = next((line.completed for line in lines if line.completed), None)
    phase_in = next((line.phase_in for line in lines if line.phase_in), None)
    phase = next((line.phase for line in lines if line.phase), None)
    return {
        "municipality": name(code),
        "code": code,
        "started": _edtf(started),
        "expected_end": expected.when if expected else None,
        "ended": _edtf(ended),
        "phase": word(phase) if phase else None,
        "as_printed": next((w.printed for w in (expected, ended, phase_in, started) if w and w.printed), None),
        "started_as_printed": started.printed if started else None,
        "sources": sorted({at for line in lines for at in line.sources}) or list(otherwise),
    }


def _as_stated(event: RuleStated) -> Data:
    said_on = parse(event.said_on).day
    return {
        "approximate": event.approximate,
        "stated_on": str(said_on) if said_on else None,
        "stated_when": event.said_on,
        "valid_from": None,
        "said_by": event.said_by,
        "quote": event.citation.sentence,
        "file": event.citation.file,
    }


def _as_adopted(event: RuleAdopted) -> Data:
    return {
        "approximate": False,
        "stated_on": None,
        "stated_when": None,
        "valid_from": event.valid_from,
        "said_by": event.authority,
        "quote": None,
        "file": None,
    }


def _first_day(said_on: str, position: int) -> tuple[date, int]:
    """In the order in which things were said, as far as it is known."""
    return parse(said_on).earliest or date.min, position


def _edtf(when_: When | None) -> str | None:
    return (when_.bounded or when_.when) if when_ else None
