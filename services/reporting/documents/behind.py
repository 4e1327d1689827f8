"""How a number, a name or a sentence leads to the facts behind it, in a document: written many times in each."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from services.reporting.documents.wording import number, spans

NOTHING = Markup()


def fact(text: Any, sources: Sequence[int]) -> Markup:
    """A number, a name or a sentence, and the facts behind it. None at all can be counted where there is no fact."""
    if sources:
        return Markup(f'<a href="#p{sources[0]}"{facts(sources)}>{escape(text)}</a>')  # noqa: S704 - its parts are escaped
    return Markup('<span class="no-facts">0</span>') if str(text) == "0" else escape(text)


def counted(figure: Mapping[str, Any]) -> Markup:
    """A number and the facts that it counts."""
    return fact(number(figure["value"]), figure["sources"])


def corrected(entry: Mapping[str, Any]) -> Markup:
    """That a fact was corrected, and by which."""
    return Markup(f' <span class="corrected">{fact("rettet", by)}</span>') if (by := entry["corrected"]) else NOTHING  # noqa: S704 - a link


def facts(sources: Sequence[int]) -> Markup:
    """The facts behind all that stands in an element, as its attribute."""
    return Markup(f' data-facts="{" ".join(map(str, sources))}"') if sources else NOTHING  # noqa: S704 - positions


def ref(sources: Sequence[int]) -> Markup:
    """The facts behind something, by their positions; nothing where there are none."""
    if not sources:
        return NOTHING
    named = "kilde" if len(sources) == 1 else "kilder"
    return Markup(f'<a class="ref" href="#p{sources[0]}"{facts(sources)}>{named} {escape(spans(sources))}</a>')  # noqa: S704 - its parts are escaped
