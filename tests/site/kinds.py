"""Every kind of page, by the name of its picture, and where there is one."""

from typing import Final

from tests.site.browser import Visit

KINDS: Final = {
    "forside": "/",
    "kommuner": "/kommuner",
    "kommune": "/kommuner/9901",
    "forloeb": "/forloeb/eksempelby-2022",
    "alle-forloeb": "/forloeb",
    "spoergsmaal": "/spoergsmaal",
    "svar": "/spoergsmaal/20181-S71-3",
    "rapporter": "/rapporter",
    "maalepunkter": "/maalepunkter",
    "puljer": "/puljer",
    "faktum": "/fakta/157",
    "fakta": "/fakta?p=150-157",
    "soeg": "/soeg?q=aab",
    "andet-tidspunkt": "/?as_of=2018-12-06&known_at=157",
    "fejl": "/findes-ikke",
    "om": "/om",
    "tilgaengelighed": "/tilgaengelighed",
    "log-ind": "/log-ind",
}
"""Every kind of page that everybody may see."""
STAFF: Final = {
    "arbejdsliste": "/arbejde?as_of=2024-10-01",
    "forloeb-for-task-forcen": "/forloeb/eksempelby-2022",
    "pulje": "",
    "ansoegning": "",
    "rapport": "",
    "katalog": "",
    "kilder": "/kilder",
    "kilde": "/kilder/eksempel",
    "tilbageholdt": "/tilbageholdt",
    "driftens-handlinger": "/driftens-handlinger",
}
"""And those that the Task Force sees more on; what has no address here is led to by a link."""
AUDIT: Final = {"laesninger": "/laesninger", "forloeb-for-revisionen": "/forloeb/eksempelby-2022"}
"""And those that auditors alone see, or see more on."""
LED_TO: Final = {
    "pulje": ("/puljer", "/puljer/"),
    "ansoegning": ("/kommuner/9901", "/ansoegninger/"),
    "rapport": ("/rapporter", "/rapporter/"),
    "katalog": ("/maalepunkter", "/maalepunkter/"),
}


def address(one: Visit, kind: str) -> str:
    """Where a page of a kind is."""
    if kind in {**KINDS, **AUDIT}:
        return {**KINDS, **AUDIT}[kind]
    if STAFF[kind]:
        return STAFF[kind]
    from_, begins = LED_TO[kind]
    one.page.goto(from_)
    href = one.page.locator(f'main a[href^="{begins}"]').first.get_attribute("href")
    assert href
    return href
