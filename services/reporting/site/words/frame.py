"""The words that stand on every page, and on those that are about the site itself: clocks, news, errors, sign-in."""

from collections.abc import Mapping
from typing import Final

FRAME: Final[Mapping[str, tuple[str, str]]] = {
    # the frame
    "spor": ("Spor", "Spor"),
    "tagline": ("et programs revisionsspor", "the audit trail of a programme"),
    "skip": ("Spring til indhold", "Skip to content"),
    "main-nav": ("Hovedmenu", "Main menu"),
    "staff-nav": ("Sagsbehandling", "Casework"),
    "breadcrumbs": ("Brødkrummer", "Breadcrumbs"),
    "front": ("Forside", "Home"),
    "search": ("Søg", "Search"),
    "search-label": ("Søg på hele sitet", "Search the whole site"),
    "other-language": ("English", "Dansk"),
    "about": ("Om Spor", "About Spor"),
    "accessibility": ("Tilgængelighed", "Accessibility"),
    "sign-in": ("Log ind", "Sign in"),
    "sign-out": ("Log ud", "Sign out"),
    "signed-in": ("Logget ind: {name}", "Signed in: {name}"),
    "data": ("Data og feeds", "Data and feeds"),
    "feed": ("Feed med rapporter (Atom)", "Feed of reports (Atom)"),
    "footer": (
        "Siden er dannet ud fra loggen til og med position {position}.",
        "This page was made from the log up to and with position {position}.",
    ),
    "danish-only": ("", "Facts are told in the language of the record; quotations stay in Danish."),
    "invented": ("opdigtet", "invented"),
    "invented-notice": (
        "Alt på denne side er opdigtet: kommunen, programmet og tallene er et eksempel.",
        "Everything on this page is invented: the municipality, the programme and the numbers are an example.",
    ),
    "none": ("Ingen", "None"),
    "municipality-label": ("Kommune", "Municipality"),
    "table-of": ("Vis som tabel", "Show as a table"),
    "source": ("kilde", "source"),
    "sources-of": ("kilder", "sources"),
    "all": ("Alle", "All"),
    "show": ("Vis", "Show"),
    # the clocks
    "clocks": ("Tidspunkt", "Point in time"),
    "clocks-now": ("Pr. {day} · læst til position {position}", "As of {day} · read to position {position}"),
    "as-of": ("Som det var ved udgangen af", "As it was at the end of"),
    "as-of-hint": ("En dag, fx 2018-12-06", "A day, such as 2018-12-06"),
    "known-at": ("Ud fra hvad der var kendt", "From what was known"),
    "known-at-hint": (
        "En dag, et tidspunkt eller en position i loggen",
        "A day, a moment, or a position of the log",
    ),
    "to-today": ("Tilbage til i dag", "Back to today"),
    "old": ("Du ser ikke siden, som den er i dag", "You are not seeing the page as it is today"),
    "old-day": (
        "Siden viser, hvordan det var ved udgangen af {day}.",
        "The page shows how it was at the end of {day}.",
    ),
    "old-known": (
        "Den bygger kun på, hvad loggen sagde til og med position {position} af {head}.",
        "It is made only from what the log said up to and with position {position} of {head}.",
    ),
    "differs": ("Hvad der er anderledes i dag", "What differs from today"),
    "differs-none": (
        "Intet, som denne side handler om, er kommet til siden.",
        "Nothing that this page is about has come since.",
    ),
    "differs-later": ("Skrevet i loggen siden", "Recorded since"),
    "differs-after": ("Sket efter dagen, eller måske efter", "Happened after the day, or perhaps after"),
    "differs-most": ("Kun de seneste {count} er vist.", "Only the last {count} are shown."),
    # live
    "live": ("Nyt, mens du læser", "News while you read"),
    "live-on": ("Siden følger med i loggen.", "The page follows the log."),
    "live-paused": ("På pause.", "Paused."),
    "live-off": ("Forbindelsen er væk; siden prøver igen.", "The connection is gone; the page tries again."),
    "live-pause": ("Sæt på pause", "Pause"),
    "live-resume": ("Følg igen", "Follow again"),
    "live-one": ("1 nyt faktum", "1 new fact"),
    "live-many": ("{count} nye fakta", "{count} new facts"),
    "live-show": ("Vis den opdaterede side", "Show the page as it is now"),
    # errors
    "error-heading": ("Siden kan ikke vises", "The page cannot be shown"),
    "error-then": ("Vis siden, som den er i dag", "Show the page as it is today"),
    "error-what": ("Hvad du kan gøre", "What you can do"),
    "error-404": (
        "Adressen findes ikke, eller også er det ikke offentligt, hvad der står der. Søg efter det, eller begynd på forsiden.",
        "There is no such address, or what stands there is not public. Search for it, or begin at the front page.",
    ),
    "error-400": (
        "Noget i adressen kan ikke læses. Ret det, der er nævnt nedenfor, eller begynd forfra.",
        "Something in the address cannot be read. Mend what is named below, or begin again.",
    ),
    "error-403": (
        "Gå tilbage, eller log ind med en rolle, som siden er for.",
        "Go back, or sign in with a role that the page is for.",
    ),
    "error-413": (
        "Gå tilbage. En formular må med sit dokument fylde højst 20 MB: skriv mindre, eller vælg et mindre dokument.",
        "Go back. A form with its document may be at most 20 MB: write less, or choose a smaller document.",
    ),
    "error-other": (
        "Gå tilbage, og prøv igen, eller begynd på forsiden.",
        "Go back and try again, or begin at the front page.",
    ),
    "error-405": ("Gå til forsiden, og find siden derfra.", "Go to the front page, and find the page from there."),
    "error-500": (
        "Fejlen er vores, og den er skrevet ned. Prøv igen om lidt.",
        "The fault is ours, and it has been written down. Try again in a moment.",
    ),
    "error-503": ("Prøv igen om lidt.", "Try again in a moment."),
    "lost-heading": ("Formularen blev ikke sendt", "The form was not sent"),
    "lost-typed": ("Det, du skrev, er ikke gået tabt", "What you typed is not lost"),
    "lost-again": (
        "Du er logget ind igen. Gå videre, så står det i formularen; intet er skrevet i loggen endnu.",
        "You are signed in again. Go on, and it stands in the form; nothing has been written to the log yet.",
    ),
    "lost-sign-in": (
        "Din session er slut, og intet er skrevet i loggen. Log ind; det åbner i et nyt vindue. Genindlæs så denne side, eller kopiér teksten herfra.",
        "Your session is over, and nothing has been written to the log. Sign in; that opens a new window. Then reload this page, or copy the text from here.",
    ),
    "lost-copy": ("Hent siden igen, og skriv det ind derfra.", "Fetch the page again, and write it in from here."),
    "lost-go-on": ("Gå videre med det, du skrev", "Go on with what you typed"),
    "error-pointer": ("Feltet {name}: {why}", "The field {name}: {why}"),
    # sign-in
    "sign-in-title": ("Log ind", "Sign in"),
    "sign-in-why": (
        "Det meste er offentligt og kræver ikke, at du logger ind. Kommuner, Task Forcen, ministeriet og revisionen logger ind for at se det, som kun de må se.",
        "Most of it is public and needs no sign-in. Municipalities, the Task Force, the ministry and auditors sign in to see what only they may see.",
    ),
    "sign-in-go": ("Fortsæt til log ind", "Continue to sign in"),
    "sign-in-none": (
        "Her er ingen, der kan logge nogen ind: der er ikke sat en udbyder op. De offentlige sider virker uden.",
        "Nobody can be signed in here: no provider has been set up. The public pages work without.",
    ),
    "sign-in-developer": (
        "Udviklerens log ind. Det er slået til for denne maskine alene, og det er ingen rigtig log ind.",
        "The developer's sign-in. It is switched on for this machine alone, and is no real sign-in.",
    ),
    "sign-in-role": ("Rolle", "Role"),
    "sign-in-code": ("Kommunens kode, for rollen kommune", "The municipality's code, for the role municipality"),
    "sign-in-failed": ("Du blev ikke logget ind", "You were not signed in"),
    # about and accessibility
    "about-title": ("Om Spor", "About Spor"),
    "accessibility-title": ("Tilgængelighedserklæring", "Accessibility statement"),
}
