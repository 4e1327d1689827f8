"""What stands before an application in the programme `eksempel`: the round and the rules, at known positions."""

from typing import Any

from services.intake.room import IntakeRoom
from tests.support.builders import EKSEMPEL, adopted, decided, opened_round, submitted
from tests.support.spec import Spec, Told

APPLICATION = "application/eks-1"
YEAR = f"year/{EKSEMPEL}_2031"
OPENED: Told = ("round/2031-1", opened_round())


def rule(name: str, **changes: Any) -> Told:
    return f"rule/{EKSEMPEL}_{name}", adopted(name, **changes)


SIGNED, BACKED, ADOPTION, CAPACITY = (
    rule("director_signature"), rule("political_backing"), rule("political_adoption"), rule("capacity_per_year"),
)  # fmt: skip
RULES = (OPENED, SIGNED, BACKED, ADOPTION, CAPACITY)
"""The round at position 1, the four rules at 2, 3, 4 and 5."""
SUBMITTED: Told = (APPLICATION, submitted())
ADMITTED: Told = (APPLICATION, decided())


def spec(*facts: Told) -> Spec:
    return Spec(IntakeRoom()).given(*facts)
