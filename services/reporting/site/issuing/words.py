"""The words for issuing a report, in both languages."""

from collections.abc import Mapping
from typing import Final

ISSUE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "issue": ("Udsted et dokument", "Issue a document"),
    "issue-of": ("Udsted {what}", "Issue {what}"),
    "issue-lead": (
        "Her står, hvad der vil blive udstedt. Et udstedt dokument ændres aldrig: bliver fakta rettet, kommer der et nyt, som afløser det.",
        "Here stands what will be issued. An issued document never changes: where facts are corrected, a new one succeeds it.",
    ),
    "issue-choose": ("Til hvem, og pr. hvilken dag", "For whom, and as of which day"),
    "issue-audience": ("Dokumentet er til", "The document is for"),
    "issue-day": ("Opgjort pr.", "As of"),
    "issue-day-hint": (
        "En dag, fx 2018-12-06. Uden dag er det dokumentets egen.",
        "A day, such as 2018-12-06. Without one it is the document's own.",
    ),
    "issue-show": ("Vis igen", "Show again"),
    "issue-cannot": ("Det kan ikke udstedes", "It cannot be issued"),
    "issue-personal": (
        "Der står noget, der ligner et CPR-nummer, i {where}. Ret det, før dokumentet udstedes.",
        "There is something like a CPR number in {where}. Correct it before the document is issued.",
    ),
    "issue-would": ("Det vil blive udstedt", "This will be issued"),
    "issue-draft": ("Læs udkastet", "Read the draft"),
    "issue-draft-exact": (
        "Det er de samme bytes, som vil blive gemt.",
        "These are the very bytes that will be stored.",
    ),
    "issue-position": ("Loggen er læst til og med", "The log is read up to and with"),
    "issue-position-of": ("position {position}", "position {position}"),
    "issue-root": ("Loggens rod dér", "The log's root there"),
    "issue-template": ("Skabelon", "Template"),
    "issue-facts": ("Fakta bag", "Facts behind"),
    "issue-digest": ("Indholdets fingeraftryk (SHA-256)", "Digest of the content (SHA-256)"),
    "issue-unknown": ("Hvad der ikke vides", "What is not known"),
    "issue-unknown-none": (
        "Alt, hvad dokumentet siger noget om, er kendt.",
        "All that the document speaks of is known.",
    ),
    "issue-succeeds": ("Det afløser et tidligere", "It succeeds an earlier one"),
    "issue-where": ("Hvor", "Where"),
    "issue-was": ("Stod", "Was"),
    "issue-is": ("Vil stå", "Will be"),
    "issue-there": (
        "Det er allerede udstedt og siger det samme. Udsteder du det igen, bliver der ikke skrevet noget nyt.",
        "It has been issued and says the same. If you issue it again, nothing new is written.",
    ),
    "issue-unheard": ("Kommunen er ikke hørt endnu", "The municipality has not been heard yet"),
    "issue-unheard-then": (
        "Kommunen har ikke haft bemærkninger til fakta i udkastet, eller de er ikke registreret.",
        "The municipality has not commented on the facts of the draft, or its comments are not recorded.",
    ),
    "issue-confirm": ("Udsted", "Issue"),
    "issue-stale": (
        "Dokumentet er blevet et andet, siden du så det",
        "The document has become another one since you saw it",
    ),
    "issue-stale-then": (
        "Intet er udstedt. Læs det igen her, og udsted det, når det er rigtigt.",
        "Nothing was issued. Read it again here, and issue it when it is right.",
    ),
    "issued-list": ("Udstedt", "Issued"),
    "issued-none": ("Det er ikke udstedt endnu.", "It has not been issued yet."),
    "issued-by": ("Udstedt af", "Issued by"),
    "issued-by-itself": ("Spor selv, da fakta blev ændret", "Spor itself, when facts changed"),
    "issued-by-source": ("driften, med en kommando", "the operator, by a command"),
    "issue-overviews": ("Udsted en årsoversigt", "Issue a yearly overview"),
    "own-letters": ("Breve til kommunen", "Letters to the municipality"),
    "own-letters-none": ("Ingen breve endnu.", "No letters yet."),
}
"""By what it is for; `{…}` is filled in."""
