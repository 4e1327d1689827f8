"""Dismissing what is held: about a thing that has no facts yet, the held claim itself."""

from typing import Any, Final

from events.reporting import HeldDismissed
from services.reporting.forms import whole
from services.reporting.site.acts.act import Act, Data, Matter


def _which(matter: Matter) -> Data:
    """Which claim or fact it is, as its address says."""
    kind, _, number = matter.thing.id.partition("-")
    found: dict[str, Any] = {"inbox": "inbox", "fact": "cause"}
    known = whole(number)
    return {found[kind]: known} if kind in found and known is not None else {}


HELD: Final = (
    Act(
        "afvis-tilbageholdt", HeldDismissed, "held", said=_which, first=lambda _: {}, left_out=("inbox", "cause"),
        kept=("about",),
    ),
)  # fmt: skip
