"""Bytes and facts: what was written once is read for ever (golden files), and nothing is lost on the way."""

import math
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from events.base import Change, Correction, Event
from events.catalogue import CATALOGUE
from events.codec import EVENTS, Envelope, UndecodableError, decode, digest, encode, encode_data, fact_id
from events.decider import Thing
from events.intake import Value
from events.reporting import Alteration
from events.store import Line, fact_of
from events.upcasts import newest_tag
from tests.support.builders import completed, fact

GOLDEN = Path(__file__).parent / "golden"

MADE_WITH = {
    "program": "spor 0.1.0", "source": "7e" * 32, "fonts": "læserens egne; ingen er indlejret",
    "locale": "dansk, i programmet", "time_zone": "Europe/Copenhagen, tzdata 2026a",
}  # fmt: skip

CITED_S0 = {"file": "000_740e652e0c3186f3.txt", "sentence": "Der kan optages fire kommuner om året."}

SUMMARIES: dict[str, tuple[str, dict[str, Any]]] = {
    "intake.source-registered.v1": (
        "source/esdh",
        {
            "sources": ("urn:spor:source:esdh", "urn:spor:source:esdh-2"),
            "types": ("intake.application-submitted.v1",),
            "programmes": ("eksempel",),
            "municipalities": ("0101", "0851"),
            "acts_for": "kommunernes ESDH",
        },
    ),
    "intake.source-revoked.v1": (
        "source/esdh",
        {"reason": "Systemet er lukket, og nøglen med det.", "authority": "driften"},
    ),
    "intake.operator-acted.v1": (
        "operation/op-1",
        {
            "act": "promote-view",
            "of": "reporting/facts",
            "instance": 1,
            "reason": "Forskellen er rettelsen af fejlen fra februar.",
            "by": "taskforce",
            "person": "abcdefghijklmnopabcd",
            "on": "2031-03-01",
        },
    ),
    "reporting.material-read.v1": (
        "reading/2031-03-01_abcdefghijklmnopabcd",
        {
            "on": "2031-03-01",
            "reader": "abcdefghijklmnopabcd",
            "machine": "reader/esdh",
            "role": "municipality",
            "reads_for": "0101",
            "what": "engagement-page",
            "about": "engagement/eks-1",
            "position": 41,
            "road": "http",
        },
    ),
    "intake.rule-stated.v1": (
        "rule/boern-unge_capacity_per_year",
        {
            "programme": "boern-unge",
            "topic": "capacity",
            "rule": "capacity_per_year",
            "text": "Der kan optages fire kommuner om året.",
            "value": 4,
            "unit": "municipalities per year",
            "approximate": True,
            "said_on": "2018-12-06",
            "said_by": "Socialstyrelsen",
            "question": "20181-S71-3",
            "citation": CITED_S0,
        },
    ),
    "intake.rule-adopted.v1": (
        "rule/eksempel_phases",
        {
            "programme": "eksempel",
            "topic": "phases",
            "rule": "phases",
            "text": "Analyse, udvikling, status.",
            "value": ("analysis", "development", "status"),
            "unit": "phases",
            "valid_from": "2030-01-01",
            "authority": "styregruppen",
        },
    ),
    "intake.name-stated.v1": (
        "name/socialstyrelsen",
        {
            "body": "socialstyrelsen",
            "name": "Socialstyrelsen",
            "printed": "Social\N{SOFT HYPHEN}styrelsen",
            "role": "styrelse",
            "said_on": "[2017-09-15..]",
            "said_by": "børne- og socialministeren",
            "citation": {"file": "002_19a773032c0f70b0.txt", "sentence": "Socialstyrelsen har oplyst følgende"},
        },
    ),
    "intake.municipality-known.v1": (
        "name/kommune-0210",
        {
            "code": "0210",
            "name": "Fredensborg",
            "region": "Region Hovedstaden",
            "valid_from": "2007-01-01",
            "valid_to": "2026-12-31",
            "authority": "indenrigsministeriet",
        },
    ),
    "intake.application-round-opened.v1": (
        "round/2031-1",
        {"programme": "eksempel", "year": 2031, "opens": "2031-01-02", "deadline": "2031-03-01T12:00:00+01:00"},
    ),
    "intake.application-submitted.v1": (
        "application/eks-1",
        {
            "programme": "eksempel",
            "round": "2031-1",
            "municipality": "0101",
            "received_at": "2031-02-28T09:00:00+01:00",
            "director_signature": {"role": "director", "on": "2031-02-20"},
            "political_backing": {"body": "Børneudvalget", "on": "2031-02-10", "item": "pkt. 7"},
            "rules": (3, 4),
            "missing": ("political_backing",),
            "due": "2031-03-14",
        },
    ),
    "intake.missing-parts-requested.v1": (
        "application/eks-6",
        {
            "programme": "eksempel",
            "parts": ("political_backing", "budget"),
            "due": "2031-03-17",
            "on": "2031-03-03",
            "rules": (9,),
        },
    ),
    "intake.application-completed.v1": (
        "application/eks-7",
        {
            "programme": "eksempel",
            "on": "2031-03-10",
            "director_signature": {"role": "director", "on": "2031-03-05"},
            "political_backing": {"body": "byrådet", "on": "2031-03-06", "item": "pkt. 3"},
            "parts": ("budget",),
        },
    ),
    "intake.application-assessed.v1": (
        "application/eks-8",
        {
            "programme": "eksempel",
            "on": "2031-03-20",
            "scores": (
                {"criterion": "motivation", "score": 4, "text": "Et fælles mål i ledelsen."},
                {"criterion": "readiness", "score": 2, "text": "To ledere er på vej."},
            ),
            "rules": (10, 11),
        },
    ),
    "intake.steering-group-decided.v1": (
        "application/eks-2",
        {
            "programme": "eksempel",
            "outcome": "waiting-list",
            "on": "2031-04-01",
            "bodies": ("Ankestyrelsen", "Socialstyrelsen"),
            "reasons": "Øvrige aktiviteter er ikke beskrevet.",
            "rules": (5,),
        },
    ),
    "intake.interest-declared.v1": (
        "application/eks-9",
        {"programme": "eksempel", "body": "Ankestyrelsen", "on": "2031-04-02"},
    ),
    "intake.application-promoted.v1": (
        "application/eks-9",
        {"programme": "eksempel", "on": "2031-05-06", "reasons": "En plads blev ledig.", "rules": (5,)},
    ),
    "intake.application-withdrawn.v1": (
        "application/eks-10",
        {"programme": "eksempel", "on": "2031-05-02", "reason": "Omlægning af forvaltningen."},
    ),
    "intake.place-taken.v1": (
        "year/eksempel_2031",
        {
            "programme": "eksempel",
            "year": 2031,
            "application": "eks-1",
            "municipality": "0101",
            "place": 4,
            "rules": (5,),
        },
    ),
    "intake.place-released.v1": (
        "year/eksempel_2031",
        {"programme": "eksempel", "year": 2031, "application": "eks-1", "municipality": "0101", "place": 4},
    ),
    "intake.agreement-concluded.v1": (
        "application/eks-3",
        {
            "programme": "eksempel",
            "municipality": "0151",
            "on": "2031-05-01",
            "political_adoption": {"body": "byrådet", "on": "2031-04-25", "item": "pkt. 12"},
            "rules": (6,),
        },
    ),
    "engagement.participation-stated.v1": (
        "participation/boern-unge_0580",
        {
            "programme": "boern-unge",
            "municipality": "0580",
            "kind": "long",
            "said_on": "2014-03-19",
            "said_by": "Socialstyrelsen",
            "begun": {"when": "2013", "printed": "i 2013", "bounded": "2013"},
            "phase": "development",
            "phase_in": {"when": "2014", "printed": "i 2014", "bounded": "[2014-01-01..2014-03-19]"},
            "ended": {"when": "[..2014-03]", "printed": "inden marts 2014", "bounded": "[..2014-03-19]"},
            "expected_end": {"when": "2016-01~", "printed": "primo 2016"},
            "question": "20131-SOU-262",
            "citation": {"file": "001_3b380193186e0aac.txt", "sentence": "Aabenraa i 2013."},
        },
    ),
    "engagement.engagement-opened.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "municipality": "0101", "application": "eks-1", "on": "2031-05-01"},
    ),
    "engagement.phase-started.v1": (
        "engagement/eks-4",
        {"programme": "eksempel", "phase": "analysis", "on": "2031-06~", "planned_end": "2031-11", "rules": (7,)},
    ),
    "engagement.phase-completed.v1": (
        "engagement/eks-5",
        {"programme": "eksempel", "phase": "analysis", "on": "2031-11", "rules": (7, 8)},
    ),
    "engagement.participation-opened.v1": (
        "participation/eksempel_0101",
        {"programme": "eksempel", "municipality": "0101", "engagement": "eks-1", "on": "2031-05-01"},
    ),
    "engagement.participation-closed.v1": (
        "participation/eksempel_0101",
        {"programme": "eksempel", "municipality": "0101", "engagement": "eks-1", "on": "2033-06~"},
    ),
    "engagement.engagement-completed.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "on": "2033-06-30", "rules": (8,)},
    ),
    "engagement.engagement-discontinued.v1": (
        "engagement/eks-2",
        {"programme": "eksempel", "on": "2032-02", "reason": "Kommunen omlægger området og udtræder."},
    ),
    "engagement.catalogue-adopted.v1": (
        "catalogue/mp-2030",
        {
            "programme": "eksempel",
            "title": "Målepunkter 2030",
            "law": "barnets lov",
            "valid_from": "2030-01-01",
            "valid_to": "2031-12-31",
            "points": (
                {
                    "id": "MP-UND-24",
                    "requirement": "Underretningen er vurderet.",
                    "reviewer": "legal",
                    "law": "barnets lov",
                    "limit": "24 timer",
                },
                {"id": "MP-INDSATS", "requirement": "Indsatsen svarer til behovet.", "reviewer": "social_work"},
            ),
            "authority": "Ankestyrelsen",
        },
    ),
    "engagement.sample-drawn.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "sample": 2,
            "catalogue": "mp-2030",
            "drawn_on": "2033-04-04",
            "population": 140,
            "method": "Hver syvende sag fra en tilfældig begyndelse.",
            "review_from": "2031-06-01",
            "review_to": "2033-03-31",
            "cases": ({"number": 1, "commitment": "1c" * 32}, {"number": 2, "commitment": "2d" * 32}),
            "comparable": True,
            "rules": (9,),
        },
    ),
    "engagement.case-scored.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "sample": 2,
            "case": 17,
            "reviewer": "legal",
            "on": "2033-05-02",
            "scores": (
                {"point": "MP-UND-24", "score": "kept_lawful_exception"},
                {"point": "MP-BFU-4M", "score": "not_kept", "days_over": 33},
            ),
        },
    ),
    "engagement.sample-scored.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "sample": 2,
            "on": "2033-05-20",
            "cases": ({"case": 1, "reviewer": "social_work", "scores": ({"point": "MP-INDSATS", "score": "kept"},)},),
            "tally": (
                {
                    "point": "MP-UND-24",
                    "kept": 9,
                    "kept_lawful_exception": 1,
                    "not_kept": 3,
                    "not_relevant": 6,
                    "not_documented": 1,
                },
                {"point": "MP-INDSATS", "kept": 20},
            ),
        },
    ),
    "engagement.finding-made.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "theme": "notifications",
            "kind": "challenge",
            "text": "Vurderingen af underretninger er ikke skrevet ned.",
            "finding": "f-1",
            "on": "2031-09",
        },
    ),
    "engagement.recommendation-made.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "recommendation": "a-1",
            "theme": "notifications",
            "text": "Indfør en fast skabelon for vurdering inden 24 timer.",
            "from_finding": "f-1",
            "on": "2031-10",
        },
    ),
    "engagement.recommendation-declined.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "recommendation": "a-2",
            "reason": "Kommunen har valgt en anden organisering.",
            "on": "2031-12-08",
        },
    ),
    "engagement.development-plan-adopted.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "on": "2031-12-15", "body": "Børneudvalget"},
    ),
    "engagement.goal-set.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "goal": "m-1",
            "text": "Alle underretninger vurderes til tiden.",
            "indicator": "Andel vurderet inden 24 timer.",
            "activity": "Skabelon og ugentlig gennemgang.",
            "responsible": "afdelingslederen",
            "due": "2032-12",
            "recommendations": ("a-1", "a-3"),
            "on": "2031-12-15",
        },
    ),
    "engagement.goal-status-reported.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "goal": "m-1",
            "status": "in_progress",
            "on": "2032-06-01",
            "text": "Skabelonen er i brug i to af tre teams.",
        },
    ),
    "engagement.service-delivered.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "kind": "teaching",
            "title": "Den gode undersøgelse",
            "on": "2032-02-03",
            "participants": 24,
        },
    ),
    "engagement.interviews-held.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "group": "rådgivere", "count": 8, "on": "2031-08"},
    ),
    "engagement.material-received.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "kind": "skriftlige procedurer", "count": 12, "on": "2031-07-01"},
    ),
    "engagement.municipal-account-received.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "on": "2033-04-20",
            "document": {"media": "application/pdf", "size": 48213, "commitment": "4e" * 32},
        },
    ),
    "engagement.assessment-made.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "area": "involvement",
            "text": "Børn tales oftere med end før.",
            "on": "2033-06-01",
        },
    ),
    "engagement.report-presented.v1": (
        "engagement/eks-1",
        {"programme": "eksempel", "report": "status", "body": "Børneudvalget", "on": "2033-06-20"},
    ),
    "engagement.report-published-by-municipality.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "report": "analysis",
            "url": "https://kommune.example/analyse",
            "on": "2031-12-16",
        },
    ),
    "engagement.short-service-held.v1": (
        "short-service/eks-temadag-1",
        {
            "programme": "eksempel",
            "kind": "theme-day",
            "title": "Barnets stemme",
            "on": "2031-10-02",
            "municipalities": ("0101", "0580"),
            "participants": 60,
        },
    ),
    "reporting.figure-stated.v1": (
        "figure/boern-unge_started",
        {
            "programme": "boern-unge",
            "measure": "started",
            "unit": "municipalities",
            "year": 2018,
            "since": 2012,
            "value": 2,
            "members": ("0773", "0540"),
            "complete": True,
            "said_on": "2018-12-06",
            "said_by": "Socialstyrelsen",
            "question": "20181-S71-3",
            "citation": {
                "file": "000_740e652e0c3186f3.txt",
                "sentence": "- Morsø Kommune\n- Sønderborg Kommune",
            },
        },
    ),
    "reporting.question-received.v1": (
        "question/20161-SOU-534",
        {
            "session": "20161",
            "committee": "SOU",
            "number": "534",
            "committee_name": "Folketingets Social-, Indenrigs- og Børneudvalg",
            "minister": "børne- og socialministeren",
            "asked_on": "2017-09-15",
            "asker": {"name": "Lars Aslan Rasmussen", "party": "S"},
            "text": "Hvad er arsagen?",
            "read_as": "Hvad er årsagen?",
            "assertions": (
                {
                    "about": "Nyborg Kommune",
                    "municipality": "0450",
                    "citation": {"file": "002_19a773032c0f70b0.txt", "sentence": "fejlprocenter"},
                },
            ),
            "refers_to": ("SOU spm. 80",),
            "citation": {"file": "002_19a773032c0f70b0.txt", "sentence": "Hvad er arsagen?"},
        },
    ),
    "reporting.answer-drafted.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "blocks": ({"block": "long", "year": 2018, "programme": "handicap"}, {"block": "criteria"}),
            "as_of": "2018-12-06",
        },
    ),
    "reporting.answer-sent.v1": (
        "question/20231-SOU-198",
        {
            "on": "2024-02-28",
            "printed_on": "28. februar 2024",
            "signed_by": "Pernille Rosenkrantz-Theil",
            "ministry": "Social-, Bolig- og Ældreministeriet",
            "contributor": "Social- og Boligstyrelsen",
            "sagsnr": "2024 - 1289",
            "doknr": "766190",
            "final": True,
            "requests": (
                {
                    "of": "Langeland Kommune",
                    "municipality": "0482",
                    "what": "udtalelse",
                    "citation": {"file": "004_a44851538a5cd7c2.txt", "sentence": "har anmodet om"},
                },
            ),
            "refers_to": ("SOU spm. 80",),
            "attachments": ("Bilag 1",),
            "lost": ("brevhovedet",),
            "citation": {"file": "004_a44851538a5cd7c2.txt", "sentence": "Med venlig hilsen"},
        },
    ),
    "reporting.answer-sent.v1.2": (
        "question/20231-SOU-198",
        {
            "on": "2024-02-28",
            "printed_on": "28. februar 2024",
            "signed_by": "Pernille Rosenkrantz-Theil",
            "ministry": "Social-, Bolig- og Ældreministeriet",
            "contributor": "Social- og Boligstyrelsen",
            "sagsnr": "2024 - 1289",
            "doknr": "766190",
            "final": True,
            "requests": (
                {
                    "of": "Langeland Kommune",
                    "municipality": "0482",
                    "what": "udtalelse",
                    "citation": {"file": "004_a44851538a5cd7c2.txt", "sentence": "har anmodet om"},
                },
            ),
            "refers_to": ("SOU spm. 80",),
            "attachments": ("Bilag 1",),
            "lost": ("brevhovedet",),
            "draft": 12,
            "citation": {"file": "004_a44851538a5cd7c2.txt", "sentence": "Med venlig hilsen"},
        },
    ),
    "reporting.answer-approved.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "draft": 12,
            "read_at": 152,
            "approved_by": "departementschefen",
            "on": "2018-12-05",
        },
    ),
    "reporting.supplement-sent.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "draft": 161,
            "on": "2031-03-01",
            "signed_by": "ministeren",
            "ministry": "Socialministeriet",
            "sagsnr": "2031-77",
            "doknr": "4711",
        },
    ),
    "reporting.supplement-dismissed.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "draft": 161,
            "on": "2031-03-01",
            "reason": "Forskellen er en tastefejl i en bilagsliste.",
            "authority": "ministeriets kontor",
        },
    ),
    "reporting.held-dismissed.v1": (
        "held/inbox-713",
        {
            "about": "application/eks-9",
            "inbox": 713,
            "behind": True,
            "reason": "Kilden har sendt den igen i en anden form.",
            "authority": "driften",
        },
    ),
    "reporting.held-dismissed.v1.2": (
        "held/fact-88",
        {
            "about": "engagement/eks-9",
            "cause": 88,
            "reason": "Aftalen er ført på en anden måde.",
            "authority": "driften",
        },
    ),
    "intake.source-registered.v1.2": (
        "source/gennemgang",
        {
            "sources": ("urn:spor:source:gennemgang",),
            "types": ("*",),
            "programmes": ("eksempel",),
            "municipalities": ("*",),
            "acts_for": "Task Forcens gennemgang",
            "role": "taskforce",
        },
    ),
    "engagement.comment-made.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "report": "analysis",
            "text": "Antallet af medarbejdere er 41, ikke 14.",
            "on": "2031-11-12",
        },
    ),
    "engagement.reservation-made.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "report": "analysis",
            "text": "Ledelsen har ændret arbejdsgangene efter gennemgangen.",
            "on": "2031-11-20",
        },
    ),
    "intake.corrected.v1": (
        "application/eks-1",
        {
            "programme": "eksempel",
            "position": 12,
            "field": "/reasons",
            "was": "Motiveret.",
            "is": "Motiveret og klar.",
            "reason": "Begrundelsen manglede.",
            "authority": "sekretariatet",
            "follows": ({"position": 13, "field": "/score", "was": 1, "is": 2},),
        },
    ),
    "intake.annulled.v1": (
        "application/eks-1",
        {
            "programme": "eksempel",
            "position": 11,
            "reason": "Vurderingen hørte til en anden ansøgning.",
            "authority": "sekretariatet",
        },
    ),
    "engagement.corrected.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "position": 60,
            "field": "/scores/1/score",
            "was": "kept",
            "is": "not_kept",
            "reason": "Samtalen lå efter afgørelsen.",
            "authority": "Ankestyrelsens anden læser",
            "follows": (
                {"position": 100, "field": "/tally/1/kept", "was": 9, "is": 8},
                {"position": 100, "field": "/tally/1/not_kept", "was": 1, "is": 2},
            ),
        },
    ),
    "engagement.annulled.v1": (
        "engagement/eks-1",
        {
            "programme": "eksempel",
            "position": 48,
            "reason": "Ydelsen blev aflyst.",
            "authority": "Task Forcen",
        },
    ),
    "reporting.corrected.v1": (
        "figure/boern-unge_long",
        {
            "programme": "boern-unge",
            "position": 152,
            "field": "/value",
            "was": 23,
            "is": 24,
            "reason": "Tallet var læst forkert.",
            "authority": "redaktionen",
            "follows": ({"position": 153, "field": "/value", "was": 1, "is": 2},),
        },
    ),
    "reporting.annulled.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "position": 5,
            "reason": "Spørgsmålet var indtastet to gange.",
            "authority": "redaktionen",
        },
    ),
    "reporting.report-issued.v1.2": (
        "report/7c1e",
        {
            "kind": "analysis",
            "about": "eks-1",
            "municipality": "0101",
            "programme": "eksempel",
            "audience": "municipality",
            "as_of": "2031-12-01",
            "position": 141,
            "template": "analysis.1",
            "documents": ({"media": "text/html", "digest": "5d" * 32, "size": 30117},),
        },
    ),
    "reporting.report-issued.v1": (
        "report/9f2c",
        {
            "kind": "answer",
            "question": "20181-S71-3",
            "programme": "boern-unge",
            "audience": "public",
            "as_of": "2018-12-06",
            "position": 152,
            "template": "answer.1",
            "documents": ({"media": "text/html", "digest": "3b" * 32, "size": 48213},),
        },
    ),
    "reporting.report-issued.v2": (
        "report/9f2c",
        {
            "kind": "answer",
            "question": "20181-S71-3",
            "programme": "boern-unge",
            "audience": "public",
            "as_of": "2018-12-06",
            "position": 152,
            "root": "c4" * 32,
            "template": "answer.2",
            "made_with": MADE_WITH,
            "documents": ({"media": "text/html", "digest": "3b" * 32, "size": 48213},),
        },
    ),
    "reporting.report-issued.v2.2": (
        "report/7c1e",
        {
            "kind": "status",
            "about": "eks-1",
            "municipality": "0101",
            "programme": "eksempel",
            "audience": "municipality",
            "as_of": "2033-12-01",
            "position": 161,
            "root": "c5" * 32,
            "template": "status.2",
            "made_with": MADE_WITH,
            "documents": ({"media": "text/html", "digest": "5d" * 32, "size": 30117},),
            "supersedes": {
                "report": "eks-1-status-municipality-5d",
                "position": 141,
                "changes": ({"field": "/measurement/second/size", "was": 20, "is": 19}, {"field": "/account"}),
                "reasons": (
                    {"position": 160, "reason": "Samtalen lå efter.", "authority": "Task Forcens anden læser"},
                    {"position": 161},
                ),
                "more": 2,
            },
        },
    ),
    "reporting.supplement-drafted.v1": (
        "question/20181-S71-3",
        {
            "programme": "boern-unge",
            "as_of": "2018-12-06",
            "position": 160,
            "root": "c6" * 32,
            "supersedes": {
                "report": "20181-S71-3-3b3b3b3b3b3b",
                "position": 152,
                "changes": ({"field": "/figures/long/value", "was": 23, "is": 22},),
                "reasons": ({"position": 160, "reason": "Tallet var læst forkert.", "authority": "redaktionen"},),
            },
        },
    ),
}
"""What each golden file says, by hand: its thing, and every field of its event.

A file is named for its type; where fields were added later, the first file stays as it was, and another one (`.2`) has
them, too.
"""

FOLLOWED = {"engagement.engagement-opened.v1", "engagement.participation-opened.v1"}
"""What follows from another owner's fact, and from no claim."""


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def type_of(name: str) -> str:
    """The type that a golden file is of."""
    return re.sub(r"(\.v\d+)\.\d+$", r"\1", name)


def test_every_type_that_ever_was_has_a_golden_file_and_no_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(SUMMARIES)
    assert set(EVENTS) <= {type_of(name) for name in SUMMARIES}


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_golden_fact_reads_as_its_summary_says(name: str) -> None:
    subject, fields = SUMMARIES[name]
    tag, read = type_of(name), decode(42, golden(name))
    assert msgspec.to_builtins(read.event) == fields
    assert (str(read.thing), read.event.tag, read.position) == (subject, newest_tag(tag), 42)
    assert read.envelope.source == f"/spor/{tag.partition('.')[0]}"
    assert read.envelope.dataschema == f"urn:spor:schema:{tag}"
    assert (read.envelope.time, read.envelope.recordedtime) == ("2031-03-01T09:12:00.000Z", "2031-03-01T09:12:01.337Z")
    assert (read.envelope.correlationid, read.envelope.causationid) == ("sag 2031-17", "esdh/6f0d.1")
    if tag in FOLLOWED:
        assert read.envelope.claimsource is msgspec.UNSET
    else:
        assert (read.envelope.claimsource, read.envelope.claimid) == ("esdh", "6f0d.1")
        assert read.envelope.claimdigest == "ab" * 32


@pytest.mark.parametrize("tag", EVENTS)
def test_the_golden_facts_of_a_type_set_every_field_of_it(tag: str) -> None:
    told = [set(fields) for name, (_, fields) in SUMMARIES.items() if type_of(name) == tag]
    assert set().union(*told) == set(EVENTS[tag].__struct_encode_fields__)


@pytest.mark.parametrize("name", [name for name in SUMMARIES if type_of(name) in EVENTS])
def test_a_golden_fact_would_be_written_with_the_same_bytes_today(name: str) -> None:
    read = decode(1, golden(name))
    assert encode_data(read.event) == read.envelope.data
    assert encode(read.envelope) == golden(name)


def test_the_digest_is_that_of_the_exact_bytes() -> None:
    body = golden("engagement.engagement-opened.v1")
    assert decode(1, body).digest == digest(body)
    assert decode(1, body.replace(b'","', b'", "')).digest != digest(body)
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_id_of_a_fact_follows_from_its_cause_and_its_number() -> None:
    assert fact_id("esdh/1", 0) == fact_id("esdh/1", 0)
    assert len({fact_id("esdh/1", 0), fact_id("esdh/1", 1), fact_id("esdh/10", 0), fact_id("esdh", 10)}) == 4


def test_a_field_added_later_has_its_default_in_an_old_fact() -> None:
    body = msgspec.json.decode(golden("engagement.phase-started.v1"))
    del body["data"]["rules"], body["data"]["planned_end"]
    assert decode(1, msgspec.json.encode(body)).event == msgspec.structs.replace(
        decode(1, golden("engagement.phase-started.v1")).event, rules=(), planned_end=None
    )


def test_an_application_from_before_completion_lacks_nothing() -> None:
    body = msgspec.json.decode(golden("intake.application-submitted.v1"))
    del body["data"]["missing"], body["data"]["due"]
    assert decode(1, msgspec.json.encode(body)).event == msgspec.structs.replace(
        decode(1, golden("intake.application-submitted.v1")).event, missing=(), due=None
    )


def test_a_field_that_a_later_release_added_does_not_disturb() -> None:
    body = msgspec.json.decode(golden("engagement.phase-started.v1"))
    body["data"]["mood"], body["weather"] = "fine", "grey"
    assert decode(1, msgspec.json.encode(body)).event == decode(1, golden("engagement.phase-started.v1")).event


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"fact"', b"{}", b"\xff\xfe", b"[" * 100_000,
        golden("engagement.phase-started.v1").replace(b"phase-started", b"phase-guessed"),
        golden("engagement.phase-started.v1").replace(b'"phase":"analysis",', b""),
        golden("engagement.phase-started.v1").replace(b'"rules":[7]', b'"rules":["7"]'),
        golden("engagement.phase-started.v1").replace(b'"actor":', b'"author":'),
    ],
)  # fmt: skip
def test_a_body_in_no_shape_that_can_be_read_is_named_by_its_position(body: bytes) -> None:
    with pytest.raises(UndecodableError, match="position 17"):
        decode(17, body)


def test_a_fact_that_stands_below_another_things_subject_is_not_read() -> None:
    body = fact(3, "engagement/eks-1", completed("status", "2033")).body
    assert fact_of(Line(3, "log.engagement.engagement.eks-1", body)).thing == Thing("engagement", "eks-1")
    for subject in ("log.engagement.engagement.eks-2", "log.intake.engagement.eks-1", "log.engagement.phase.eks-1"):
        with pytest.raises(UndecodableError, match="position 3"):
            fact_of(Line(3, subject, body))


@pytest.mark.parametrize("subject", ["phase/eks-1", "", "/", "eks-1"])
def test_a_fact_about_a_kind_of_thing_that_nobody_owns_is_not_read(subject: str) -> None:
    body = fact(3, subject, completed("status", "2033")).body
    with pytest.raises(UndecodableError, match="position 3"):
        fact_of(Line(3, "log.engagement.engagement.eks-1", body))


# -- laws

whole = st.integers(min_value=-(2**63), max_value=2**64 - 1)
st.register_type_strategy(int, whole)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
values = st.none() | st.booleans() | whole | st.text(max_size=9) | st.lists(st.text(max_size=9), max_size=3)
for change in (Change, Alteration):
    st.register_type_strategy(change, lambda type_: st.builds(type_, was=values, is_=values))
for corrected in (event for event in EVENTS.values() if issubclass(event, Correction)):
    st.register_type_strategy(corrected, lambda type_: st.builds(type_, was=values, is_=values))
events = st.sampled_from(sorted(EVENTS)).flatmap(lambda tag: st.from_type(EVENTS[tag]))
text = st.text(max_size=30)


@given(events, text, text)
def test_every_event_survives_encoding(event: Event, claim_id: str, actor: str) -> None:
    entry = CATALOGUE[event.tag]
    envelope = Envelope(
        id=fact_id("c", 0), source=f"/spor/{entry.owner}", type=event.tag, subject=f"{entry.kinds[0]}/x", time="t",
        dataschema=entry.schema, recordedtime="t", correlationid="c", causationid="c", claimsource="esdh",
        claimid=claim_id, claimdigest="d", actor=actor, data=encode_data(event),
    )  # fmt: skip
    read = decode(5, encode(envelope))
    assert read.event == event
    assert (read.envelope.claimid, read.envelope.actor) == (claim_id, actor)
    assert encode(read.envelope) == encode(envelope) == read.body


@given(st.from_type(Value))  # type: ignore[arg-type]
def test_a_rules_value_keeps_its_kind(value: Value) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(value), type=Value)
    assert kept == value
    assert type(kept) is type(value)
    assert not isinstance(kept, float) or math.isfinite(kept)
