"""The words of what is kept about those who read and those who operate."""

from collections.abc import Mapping
from typing import Final

AUDIT: Final[Mapping[str, tuple[str, str]]] = {
    "readings": ("Læsninger", "Readings"),
    "readings-lead": (
        "Hvem der har fået vist noget, som offentligheden ikke må se: én gang for hver læser, hver ting og hver dag. En person står under et dæknavn, der er det samme fra dag til dag; hvem det er, ved kun den, der har sitets nøgle.",
        "Who was shown what the public may not see: once for each reader, thing and day. A person stands under a pseudonym that stays the same from day to day; only whoever holds the site's key can tell who it is.",
    ),
    "readings-none": ("Ingen læsninger, som loggen kender.", "No readings that the log knows of."),
    "readings-who": ("Læser", "Reader"),
    "readings-what": ("Hvad", "What"),
    "readings-about": ("Om", "About"),
    "readings-road": ("Vej", "Road"),
    "readings-fact": ("Faktum", "Fact"),
    "readings-others": ("alle læsninger", "all readings"),
    "readings-earlier": ("Vis tidligere læsninger", "Show earlier readings"),
    "readings-all": ("Vis alle læsninger", "Show all readings"),
    "readings-of-about": ("Kun om", "About alone"),
    "readings-of-reader": ("Kun læseren", "By the reader alone"),
    "readings-of-role": ("Kun rollen", "By the role alone"),
    "readings-here": ("Læst af", "Read by"),
    "readings-of-this": ("Alle læsninger af dette", "All readings of this"),
    "road-page": ("side", "page"),
    "road-stream": ("nyt, mens siden var åben", "news while the page was open"),
    "road-http": ("program", "program"),
    "operations": ("Driftens handlinger", "Operators' acts"),
    "operations-lead": (
        "Hvad mennesker har ladet Spor gøre ud over at tage imod indberetninger: hvem, hvornår og hvorfor. Det står i loggen, før det sker.",
        "What people had Spor do beside taking claims: who, when and why. It stands in the log before it is done.",
    ),
    "operations-none": ("Ingen handlinger, som loggen kender.", "No acts that the log knows of."),
    "release-reason": ("Hvorfor prøves det igen?", "Why is it tried again?"),
}
