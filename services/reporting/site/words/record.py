"""The words of what the record holds: questions and answers, reports, measurement points, facts, and the search in them."""

from collections.abc import Mapping
from typing import Final

RECORD: Final[Mapping[str, tuple[str, str]]] = {
    # questions
    "questions": ("Spørgsmål og svar", "Questions and answers"),
    "questions-lead": (
        "Folketingets spørgsmål om programmet og de svar, der er sendt. Spørgsmålets tekst er spørgerens, svarets er ministerens.",
        "Parliament's questions about the programme, and the answers that were sent. A question's text is its asker's, an answer's the minister's.",
    ),
    "question": ("Spørgsmål", "Question"),
    "answer": ("Svar", "Answer"),
    "asked-on": ("Stillet", "Asked"),
    "answered-on": ("Besvaret", "Answered"),
    "answer-none": (
        "Der er ikke sendt noget svar, som loggen kender.",
        "No answer has been sent that the log knows of.",
    ),
    "asker": ("Spørger", "Asker"),
    "minister": ("Minister", "Minister"),
    "signed-by": ("Underskrevet af", "Signed by"),
    "asserts": (
        "Spørgerens påstande, ikke oplysninger om programmet",
        "The asker's assertions, not facts about the programme",
    ),
    "read-as": ("Læst sådan, hvor teksten er beskadiget", "Read like this where the text is damaged"),
    "issued-answers": ("Spors svar ud fra loggen", "Spor's answers from the log"),
    "stated-in": ("Hvad der er oplyst i svaret", "What was stated in the answer"),
    "as-printed": ("Som trykt", "As printed"),
    # reports
    "reports-lead": (
        "Udstedte rapporter og svar, nyeste først. En udstedt rapport ændrer sig aldrig.",
        "Issued reports and answers, newest first. An issued report never changes.",
    ),
    "report": ("Rapport", "Report"),
    "report-for": ("For", "For"),
    "report-as-of": ("Pr.", "As of"),
    "report-open": ("Læs rapporten", "Read the report"),
    "report-json": ("Data (JSON)", "Data (JSON)"),
    "report-later": ("Rapporten er afløst af en nyere", "The report has been succeeded by a newer one"),
    "report-later-see": ("Se den nyere, pr. {on}", "See the newer one, as of {on}"),
    "report-earlier": ("Afløser den tidligere", "Succeeds the earlier one"),
    "report-issued": ("Udstedt fra position {position}", "Issued from position {position}"),
    "reports-none": ("Der er ikke udstedt nogen, som du må se.", "None has been issued that you may see."),
    "digest": ("Digest (SHA-256)", "Digest (SHA-256)"),
    "bytes": ("{count} byte", "{count} bytes"),
    # measurement points
    "points": ("Målepunkter", "Measurement points"),
    "points-lead": (
        "Hvert målepunkt er ét krav, som en sag gennemgås på. Et katalog gælder fra en dag og hører til en lov.",
        "Each measurement point is one requirement that a case is scored on. A catalogue holds from a day on, and belongs to a law.",
    ),
    "points-none": (
        "Der er ikke vedtaget noget katalog, som loggen kender.",
        "No catalogue has been adopted that the log knows of.",
    ),
    "valid-from": ("Gælder fra", "Valid from"),
    "adopted-by": ("Vedtaget af", "Adopted by"),
    # facts
    "fact": ("Faktum {position}", "Fact {position}"),
    "facts-title": ("Fakta bag tallet", "The facts behind the number"),
    "facts-lead-one": ("1 faktum i loggen.", "1 fact of the log."),
    "facts-hidden-one": (
        "1 af dem er ikke for den rolle, du ser siden med.",
        "1 of them is not for the role that you see the page with.",
    ),
    "facts-lead": (
        "{count} fakta i loggen, i den orden de blev skrevet.",
        "{count} facts of the log, in the order in which they were recorded.",
    ),
    "facts-some": (
        "De første {shown} af de {count} fakta bag tallet. Alle står i rapporten.",
        "The first {shown} of the {count} facts behind the number. The report has them all.",
    ),
    "earlier": ("Vis dem, der står før", "Show those before"),
    "facts-hidden": (
        "{count} af dem er ikke for den rolle, du ser siden med.",
        "{count} of them are not for the role that you see the page with.",
    ),
    "fact-type": ("Type", "Type"),
    "fact-thing": ("Handler om", "About"),
    "fact-recorded": ("Skrevet i loggen", "Recorded"),
    "fact-receipt": ("Kvittering", "Receipt"),
    "fact-receipt-recorded": ("registreret, position {position}", "recorded, position {position}"),
    "fact-claim": ("Kilde og indberetning", "Source and claim"),
    "fact-derived": ("fulgte af et andet faktum", "followed from another fact"),
    "fact-data": ("Indhold", "Content"),
    "fact-redacted": ("Udeladt for din rolle: {fields}", "Left out for your role: {fields}"),
    "fact-amended": ("Rettet eller annulleret af", "Corrected or annulled by"),
    "fact-now": ("Som det står i dag", "As it stands now"),
    "members": ("Nævnt ved navn", "Named"),
    # search
    "search-title": ("Søg", "Search"),
    "search-hint": (
        "Navnet på en kommune, et spørgsmål, et målepunkt eller et ord fra en sætning",
        "The name of a municipality, a question, a measurement point, or a word of a sentence",
    ),
    "search-results": ("{count} fundet for »{q}«", "{count} found for “{q}”"),
    "search-nothing": ("Intet fundet for »{q}«.", "Nothing found for “{q}”."),
    "search-meant": ("Mente du", "Did you mean"),
    "search-then": (
        "Prøv begyndelsen af ordet eller et andet ord. Du behøver ikke æ, ø og å: aa, ae og oe duer også. Eller slå op her:",
        "Try the beginning of the word, or another. You need no æ, ø and å: aa, ae and oe will do. Or look here:",
    ),
    "search-most": (
        "Kun de første {count} er vist. Skriv mere for at finde færre.",
        "Only the first {count} are shown. Write more to find fewer.",
    ),
    "found-municipality": ("Kommuner", "Municipalities"),
    "found-engagement": ("Forløb", "Engagements"),
    "found-question": ("Spørgsmål", "Questions"),
    "found-report": ("Rapporter", "Reports"),
    "found-point": ("Målepunkter", "Measurement points"),
    "found-fact": ("Fakta", "Facts"),
}
