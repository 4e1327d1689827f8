"""An answer: what the record says to a question, in the blocks that a person chose.

`compose` is a pure function of (dossier of a log prefix, key, as-of day): the same prefix gives the same answer. Its
result is plain data, the JSON of `spor answer KEY --json`; the HTML is rendered from it and from nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from events.dates import parse
from events.reporting import Block
from events.words import in_danish_order, listed, when
from services.reporting.views.asked import asked_of, claims, of_answer, question_data
from services.reporting.views.behind import behind, led_to, positions
from services.reporting.views.differences import differences
from services.reporting.views.dossier import Dossier, Question
from services.reporting.views.editions import template
from services.reporting.views.figures import Measured
from services.reporting.views.names import names_on
from services.reporting.views.quoted import TOPICS_DA, Said, number_data, number_unknown, rule_data, rules_on

KIND: Final = "answer"
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


def _default_day(question: Question) -> str:
    """The day that the draft says, else the day of the answer, else of the question."""
    drafted = question.drafted[1].as_of if question.drafted else None
    sent = question.sent[1].on if question.sent else None
    asked = question.received[1].asked_on if question.received else ""
    return drafted or sent or asked


class _Composer:
    def __init__(  # noqa: PLR0913 - an answer is made of these
        self, dossier: Dossier, key: str, question: Question, programme: str, blocks: Sequence[Block], day: date
    ) -> None:
        self.dossier, self.key, self.question, self.programme = dossier, key, question, programme
        self.blocks, self.day = blocks, day
        self.measured = Measured(dossier, day)
        self.rules: list[Data] = []
        self.sections: list[Data] = []

    def answer(self, known_at: str | int | None) -> Data:
        for block in self.blocks:
            self._block(block)
        made: Data = {
            "question": question_data(self.question),
            "as_of": str(self.day),
            "known_at": self.dossier.position if known_at is None else known_at,
            "position": self.dossier.position,
            "programme": self.programme,
            "template": template(KIND),
            "notice": NOTICE,
            "blocks": self.sections,
            "figures": self.measured.figures,
            "lists": self.measured.lists,
            "rules": self.rules,
            "names": list(names_on(self.dossier, self.day)) if self._has("organisation") else [],
            "asked_of": asked_of(self.question) if self._has("asked-of") else [],
            "claims": claims(self.question) if self._has("claims") else [],
            "refers_to": of_answer(self.question, "refers_to"),
            "attachments": of_answer(self.question, "attachments"),
            "differs": list(differences(self.dossier, self.key, self.day, self.measured.found)),
            "unknown": self._unknown(),
        }
        made = led_to(made, self.dossier.amended)
        return made | {"facts": behind(positions(made), self.dossier.events)}

    def _has(self, block: str) -> bool:
        return any(chosen.block == block for chosen in self.blocks)

    def _unknown(self) -> list[Data]:
        """What is not known, each said once, with the facts that leave it open."""
        if self.question.sent:
            at, sent = self.question.sent
            lost = [{"text": f"Tabt i den bevarede kopi: {item}.", "sources": [at]} for item in sent.lost]
        else:
            asked = [self.question.received[0]] if self.question.received else []
            lost = [{"text": "Svaret: intet svar er registreret.", "sources": asked}]
        measured: dict[str, Data] = {}
        for item in self.measured.unknown:
            measured.setdefault(item["text"], item)
        return [*lost, *self._undated(), *measured.values()]

    def _undated(self) -> list[Data]:
        """Whose beginning has no date."""
        names = in_danish_order(list(self.measured.undated))
        entries = [entry for entries in self.measured.lists.values() for entry in entries]
        sources = {at for entry in entries if entry["municipality"] in self.measured.undated for at in entry["sources"]}
        return [{"text": f"Startdato for {listed(names)}.", "sources": sorted(sources)}] if names else []

    def _block(self, block: Block) -> None:
        content = CONTENTS[block.block]
        programme = block.programme or self.programme
        keys = {measure: self._key(measure, block) for measure in content.measures}
        for measure, key in keys.items():
            self.measured.measure(key, measure, programme, block.year, with_list=measure in content.lists)
        said = [rule for topic in content.topics for rule in self._said(programme, topic)]
        shown = [rule_data(rule, programme) for rule in said]
        self.rules += [rule for rule in shown if rule not in self.rules]
        numbers = [self._number(rule, block) for rule in said if rule.event.rule in content.numbers]
        if content.topics and not said and block.block != "asked-of":
            topics = listed([TOPICS_DA.get(topic, topic) for topic in content.topics])
            text = f"Regler om {topics}: ingen kendes for {programme} pr. {when(str(self.day))}."
            self.measured.unknown.append({"text": text, "sources": []})
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

    def _said(self, programme: str, topic: str) -> list[Said]:
        """The rules of a topic. Where the answer's own day is lost, it has said them on the day that stands for it."""
        own = self.key if str(self.day) == _default_day(self.question) else None
        return rules_on(self.dossier, programme, topic, self.day, lost=own)

    def _number(self, said: Said, block: Block) -> str | None:
        """Give a rule that is a number a place among the figures."""
        if (made := number_data(said)) is None:
            return None
        key = self._key(said.event.rule, block)
        self.measured.unknown += number_unknown(said, self.day)
        self.measured.figures[key] = made
        return key
