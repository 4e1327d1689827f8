"""The facts behind a document: every position that its `sources` name, with what the fact says and its printed words."""

from collections.abc import Iterable
from typing import Any

from events.base import Citation
from events.catalogue import told
from services.reporting.views.dossier import Dossier

Data = dict[str, Any]


def facts_behind(made: Data, dossier: Dossier) -> Data:
    """Every fact that a document leads back to, by its position."""
    return {str(at): _fact_data(at, dossier) for at in sorted(set(_positions(made)))}


def _positions(value: Any) -> Iterable[int]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "sources":
                yield from item
            elif key == "list" and isinstance(item, int):
                yield item
            else:
                yield from _positions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _positions(item)


def _fact_data(position: int, dossier: Dossier) -> Data:
    event = dossier.events[position]
    citation = getattr(event, "citation", None)
    cited = citation if isinstance(citation, Citation) else None
    return {
        "type": event.tag,
        "sentence": told(event),
        "quote": cited.sentence if cited else None,
        "file": cited.file if cited else None,
    }
