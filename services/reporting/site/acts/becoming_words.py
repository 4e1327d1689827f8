"""What the parts of a thing's state are called where a form says what becomes different, in both languages."""

from collections.abc import Mapping
from typing import Final

BECOMING_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # rounds, years and applications
    "state-programme": ("program", "programme"),
    "state-year": ("år", "year"),
    "state-opens": ("åbner", "opens"),
    "state-deadline": ("frist", "deadline"),
    "state-round": ("ansøgningspulje", "application round"),
    "state-municipality": ("kommune", "municipality"),
    "state-status": ("status", "status"),
    "state-missing": ("mangler", "missing"),
    "state-director_signature": ("direktørens underskrift", "the director's signature"),
    "state-political_backing": ("politisk opbakning", "political backing"),
    "state-completed_on": ("afsluttet eller komplet den", "completed on"),
    "state-assessed_on": ("vurderet den", "assessed on"),
    "state-scores": ("vurdering", "assessment"),
    "state-decided_on": ("afgjort den", "decided on"),
    "state-promoted_on": ("optaget fra ventelisten den", "admitted from the waiting list on"),
    "state-agreed_on": ("aftale indgået den", "agreed on"),
    "state-withdrawn_on": ("trukket tilbage den", "withdrawn on"),
    "state-taken": ("besatte pladser", "places taken"),
    "state-places": ("pladser", "places"),
    # engagements
    "state-account": ("redegørelse", "account"),
    "state-application": ("ansøgning", "application"),
    "state-completed_phases": ("gennemførte faser", "completed phases"),
    "state-discontinued_on": ("afbrudt den", "discontinued on"),
    "state-ended": ("slut", "ended"),
    "state-expected_end": ("forventet slut", "expected end"),
    "state-goals": ("udviklingsmål", "development goals"),
    "state-opened_on": ("begyndt den", "begun on"),
    "state-phase": ("fase", "phase"),
    "state-phase_since": ("fasen begyndt den", "phase begun on"),
    "state-planned_end": ("planlagt slut", "planned end"),
    "state-plan": ("udviklingsplan", "development plan"),
    "state-recommendations": ("anbefalinger", "recommendations"),
    "state-findings": ("styrker og udfordringer", "strengths and challenges"),
    "state-samples": ("stikprøver", "samples"),
    "state-reported": ("rapporter", "reports"),
    # questions, answers and what is held
    "state-answered_by": ("besvaret af", "answered by"),
    "state-answered_on": ("besvaret den", "answered on"),
    "state-approvals": ("godkendelser", "approvals"),
    "state-asked_on": ("stillet den", "asked on"),
    "state-blocks": ("afsnit", "sections"),
    "state-draft": ("udkastets position", "the draft's position"),
    "state-minister": ("minister", "minister"),
    "state-text": ("ordlyd", "wording"),
    "state-supplement": ("supplerende svar", "supplementary answer"),
    "state-about": ("om", "about"),
    "state-authority": ("besluttet af", "decided by"),
    "state-reason": ("begrundelse", "reason"),
}
"""By the name in the state; what is not named here is told by that name."""
