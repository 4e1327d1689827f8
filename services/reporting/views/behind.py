"""What is behind a document: every position that its data lead back to, and the fact that stands there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from events.base import Citation, Event
from events.catalogue import told

Data = dict[str, Any]


def behind(led: Iterable[int], events: Mapping[int, Event]) -> Data:
    """Every fact that data lead back to, by its position: its type, its sentence, and the words it rests on."""
    return {str(at): _fact(events[at]) for at in sorted(set(led))}


def positions(value: Any) -> list[int]:
    """The positions named under `sources` (and `list`), at any depth."""
    found: list[int] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[int]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "sources":
                found.extend(item)
            elif key == "list" and isinstance(item, int):
                found.append(item)
            elif isinstance(item, dict | list):
                _gather(item, found)
    elif isinstance(value, list) and not _flat(value):
        for item in value:
            _gather(item, found)


def led_to(value: Any, amended: Mapping[int, tuple[int, ...]]) -> Any:
    """The same data; wherever it leads to a fact, it leads to what corrected that fact as well."""
    if not amended:
        return value
    if isinstance(value, list):
        return value if _flat(value) else [led_to(item, amended) for item in value]
    if not isinstance(value, dict):
        return value
    led = {key: led_to(item, amended) for key, item in value.items()}
    if isinstance(sources := value.get("sources"), list):
        more = {by for at in (*sources, value.get("list")) for by in amended.get(at, ())}
        led["sources"] = sorted({*sources, *more}) if more else sources
    return led


def _flat(value: list[Any]) -> bool:
    """Are these positions, or texts, and nothing that leads anywhere itself? A list is of one sort."""
    return not value or isinstance(value[0], int | str)


def _fact(event: Event) -> Data:
    citation = getattr(event, "citation", None)
    cited = citation if isinstance(citation, Citation) else None
    return {
        "type": event.tag,
        "sentence": told(event),
        "quote": cited.sentence if cited else None,
        "file": cited.file if cited else None,
    }


def at_pointer(document: Any, pointer: str) -> tuple[Any, list[int]]:
    """The value that a JSON pointer (RFC 6901) leads to, and the positions that it rests on.

    Its own, else those of the nearest part of the document that it stands in. Raises LookupError.
    """
    value, basis = document, _own(document)
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise LookupError(pointer) from error
        basis = _own(value) or basis
    return value, sorted(set(positions(value))) or basis


def grounds(value: Any, pointer: str = "") -> Iterator[tuple[str, list[int]]]:
    """Each part of a document that rests on facts: the pointer to it, and their positions."""
    if isinstance(value, dict):
        if own := _own(value):
            yield pointer, own
        for name, item in value.items():
            yield from grounds(item, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from grounds(item, f"{pointer}/{at}")


def _own(value: Any) -> list[int]:
    """The positions that a part of a document names itself."""
    if not isinstance(value, dict):
        return []
    named = {name: item for name, item in value.items() if name in {"sources", "list"}}
    return sorted(set(positions(named)))
