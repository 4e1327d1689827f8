"""Where an answer is another than the figures that the published one gave."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from events.municipalities import danish_order, name
from events.words import listed, when
from services.reporting.views.dossier import Dossier
from services.reporting.views.figures import measure_da
from services.reporting.views.reading import Figure

Data = dict[str, Any]


def differences(
    dossier: Dossier, key: str, day: date, measured: Mapping[tuple[str, str, int | None], Figure]
) -> Iterable[Data]:
    """The figures of the published answer to this question that are others than the measured ones."""
    for stated in dossier.figures:
        found = measured.get((stated.event.programme, stated.event.measure, stated.year))
        if stated.event.question != key or found is None:
            continue
        if stated.number is not None and stated.number != found.value:
            why = f"opgjort pr. {when(str(day))}" if stated.span.day != day else "loggen siger nu andet"
            yield _difference(stated.position, stated.event.measure, stated.number, found, why)
        elif stated.members is not None and stated.members != set(found.members):
            names = sorted((name(code) for code in stated.members ^ set(found.members)), key=danish_order)
            yield {
                "what": stated.event.measure,
                "published": stated.number,
                "spor": found.value,
                "text": f"Navnene er ikke de samme: {listed(names)}.",
                "sources": [stated.position, *found.sources],
            }


def _difference(position: int, measure: str, published: int, found: Figure, why: str) -> Data:
    what = measure_da(measure, found.year)
    ours = str(found.value) if found.value is not None else f"ikke kendt (mindst {found.at_least})"
    return {
        "what": measure,
        "published": published,
        "spor": found.value,
        "text": f"{what}: det offentliggjorte svar siger {published}, her står {ours}; {why}.",
        "sources": sorted({position, *found.sources}),
    }
