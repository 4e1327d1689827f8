"""Corrections and annulments: which fields of a fact can be mended, and the form that mends one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from events import engagement, intake, reporting
from events.base import Event
from events.catalogue import entry_of
from events.corrections import AMENDMENTS
from events.decider import Thing
from services.reporting.site.acts.act import Act, Data
from services.reporting.site.acts.fields import Field, fields_of, typed_of

CORRECT: Final = "ret"
ANNUL: Final = "annuller"
CORRECTED: Final[Mapping[str, type[Event]]] = {
    "intake": intake.Corrected, "engagement": engagement.Corrected, "reporting": reporting.Corrected,
}  # fmt: skip
ANNULLED: Final[Mapping[str, type[Event]]] = {
    "intake": intake.Annulled, "engagement": engagement.Annulled, "reporting": reporting.Annulled,
}  # fmt: skip
WHY: Final = (Field("reason", "text", required=True), Field("authority", "line", required=True))


def act_of(key: str, event: Event, thing: Thing) -> Act | None:
    """The act that amends a fact; None where there is no such act, or the fact is itself an amendment."""
    types = {CORRECT: CORRECTED, ANNUL: ANNULLED}.get(key)
    if types is None or isinstance(event, AMENDMENTS):
        return None
    return Act(key, types[entry_of(event).owner], thing.kind, first=lambda _: {"authority": "Task Forcen"})


def correctable(event: Event, data: Mapping[str, Any]) -> list[Field]:
    """The fields of a fact that a correction may change: those that are there, and single ones that could be."""
    rows = {
        name: len(value)
        for name, value in data.items()
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict)
    }
    found = fields_of(type(event), (), rows, {})
    return [field for field in found if field.correctable and (field.group is None or field.group in data)]


def said_of(event: Event, position: int) -> Data:
    """What an amendment of a fact says without asking."""
    programme = getattr(event, "programme", None)
    return {"position": position} | ({"programme": programme} if programme else {})


def correction(field: Field, data: Mapping[str, Any]) -> tuple[Data, tuple[Field, ...], dict[str, str]]:
    """What a correction of a field says without asking, what it asks, and what stands there to begin with."""
    was = value_at(data, field.name.split("."))
    asked = Field("is", field.kind, required=False, options=field.options)
    first = typed_of({"is": was}) if was is not None else {}
    return {"field": field.pointer, "was": was}, (asked, *WHY), first


def value_at(data: Any, steps: Sequence[str]) -> Any:
    """What stands in a fact's data; None where nothing does."""
    for step in steps:
        if isinstance(data, list | tuple):
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data
