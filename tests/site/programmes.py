"""What a Spor must hold before people act in it: a source, and the rules of two programmes, as claims."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from events.dates import COPENHAGEN, local_day

NOW: Final = datetime.now(UTC)
TODAY: Final = str(local_day(NOW))
YEAR: Final = TODAY[:4]
MOMENT: Final = NOW.astimezone(COPENHAGEN).strftime("%Y-%m-%d %H:%M")
DEADLINE: Final = (NOW + timedelta(days=5)).astimezone(COPENHAGEN).strftime("%Y-%m-%d 12:00")
PROGRAMMES: Final = ("boern-unge", "handicap")
RULES: Final[dict[str, Any]] = {
    "director_signature": True, "political_backing": True, "completion_days": 21, "capacity_per_year": 1,
    "criteria": ["motivation", "readiness", "other_activities"], "criterion_scale": [1, 5], "political_adoption": True,
    "phases": ["analysis", "development", "status"], "sample_size": 2, "months_between_samples": [18, 24],
}  # fmt: skip


def claim(type_: str, subject: str, data: dict[str, Any], source: str = "esdh") -> dict[str, Any]:
    """A claim of a source; its id follows from what it is about."""
    id_ = f"{subject.replace('/', '-')}-{type_.partition('.')[2][:-3]}-{data.get('case', '')}"
    envelope = {
        "specversion": "1.0",
        "id": id_,
        "source": f"urn:spor:source:{source}",
        "type": type_,
        "subject": subject,
    }
    return envelope | {"data": data}


def registered() -> dict[str, Any]:
    """The source that says all the rest."""
    data = {"sources": ["urn:spor:source:esdh"], "types": ["*"], "programmes": ["*"], "acts_for": "afprøvning"}
    return claim("intake.source-registered.v1", "source/esdh", data, source="cli")


def rules() -> list[dict[str, Any]]:
    """The rules of both programmes."""
    said = {"topic": "regel", "text": "En regel.", "valid_from": "2020-01-01", "authority": "styregruppen"}
    return [
        claim(
            "intake.rule-adopted.v1",
            f"rule/{programme}_{rule}",
            {"programme": programme, "rule": rule, "value": value, **said},
        )
        for programme in PROGRAMMES
        for rule, value in RULES.items()
    ]


def sample(engagement: str, programme: str) -> list[dict[str, Any]]:
    """A catalogue of one point, and a sample of two cases, scored."""
    name = f"katalog-{engagement}"
    point = {"id": "MP-1", "requirement": "Barnet er hørt.", "reviewer": "legal"}
    catalogue = {
        "programme": programme, "title": "Katalog", "law": "barnets lov", "valid_from": "2020-01-01", "points": [point],
        "authority": "Task Forcen",
    }  # fmt: skip
    drawn = {
        "programme": programme, "sample": 1, "catalogue": name, "drawn_on": TODAY, "population": 40,
        "method": "Lodtrækning.", "review_from": "2020-01-01", "review_to": "2021-01-01",
        "cases": [{"number": number, "commitment": f"{number}" * 64} for number in (1, 2)],
    }  # fmt: skip
    scored = [
        {
            "programme": programme, "sample": 1, "case": case, "reviewer": "legal", "on": TODAY,
            "scores": [{"point": "MP-1", "score": "kept"}],
        }
        for case in (1, 2)
    ]  # fmt: skip
    subject = f"engagement/{engagement}"
    return [
        claim("engagement.catalogue-adopted.v1", f"catalogue/{name}", catalogue),
        claim("engagement.sample-drawn.v1", subject, drawn),
        *(claim("engagement.case-scored.v1", subject, one) for one in scored),
    ]


def course(programme: str, year: int, code: str) -> list[dict[str, Any]]:
    """A round of an earlier year with one application, that was admitted and agreed on; and a sample of its engagement."""
    said, round_ = {"programme": programme}, f"{programme}-{year}"
    subject = f"application/{round_}-{code}"
    scores = [{"criterion": name, "score": 4, "text": "Godt beskrevet."} for name in RULES["criteria"]]
    begun = {"year": year, "opens": f"{year}-01-10", "deadline": f"{year}-03-01T12:00:00+01:00"}
    submitted = {
        "round": round_, "municipality": code, "received_at": f"{year}-02-01T10:00:00+01:00",
        "director_signature": {"role": "director", "on": f"{year}-01-31"},
        "political_backing": {"body": "Udvalget", "on": f"{year}-01-30"},
    }  # fmt: skip
    decided = {
        "outcome": "admitted", "on": f"{year}-04-05", "reasons": "Motivationen er tydelig.",
        "bodies": ["departementet", "Socialstyrelsen", "Ankestyrelsen"],
    }  # fmt: skip
    agreed = {
        "municipality": code, "on": f"{year}-06-20",
        "political_adoption": {"body": "Kommunalbestyrelsen", "on": f"{year}-06-15"},
    }  # fmt: skip
    return [
        claim("intake.application-round-opened.v1", f"round/{round_}", said | begun),
        claim("intake.application-submitted.v1", subject, said | submitted),
        claim("intake.application-assessed.v1", subject, said | {"on": f"{year}-03-28", "scores": scores}),
        claim("intake.steering-group-decided.v1", subject, said | decided),
        claim("intake.agreement-concluded.v1", subject, said | agreed),
    ]
