"""Every type is told, owned and shown to somebody."""

import re
from pathlib import Path

import pytest

from events import engagement, intake, reporting
from events.base import Citation
from events.catalogue import (
    CATALOGUE,
    ENTRIES,
    EVERYONE,
    OWNER_OF,
    OWNERS,
    TOKEN,
    UNADDRESSED,
    audiences,
    entry_of,
    log_subject,
    question_key,
    told,
)
from events.codec import EVENTS, decode
from events.decider import Thing

GOLDEN = Path(__file__).parent / "golden"

DANISH = {
    "intake.source-registered.v1": "Kilden er registreret og taler for kommunernes ESDH.",
    "intake.source-revoked.v1": "Driften trak kildens registrering tilbage: Systemet er lukket, og nøglen med det.",
    "intake.operator-acted.v1": (
        "Task Forcen lod den nye udgave tage over i visningen reporting/facts 1. marts 2031: Forskellen er rettelsen af"
        " fejlen fra februar."
    ),
    "reporting.material-read.v1": (
        "Kommunen læste ikke-offentligt materiale 1. marts 2031: et forløbs side (engagement/eks-1); læser"
        " abcdefghijklmnopabcd."
    ),
    "intake.rule-stated.v1": ("Socialstyrelsen oplyste: Der kan optages fire kommuner om året."),
    "intake.rule-adopted.v1": ("Styregruppen vedtog, gældende fra 1. januar 2030: Analyse, udvikling, status."),
    "intake.name-stated.v1": (
        "Børne- og socialministeren brugte navnet »Social\N{SOFT HYPHEN}styrelsen« om Socialstyrelsen."
    ),
    "intake.municipality-known.v1": (
        "Kommune nr. 0210 hedder Fredensborg og hører til Region Hovedstaden fra 1. januar 2007, efter"
        " indenrigsministeriet."
    ),
    "intake.application-round-opened.v1": (
        "Ansøgningspuljen for 2031 åbnede 2. januar 2031 med frist 1. marts 2031 kl. 12.00."
    ),
    "intake.application-submitted.v1": "København ansøgte i puljen 2031-1; modtaget 28. februar 2031 kl. 09.00.",
    "intake.missing-parts-requested.v1": (
        "Kommunen blev 3. marts 2031 bedt om dokumentation for politisk opbakning og budget, senest 17. marts 2031."
    ),
    "intake.application-completed.v1": "Manglende dele af ansøgningen blev modtaget 10. marts 2031.",
    "intake.application-assessed.v1": "Ansøgningen blev vurderet 20. marts 2031.",
    "intake.steering-group-decided.v1": "Styregruppen afgjorde ansøgningen 1. april 2031: sat på venteliste.",
    "intake.application-promoted.v1": "Ansøgningen blev optaget fra ventelisten 6. maj 2031.",
    "intake.interest-declared.v1": (
        "Ankestyrelsen oplyste 2. april 2031 at have en interesse i ansøgningen og deltager ikke i afgørelsen."
    ),
    "intake.application-withdrawn.v1": "Kommunen trak ansøgningen tilbage 2. maj 2031.",
    "intake.place-released.v1": "København gav plads nr. 4 i 2031 fri (ansøgning eks-1).",
    "intake.place-taken.v1": "København fik plads nr. 4 i 2031 (ansøgning eks-1).",
    "intake.agreement-concluded.v1": ("Aftalen om et længerevarende forløb med Ballerup blev indgået 1. maj 2031."),
    "engagement.participation-stated.v1": ("Socialstyrelsen oplyste om et længerevarende forløb i Aabenraa."),
    "engagement.engagement-opened.v1": "Et længerevarende forløb med København begyndte 1. maj 2031.",
    "engagement.phase-started.v1": "Analysefasen begyndte omkring juni 2031.",
    "engagement.phase-completed.v1": "Analysefasen blev afsluttet november 2031.",
    "engagement.participation-opened.v1": ("København deltager i et længerevarende forløb (eks-1) fra 1. maj 2031."),
    "engagement.participation-closed.v1": (
        "København deltager ikke længere i forløbet eks-1; det endte omkring juni 2033."
    ),
    "engagement.engagement-completed.v1": "Forløbet blev afsluttet 30. juni 2033.",
    "engagement.engagement-discontinued.v1": "Forløbet blev afbrudt februar 2032.",
    "engagement.comment-made.v1": "Kommunen havde 12. november 2031 bemærkninger til fakta i udkastet til analyserapporten.",
    "engagement.reservation-made.v1": (
        "Forbehold ved analyserapporten: Ledelsen har ændret arbejdsgangene efter gennemgangen."
    ),
    "intake.corrected.v1": (
        "Sekretariatet rettede /reasons i faktum 12 fra »Motiveret.« til »Motiveret og klar.«: Begrundelsen manglede."
    ),
    "intake.annulled.v1": "Sekretariatet annullerede faktum 11: Vurderingen hørte til en anden ansøgning.",
    "engagement.corrected.v1": (
        "Ankestyrelsens anden læser rettede /scores/1/score i faktum 60 fra »overholdt« til »ikke overholdt«: Samtalen lå efter"
        " afgørelsen."
    ),
    "engagement.annulled.v1": "Task Forcen annullerede faktum 48: Ydelsen blev aflyst.",
    "reporting.corrected.v1": "Redaktionen rettede /value i faktum 152 fra 23 til 24: Tallet var læst forkert.",
    "reporting.annulled.v1": "Redaktionen annullerede faktum 5: Spørgsmålet var indtastet to gange.",
    "engagement.catalogue-adopted.v1": (
        "Ankestyrelsen vedtog målepunkterne »Målepunkter 2030« efter barnets lov, gældende fra 1. januar 2030."
    ),
    "engagement.sample-drawn.v1": (
        "Stikprøve nr. 2 blev trukket 4. april 2033 blandt 140 sager, efter målepunkterne mp-2030."
    ),
    "engagement.case-scored.v1": "Sag nr. 17 i stikprøve nr. 2 blev gennemgået 2. maj 2033 (juridisk gennemgang).",
    "engagement.sample-scored.v1": "Stikprøve nr. 2 er gennemgået og lukket 20. maj 2033.",
    "engagement.finding-made.v1": ("Udfordring (underretninger): Vurderingen af underretninger er ikke skrevet ned."),
    "engagement.recommendation-made.v1": (
        "Anbefaling a-1 (underretninger): Indfør en fast skabelon for vurdering inden 24 timer."
    ),
    "engagement.recommendation-declined.v1": (
        "Kommunen fravalgte anbefaling a-2 8. december 2031: Kommunen har valgt en anden organisering."
    ),
    "engagement.development-plan-adopted.v1": "Udviklingsplanen blev vedtaget af Børneudvalget 15. december 2031.",
    "engagement.goal-set.v1": "Udviklingsmål m-1, frist december 2032: Alle underretninger vurderes til tiden.",
    "engagement.goal-status-reported.v1": "Udviklingsmål m-1 var i gang 1. juni 2032.",
    "engagement.service-delivered.v1": "Task Forcens ydelse (undervisning) 3. februar 2032: Den gode undersøgelse.",
    "engagement.interviews-held.v1": "Interview med rådgivere august 2031: 8.",
    "engagement.material-received.v1": "Materiale modtaget 1. juli 2031: skriftlige procedurer (12).",
    "engagement.municipal-account-received.v1": "Kommunens redegørelse blev modtaget 20. april 2033.",
    "engagement.assessment-made.v1": (
        "Task Forcens vurdering 1. juni 2033 (inddragelse): Børn tales oftere med end før."
    ),
    "engagement.report-presented.v1": "Statusrapporten blev forelagt Børneudvalget 20. juni 2033.",
    "engagement.report-published-by-municipality.v1": (
        "Kommunen offentliggjorde analyserapporten (https://kommune.example/analyse) 16. december 2031."
    ),
    "engagement.short-service-held.v1": (
        "Korterevarende forløb (temadag) 2. oktober 2031 for København og Aabenraa: Barnets stemme."
    ),
    "reporting.figure-stated.v1": "Socialstyrelsen oplyste tal eller navne: begyndt i året.",
    "reporting.question-received.v1": (
        "Folketingets Social-, Indenrigs- og Børneudvalg stillede spørgsmål nr. 534 til børne- og socialministeren"
        " 15. september 2017."
    ),
    "reporting.answer-drafted.v1": "Svarets afsnit blev valgt.",
    "reporting.answer-sent.v1": "Pernille Rosenkrantz-Theil sendte svaret (dato: 28. februar 2024).",
    "reporting.answer-approved.v1": "Departementschefen godkendte udkastet i faktum 12 5. december 2018.",
    "reporting.supplement-sent.v1": "Ministeren sendte et supplerende svar (dato: 1. marts 2031).",
    "reporting.supplement-dismissed.v1": (
        "Ministeriets kontor besluttede 1. marts 2031 ikke at sende udkastet i faktum 161 som supplerende svar:"
        " Forskellen er en tastefejl i en bilagsliste."
    ),
    "reporting.held-dismissed.v1": (
        "Driften afviste det, der var sat til side om application/eks-9: Kilden har sendt den igen i en anden form."
    ),
    "reporting.report-issued.v2": "Svaret pr. 6. december 2018 blev udstedt fra position 152.",
    "reporting.supplement-drafted.v1": (
        "Svaret pr. 6. december 2018 ville i dag være et andet: et udkast til supplerende svar venter på en beslutning."
    ),
}
DERIVED = {
    "intake.place-taken.v1",
    "intake.place-released.v1",
    "engagement.engagement-opened.v1",
    "engagement.participation-opened.v1",
    "engagement.participation-closed.v1",
    "reporting.report-issued.v2",
    "reporting.supplement-drafted.v1",
}
CASEWORK = (
    "sample-drawn", "case-scored", "sample-scored", "finding-made", "recommendation-made", "recommendation-declined",
    "development-plan-adopted", "goal-set", "goal-status-reported", "service-delivered", "interviews-held",
    "material-received", "municipal-account-received", "assessment-made", "reservation-made", "comment-made", "report-presented",
)  # fmt: skip
AMENDED = ("corrected", "annulled")
STATEMENTS = {
    "intake.rule-stated.v1", "intake.name-stated.v1", "engagement.participation-stated.v1", "reporting.figure-stated.v1",
}  # fmt: skip


def test_every_type_of_fact_is_in_the_catalogue_once() -> None:
    assert set(CATALOGUE) == set(EVENTS) == set(DANISH)
    assert len(ENTRIES) == len(CATALOGUE)


@pytest.mark.parametrize("tag", DANISH)
def test_the_danish_sentence_tells_the_golden_fact(tag: str) -> None:
    assert told(decode(1, (GOLDEN / f"{tag}.json").read_bytes()).event) == DANISH[tag]


@pytest.mark.parametrize("tag", CATALOGUE)
def test_the_english_sentence_tells_the_golden_fact_in_other_words(tag: str) -> None:
    sentence = told(decode(1, (GOLDEN / f"{tag}.json").read_bytes()).event, "en")
    assert sentence != DANISH[tag]
    assert re.fullmatch(r"[^{}]+[.]", sentence)
    assert " None" not in sentence


def test_a_missing_date_is_told_as_not_known() -> None:
    sent = reporting.AnswerSent(signed_by="Mai Mercado", citation=Citation(file="f", sentence="s"))
    assert told(sent) == "Mai Mercado sendte svaret (dato: ikke kendt)."


def test_braces_in_a_field_are_only_text() -> None:
    rule = intake.RuleAdopted(
        programme="p", topic="t", rule="r", text="{0.__class__} {text}", value=1, valid_from="2030", authority="a"
    )
    assert told(rule).endswith("{0.__class__} {text}")


@pytest.mark.parametrize("tag", CATALOGUE)
def test_the_tag_begins_with_the_owner_who_alone_may_record_it(tag: str) -> None:
    module = {"intake": intake, "engagement": engagement, "reporting": reporting}[tag.partition(".")[0]]
    assert CATALOGUE[tag].owner == tag.partition(".")[0]
    assert CATALOGUE[tag].event.__module__ == module.__name__
    assert re.fullmatch(r"(intake|engagement|reporting)\.[a-z-]+\.v[1-9]", tag)


def test_each_kind_of_thing_has_one_owner() -> None:
    kinds = [kind for owned in OWNERS.values() for kind in owned]
    assert len(set(kinds)) == len(kinds)
    assert OWNER_OF[UNADDRESSED] == "intake"
    assert {kind for entry in ENTRIES for kind in entry.kinds} == set(kinds)


@pytest.mark.parametrize("tag", CATALOGUE)
def test_each_type_is_seen_by_known_audiences_and_always_by_the_auditor(tag: str) -> None:
    seen_by = CATALOGUE[tag].seen_by
    assert set(seen_by) <= set(EVERYONE)
    assert "auditor" in seen_by
    assert len(set(seen_by)) == len(seen_by)


@pytest.mark.parametrize(
    ("tag", "hidden_from"),
    [
        ("intake.source-registered.v1", {"public", "municipality", "ministry"}),
        ("intake.source-revoked.v1", {"public", "municipality", "ministry"}),
        ("intake.application-submitted.v1", {"public", "ministry"}),
        ("intake.steering-group-decided.v1", {"public"}),
        ("intake.place-taken.v1", {"public"}),
        ("intake.missing-parts-requested.v1", {"public", "ministry"}),
        ("intake.application-completed.v1", {"public", "ministry"}),
        ("intake.application-assessed.v1", {"public", "municipality", "ministry"}),
        ("intake.interest-declared.v1", {"public", "municipality", "ministry"}),
        ("intake.application-promoted.v1", {"public"}),
        ("intake.application-withdrawn.v1", {"public", "ministry"}),
        ("intake.place-released.v1", {"public"}),
        *((f"{owner}.{fact}.v1", {"public", "municipality", "ministry"}) for owner in OWNERS for fact in AMENDED),
        *((f"engagement.{fact}.v1", {"public", "ministry"}) for fact in CASEWORK),
        ("reporting.answer-drafted.v1", {"public", "municipality"}),
    ],
)
def test_casework_decisions_and_drafts_are_hidden_from_some(tag: str, hidden_from: set[str]) -> None:
    assert set(EVERYONE) - set(CATALOGUE[tag].seen_by) == hidden_from


def test_a_discontinuation_is_seen_by_all_and_its_reason_by_few() -> None:
    entry = CATALOGUE["engagement.engagement-discontinued.v1"]
    assert set(entry.seen_by) == set(EVERYONE)
    assert set(EVERYONE) - set(entry.hidden["reason"]) == {"public", "ministry"}


def test_a_report_is_seen_by_its_audience_and_by_those_who_see_all() -> None:
    issued = decode(1, (GOLDEN / "reporting.report-issued.v1.2.json").read_bytes()).event
    assert audiences(issued) == ("municipality", "taskforce", "auditor")
    assert audiences(decode(1, (GOLDEN / "reporting.report-issued.v1.json").read_bytes()).event) == EVERYONE


def test_derived_types_say_what_to_send_instead() -> None:
    assert {tag for tag, entry in CATALOGUE.items() if entry.instead} == DERIVED
    for tag in DERIVED:
        instead, why = CATALOGUE[tag].instead or ("", "")
        assert why
        assert instead in CATALOGUE or instead.startswith("spor ")
        assert instead not in DERIVED


def test_statements_are_marked_as_statements() -> None:
    assert {tag for tag, entry in CATALOGUE.items() if entry.statement} == STATEMENTS


@pytest.mark.parametrize("tag", CATALOGUE)
def test_an_id_that_follows_from_the_content_is_the_golden_facts_own(tag: str) -> None:
    fact = decode(1, (GOLDEN / f"{tag}.json").read_bytes())
    names = entry_of(fact.event).names
    assert fact.thing.kind in CATALOGUE[tag].kinds
    assert names is None or names(fact.event) == fact.thing.id


def test_a_things_facts_stand_below_its_owner() -> None:
    assert log_subject(Thing("application", "eks-1")) == "log.intake.application.eks-1"
    assert log_subject(Thing("participation", "p_0101")) == "log.engagement.participation.p_0101"
    assert log_subject(Thing("question", "20181-S71-3")) == "log.reporting.question.20181-S71-3"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("20131/SOU/262", "20131-SOU-262"),
        ("20181/§71/3", "20181-S71-3"),
        ("20181/SOU/samraad/12", "20181-SOU-samraad-12"),
    ],
)
def test_a_questions_key_is_a_token(text: str, key: str) -> None:
    assert question_key(text) == key
    assert TOKEN.fullmatch(key)


@pytest.mark.parametrize("text", ["", "-a", "_a", "a.b", "a b", "a*", ">", "a/b", "æ", "a" * 65, "a\n", "a\x00"])
def test_what_could_mean_more_than_one_subject_is_no_token(text: str) -> None:
    assert not TOKEN.fullmatch(text)
