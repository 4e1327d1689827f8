"""Dismissing what is held: about a thing that has no facts yet, the held claim itself."""

from typing import Any, Final

from events.reporting import HeldDismissed
from services.reporting.site.acts.act import Act, Data, Matter


def _which(matter: Matter) -> Data:
    """Which claim or fact it is, as its address says."""
    kind, _, number = matter.thing.id.partition("-")
    found: dict[str, Any] = {"inbox": "inbox", "fact": "cause"}
    return {found[kind]: int(number)} if kind in found and number.isdigit() else {}


HELD: Final = (
    Act(
        "afvis-tilbageholdt", HeldDismissed, "held", said=_which, first=lambda _: {}, left_out=("inbox", "cause"),
        kept=("about",),
    ),
)  # fmt: skip
