"""A form that was sent when its session was over, or from another one: what was typed is not lost."""

from collections.abc import Mapping
from typing import Final

from services.web.problems import STALE_FORM, ProblemError

MARKS: Final = ("csrf", "revision", "attempt", "step", "salt")
"""What a form carries beside what somebody typed."""


class LostFormError(ProblemError):
    """The form does not come from the sender's own, open session; `fields` is all that it held."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(STALE_FORM)
        self.fields = {name: text for name, text in fields.items() if name not in {"csrf", "step"}}

    @property
    def typed(self) -> Mapping[str, str]:
        """What somebody typed or chose."""
        return {name: text for name, text in self.fields.items() if name not in MARKS and text.strip()}
