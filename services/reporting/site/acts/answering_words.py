"""The words of answers, of drafts beside forms, and of what is held, in both languages."""

from collections.abc import Mapping
from typing import Final

ANSWERING_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # what can be done
    "act-vaelg-afsnit": ("Vælg svarets afsnit", "Choose the blocks of the answer"),
    "act-lead-vaelg-afsnit": (
        "Svaret består af de afsnit, du vælger, i den rækkefølge, du vælger dem. Lad resten stå tomme. Et ændret udkast skal godkendes igen.",
        "The answer is made of the blocks that you choose, in the order in which you choose them. Leave the rest empty. A changed draft must be approved again.",
    ),
    "act-blocks": ("Vis, hvad alle afsnit siger", "Show what every block says"),
    "act-godkend-svar": ("Godkend udkastet til svar", "Approve the draft of the answer"),
    "act-lead-godkend-svar": (
        "Du godkender udkastet, som det står her. Ændres afsnittene bagefter, gælder godkendelsen ikke mere.",
        "You approve the draft as it stands here. If the blocks are changed afterwards, the approval no longer counts.",
    ),
    "act-send-svar": ("Registrér, at svaret er sendt", "Record that the answer was sent"),
    "act-lead-send-svar": (
        "Skriv, hvem der har underskrevet, og hvor svaret står, med en sætning fra det, ord for ord. Et svar, der er udarbejdet her, skal være godkendt.",
        "Write who signed it, and where the answer stands, with a sentence of it, word for word. An answer that was drafted here must be approved.",
    ),
    "act-godkend-supplement": ("Godkend det supplerende svar", "Approve the supplementary answer"),
    "act-lead-godkend-supplement": (
        "Du godkender udkastet, som det står her, med det, der er ændret siden svaret.",
        "You approve the draft as it stands here, with what has changed since the answer.",
    ),
    "act-send-supplement": ("Send det supplerende svar", "Send the supplementary answer"),
    "act-lead-send-supplement": (
        "Når det er registreret, udstedes svaret på ny, som udkastet siger det, med det, der er ændret. Det svar, der blev sendt, bliver stående.",
        "Once it is recorded, the answer is issued anew, as the draft says it, with what has changed. The answer that was sent stays.",
    ),
    "act-afvis-supplement": ("Send ikke et supplerende svar", "Do not send a supplementary answer"),
    "act-lead-afvis-supplement": (
        "Udkastet lægges ikke frem igen, medmindre noget andet ændrer sig. Begrundelsen bliver stående.",
        "The draft is laid before nobody again, unless something else changes. The reason stays.",
    ),
    "act-afvis-tilbageholdt": ("Afvis det, der er sat til side", "Dismiss what is set aside"),
    "act-lead-afvis-tilbageholdt": (
        "Den, der sendte det, får at vide, at det er afvist, og hvorfor. Det, der stod bag det, prøves igen.",
        "Whoever sent it is told that it was dismissed, and why. What was held behind it is tried again.",
    ),
    # fields
    "field-row": ("Afsnit nr. {number}", "Block no. {number}"),
    "field-vaelg-afsnit-block": ("Afsnit", "Block"),
    "field-vaelg-afsnit-year": ("Andet år end dagens", "Another year than the day's"),
    "field-blocks-programme": ("Andet program", "Another programme"),
    "field-as_of": ("Svaret er pr. denne dag", "The answer is as of this day"),
    "field-approved_by": ("Godkendt af, ved rolle", "Approved by, by role"),
    "field-behind": ("Afvis også alt, der stod bag det", "Dismiss all that was held behind it, too"),
    "field-about": ("Hvad det handler om", "What it is about"),
    # what stands beside
    "beside-go": ("Gå til det, som beslutningen handler om", "Go to what the decision is about"),
    "beside-blocks": ("Hvad hvert afsnit siger", "What each block says"),
    "beside-blocks-later": ("Hvad hvert afsnit siger", "What each block says"),
    "beside-blocks-none": (
        "Vælg et program, og vis så, hvad afsnittene siger.",
        "Choose a programme, and then show what the blocks say.",
    ),
    "beside-chosen": ("Svaret af de valgte afsnit", "The answer of the chosen blocks"),
    "beside-answer": ("Udkastet til svar", "The draft of the answer"),
    "beside-supplement": ("Udkastet til et supplerende svar", "The draft of a supplementary answer"),
    "beside-report": ("Udkastet", "The draft"),
    "beside-held": ("Hvad der er sat til side", "What is set aside"),
    "draft-as-of": (
        "Pr. {as_of}, af loggen til og med position {position}.",
        "As of {as_of}, from the log up to position {position}.",
    ),
    "draft-lead": (
        "Sådan ville dokumentet lyde, hvis det blev udstedt nu. Intet er udstedt ved, at det vises her.",
        "This is how the document would read if it were issued now. Nothing is issued by its being shown here.",
    ),
    "draft-of": ("Udkast til {report}", "Draft of {report}"),
    "draft-of-answer": ("Udkast til svar", "Draft of the answer"),
    "draft-chosen": ("Udkastets afsnit", "The blocks of the draft"),
    "draft-see": ("Se udkastet", "See the draft"),
    "approved": ("Godkendt", "Approved"),
    "approved-by": (
        "Af {by}, {on}; læst til og med position {at}.",
        "By {by}, {on}; read up to position {at}.",
    ),
    "approved-not": ("Ikke godkendt", "Not approved"),
    "changed-since": (
        "Udkastet siger noget andet i dag, end da det blev godkendt",
        "The draft says something else today than when it was approved",
    ),
    "supplement": ("Supplerende svar", "Supplementary answer"),
    "supplement-see": ("Se, hvad der er ændret og hvorfor", "See what has changed and why"),
    # the municipality's comments
    "comments": ("Kommunens bemærkninger", "The municipality's comments"),
    "comments-and-drafts": ("Udkast og bemærkninger", "Drafts and comments"),
    "comments-none": ("Kommunen har ingen bemærkninger.", "The municipality has no comments."),
    "comment-late": ("efter udstedelsen", "after it was issued"),
    "comment-too-late": ("Rapporten er udstedt", "The report has been issued"),
    "comment-too-late-then": (
        "En bemærkning bliver stadig registreret og står som kommet efter udstedelsen, men den udstedte rapport ændres ikke. Er et faktum forkert, så bed Task Forcen rette det: så udstedes en ny.",
        "A comment is still recorded, as one that came after it was issued, but the issued report does not change. If a fact is wrong, ask the Task Force to correct it: then a new one is issued.",
    ),
    "own-drafts": (
        "Rapporten er ikke udstedt. Læs udkastet, og sig til, hvis fakta er forkerte.",
        "The report has not been issued. Read the draft, and say so if facts are wrong.",
    ),
    # what is held
    "held-from": ("{source}, id {id}", "{source}, id {id}"),
    "held-fact": ("Det, som faktum {at} bad om", "What fact {at} asked for"),
    "held-unread": ("Kan ikke læses som en indberetning", "Cannot be read as a claim"),
    "held-gone": ("Det er ikke sat til side mere.", "It is no longer set aside."),
    # the blocks
    "block-long": ("Længerevarende forløb", "Long engagements"),
    "block-short": ("Korterevarende forløb", "Short services"),
    "block-states": ("Begyndt, i udvikling og afsluttet i året", "Begun, in development and completed in the year"),
    "block-totals": ("I alt", "In total"),
    "block-admission": ("Ansøgning, optagelse og bevilling", "Application, admission and grant"),
    "block-criteria": ("Kriterier og krav", "Criteria and requirements"),
    "block-steering-group": ("Styregruppen", "The steering group"),
    "block-phases": ("Faser og varighed", "Phases and duration"),
    "block-services": ("Ydelser", "Services"),
    "block-samples": ("Stikprøver og statusmåling", "Samples and status measurement"),
    "block-publication": ("Offentliggørelse", "Publication"),
    "block-status-report": ("Analyserapport og statusrapport", "Analysis report and status report"),
    "block-knowledge": ("Opsamling af viden", "Gathering of knowledge"),
    "block-municipality-decides": ("Hvad kommunen selv bestemmer", "What the municipality itself decides"),
    "block-decisions": ("Politiske beslutninger", "Political decisions"),
    "block-asked-of": ("Hvem der er bedt om noget", "Who was asked for something"),
    "block-claims": ("Spørgerens påstande", "What the asker asserts"),
    "block-organisation": ("Organisation og formål", "Organisation and purpose"),
}
"""By what it is for; `{…}` is filled in."""
