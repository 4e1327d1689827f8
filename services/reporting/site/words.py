"""The site's own words, in both languages: the one place where they stand. What facts say is told by `events.words`."""

from collections.abc import Mapping
from typing import Any, Final

from events.words import LANGUAGES
from services.reporting.site.acts.fields import Field
from services.reporting.site.acts.table import CRITERIA
from services.reporting.site.acts.words import ACT_WORDS
from services.reporting.site.issuing.words import ISSUE_WORDS

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    **ACT_WORDS,
    **ISSUE_WORDS,
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
    "error-405": ("Gå til forsiden, og find siden derfra.", "Go to the front page, and find the page from there."),
    "error-500": (
        "Fejlen er vores, og den er skrevet ned. Prøv igen om lidt.",
        "The fault is ours, and it has been written down. Try again in a moment.",
    ),
    "error-503": ("Prøv igen om lidt.", "Try again in a moment."),
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
    # the front page
    "front-title": ("Hvad der er kendt", "What is known"),
    "front-lead": (
        "Hvor mange kommuner, hvilke, hvornår og med hvilket resultat? Hvert tal fører til de fakta, det bygger på. Hvad der ikke er kendt, står som ikke kendt.",
        "How many municipalities, which, when, and with what result? Every number leads to the facts behind it. What is not known is said to be not known.",
    ),
    "programme": ("Program", "Programme"),
    "boern-unge": ("Task Forcen på børne- og ungeområdet", "The Task Force on children and young people"),
    "handicap": ("Task Forcen på handicapområdet", "The Task Force on disability"),
    "eksempel": ("Et opdigtet eksempel", "An invented example"),
    "figures": ("Tal med deres grundlag", "Figures with their basis"),
    "figure-long": ("kommuner har haft et længerevarende forløb", "municipalities have had a long engagement"),
    "figure-short": ("kommuner har haft et korterevarende forløb", "municipalities have had a short service"),
    "figure-started": ("begyndte et længerevarende forløb i {year}", "began a long engagement in {year}"),
    "figure-completed": ("afsluttede et længerevarende forløb i {year}", "completed a long engagement in {year}"),
    "measure-long": ("Længerevarende i alt", "Long, in total"),
    "measure-short": ("Korterevarende i alt", "Short, in total"),
    "measure-started": ("Begyndt i året", "Begun in the year"),
    "measure-completed": ("Afsluttet i året", "Completed in the year"),
    "measure-phase": ("I {phase} i året", "In {phase} in the year"),
    "basis-counted": ("talt op: alle er kendt ved navn", "counted: all are known by name"),
    "basis-counted-none": ("talt op: ingen er registreret", "counted: none is recorded"),
    "basis-counted-list": ("talt op: den komplette liste har ingen", "counted: the complete list has none"),
    "basis-stated": ("oplyst", "stated"),
    "basis-stated-named": ("oplyst; {named} kan navngives", "stated; {named} can be named"),
    "basis-also-stated": ("{value} er oplyst", "{value} stated"),
    "not-known": ("ikke kendt", "not known"),
    "counted-bar": ("Talt op", "Counted"),
    "stated-bar": ("Oplyst på en dag i året", "Stated on a day of the year"),
    "at-least": ("mindst {value}", "at least {value}"),
    "at-most": ("højst {value}", "at most {value}"),
    "bound-on": ("{value} oplyst {on}", "{value} stated {on}"),
    "year": ("År", "Year"),
    "by-year": ("År for år", "Year by year"),
    "by-year-lead": (
        "Et tal for et år er spurgt pr. {day}; i alt er spurgt ved årets udgang.",
        "A figure of a year is asked as of {day}; a total at the end of the year.",
    ),
    "unknown": ("Hvad der ikke er kendt", "What is not known"),
    "latest": ("Senest skrevet i loggen", "Last recorded"),
    "map": ("Kommunerne", "The municipalities"),
    "map-title": ("Kort med et felt for hver af de 98 kommuner", "Map with a tile for each of the 98 municipalities"),
    "map-desc": (
        "{long} kommuner er markeret som længerevarende forløb, {short} alene som korterevarende, og {none} uden noget registreret, pr. {day}.",
        "{long} municipalities are marked as long engagements, {short} as short services alone, and {none} with nothing recorded, as of {day}.",
    ),
    "map-note": (
        "Feltet viser, hvad loggen kan sige ved navn. Et felt uden farve betyder, at intet er registreret, ikke at kommunen ikke har deltaget.",
        "A tile shows what the log can say by name. A tile without colour means that nothing is recorded, not that the municipality did not take part.",
    ),
    "state-going": ("Længerevarende, i gang", "Long, going on"),
    "state-ended": ("Længerevarende, afsluttet", "Long, completed"),
    "state-long": ("Længerevarende, slutning ikke kendt", "Long, end not known"),
    "state-short": ("Kun korterevarende", "Short only"),
    "state-none": ("Intet registreret", "Nothing recorded"),
    "state": ("Deltagelse", "Participation"),
    "began": ("Begyndt", "Begun"),
    "ended": ("Afsluttet", "Completed"),
    "region": ("Region", "Region"),
    "programme-picture": ("Programmet siden {year}", "The programme since {year}"),
    "programme-picture-title": (
        "Hvert længerevarende forløb som en linje i tiden",
        "Each long engagement as a line in time",
    ),
    "programme-picture-desc": (
        "{count} længerevarende forløb fra {first} til {last}. Lyst skraveret er tid, hvor det ikke vides, om forløbet var begyndt eller endnu var i gang.",
        "{count} long engagements from {first} to {last}. Light hatching is time in which it is not known whether the engagement had begun or was still going on.",
    ),
    "sure": ("I gang", "Going on"),
    "unsure": ("Det vides ikke, om det var i gang", "Not known whether it was going on"),
    "beginning-unsure": ("Begyndt på et tidspunkt heri", "Begun some time in here"),
    "phases-picture": ("Forløb efter fase og år", "Engagements by phase and year"),
    "phases-picture-title": (
        "Antal kommuner i hver fase, år for år",
        "Number of municipalities in each phase, year by year",
    ),
    "phases-picture-desc": (
        "En mørk søjle er talt op. En lys søjle er oplyst på en dag i året. Et skraveret felt er et år, hvor tallet ikke er kendt. Hver række har sin egen målestok.",
        "A dark bar is counted. A light bar was stated on a day of the year. A hatched field is a year for which the number is not known. Each row has a scale of its own.",
    ),
    # municipalities
    "municipalities": ("Kommuner", "Municipalities"),
    "municipalities-lead": (
        "Hvad loggen ved om hver af landets 98 kommuner, og om den opdigtede i eksemplet.",
        "What the log knows of each of the country's 98 municipalities, and of the invented one of the example.",
    ),
    "municipality-lead": (
        "Hvad loggen ved om kommunen, og hvem der har sagt det.",
        "What the log knows of the municipality, and who has said so.",
    ),
    "takes-part": ("Deltagelse", "Participation"),
    "takes-part-none": (
        "Der er ikke registreret noget forløb. Det betyder ikke, at der ikke har været et.",
        "No engagement is recorded. That does not mean that there has been none.",
    ),
    "kind": ("Art", "Kind"),
    "what-is-said": ("Hvad der er sagt og sket", "What was said and happened"),
    "own-applications": ("Ansøgninger", "Applications"),
    # engagements
    "engagements": ("Forløb", "Engagements"),
    "engagements-lead": (
        "De længerevarende forløb, som Spor selv har fulgt, skridt for skridt. Ældre forløb er kendt af, hvad der er oplyst om dem.",
        "The long engagements that Spor itself has followed, step by step. Older ones are known by what was stated about them.",
    ),
    "engagement": ("Længerevarende forløb", "Long engagement"),
    "engagement-of": ("Forløbet i {municipality}", "The engagement in {municipality}"),
    "where": ("Hvor langt", "How far"),
    "where-completed": ("afsluttet", "completed"),
    "where-discontinued": ("afbrudt", "discontinued"),
    "where-none": ("mellem faser", "between phases"),
    "steps": ("Skridt for skridt", "Step by step"),
    "step-done": ("gennemført", "done"),
    "step-now": ("i gang", "going on"),
    "step-to-come": ("ikke begyndt", "not begun"),
    "step-from": ("begyndt {on}", "begun {on}"),
    "step-to": ("afsluttet {on}", "completed {on}"),
    "step-planned": ("planlagt til {on}", "planned until {on}"),
    "samples": ("Stikprøver", "Samples"),
    "samples-lead": (
        "Hvert felt er én af kommunens egne sager. Tallene er altid antal af de relevante sager.",
        "Each square is one of the municipality's own cases. The numbers are always so many of the relevant cases.",
    ),
    "sample-first": ("Første stikprøve", "First sample"),
    "sample-second": (
        "Anden stikprøve: statusmåling, også kaldet pejling",
        "Second sample: status measurement, or bearing",
    ),
    "sample-drawn": (
        "{size} sager, trukket {on} blandt {population}. De viser sagsbehandlingen fra {since} til {to}.",
        "{size} cases, drawn {on} from {population}. They show the casework from {since} to {to}.",
    ),
    "sample-comparable": (
        "De to stikprøver er gennemgået efter de samme målepunkter.",
        "Both samples were scored on the same measurement points.",
    ),
    "sample-not-comparable": (
        "De to stikprøver er gennemgået efter forskellige målepunkter og kan ikke sammenlignes.",
        "The samples were scored on different measurement points and cannot be compared.",
    ),
    "sample-open": (
        "{done} gennemgange er registreret; stikprøven er ikke lukket.",
        "{done} reviews are recorded; the sample is not closed.",
    ),
    "sample-of": ("{kept} af {relevant} relevante sager", "{kept} of {relevant} relevant cases"),
    "sample-of-one": ("{kept} af 1 relevant sag", "{kept} of 1 relevant case"),
    "sample-of-none": ("ingen relevante sager", "no relevant cases"),
    "sample-unsure": (
        "Så få sager siger lidt: resultatet passer med, at kravet er overholdt i alt fra {low} til {high} af hver 10 af kommunens sager.",
        "So few cases say little: the result goes with the requirement being kept in anything from {low} to {high} of every 10 of the municipality's cases.",
    ),
    "sample-line": (
        "Den tynde linje under felterne viser samme usikkerhed: fra ingen (til venstre) til alle (til højre).",
        "The thin line below the squares shows the same uncertainty: from none (left) to all (right).",
    ),
    "sample-small": (
        "En stikprøve på 20 sager er et pejlemærke og ikke en statistik. Forskellen på to stikprøver kan være tilfældig.",
        "A sample of 20 cases gives a bearing and is no statistic. The difference between two samples may be chance.",
    ),
    "strip-desc": ("{size} felter, ét for hver sag: {counts}.", "{size} squares, one for each case: {counts}."),
    "point": ("Målepunkt", "Measurement point"),
    "requirement": ("Krav", "Requirement"),
    "case": ("Sag", "Case"),
    "law": ("Lov", "Law"),
    "limit": ("Frist", "Limit"),
    "before": ("Første", "First"),
    "after": ("Anden", "Second"),
    "recommendations": ("Anbefalinger og udviklingsmål", "Recommendations and development goals"),
    "findings": ("Styrker og udfordringer", "Strengths and challenges"),
    "assessments": ("Task Forcens vurdering", "The Task Force's assessment"),
    "declined": ("fravalgt af kommunen", "declined by the municipality"),
    "goal": ("Udviklingsmål", "Development goal"),
    "goal-indicator": ("Tegn", "Indicator"),
    "goal-activity": ("Aktivitet", "Activity"),
    "goal-responsible": ("Ansvarlig", "Responsible"),
    "due": ("Frist", "Due"),
    "status-label": ("Status", "Status"),
    "not-reported": ("ikke oplyst endnu", "not reported yet"),
    "services": ("Ydelser", "Services"),
    "title": ("Titel", "Title"),
    "participants": ("Deltagere", "Participants"),
    "date": ("Dato", "Date"),
    "reports": ("Rapporter", "Reports"),
    "on-this-page": ("På denne side", "On this page"),
    "timeline": ("Tidslinje", "Timeline"),
    "timeline-cases": ("{count} gennemgange af enkeltsager", "{count} reviews of single cases"),
    "corrected": ("rettet", "corrected"),
    "annulled": ("annulleret", "annulled"),
    "happened-unknown": ("det vides ikke, om det var sket den dag", "not known whether it had happened by that day"),
    "undated": ("Uden dato", "Undated"),
    "not-yours": (
        "Stikprøver, anbefalinger og rapporter er kommunens. De står her, når kommunen har offentliggjort dem, og som den offentliggjorde dem.",
        "Samples, recommendations and reports are the municipality's. They stand here once it has published them, and as it published them.",
    ),
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
    "facts-lead": (
        "{count} fakta i loggen, i den orden de blev skrevet.",
        "{count} facts of the log, in the order in which they were recorded.",
    ),
    "facts-hidden": (
        "{count} af dem er ikke for den rolle, du ser siden med.",
        "{count} of them are not for the role that you see the page with.",
    ),
    "fact-type": ("Type", "Type"),
    "fact-thing": ("Handler om", "About"),
    "fact-recorded": ("Skrevet i loggen", "Recorded"),
    "fact-claim": ("Kilde og indberetning", "Source and claim"),
    "fact-derived": ("fulgte af et andet faktum", "followed from another fact"),
    "fact-data": ("Indhold", "Content"),
    "fact-redacted": ("Udeladt for din rolle: {fields}", "Left out for your role: {fields}"),
    "fact-amended": ("Rettet eller annulleret af", "Corrected or annulled by"),
    "fact-now": ("Som det står i dag", "As it stands now"),
    # search
    "search-title": ("Søg", "Search"),
    "search-hint": (
        "Navnet på en kommune, et spørgsmål, et målepunkt eller et ord fra en sætning",
        "The name of a municipality, a question, a measurement point, or a word of a sentence",
    ),
    "search-results": ("{count} fundet for »{q}«", "{count} found for “{q}”"),
    "search-nothing": (
        "Intet fundet for »{q}«. Prøv med færre bogstaver: aa og å er det samme.",
        "Nothing found for “{q}”. Try fewer letters: aa and å are the same.",
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
    # work
    "work": ("Arbejdsliste", "Work list"),
    "work-lead": (
        "Hvad der venter, på hvem, og til hvornår; det mest presserende først.",
        "What waits, for whom, and until when; the most urgent first.",
    ),
    "work-none": ("Intet venter med de valg.", "Nothing waits with these choices."),
    "work-overdue": ("Overskredet", "Overdue"),
    "work-soon": ("Inden for 14 dage", "Within 14 days"),
    "work-later": ("Senere", "Later"),
    "work-no-day": ("Uden frist", "Without a last day"),
    "waits-for": ("Venter på", "Waits for"),
    "work-what": ("Hvad", "What"),
    "work-about": ("Om", "About"),
    "work-urgency": ("Hvor meget det haster", "How urgent"),
    "work-csv": ("Hent listen som CSV", "Get the list as CSV"),
    "days-left": ("{count} dage tilbage", "{count} days left"),
    "day-left": ("1 dag tilbage", "1 day left"),
    "today": ("i dag", "today"),
    "days-over": ("{count} dage over", "{count} days over"),
    "day-over": ("1 dag over", "1 day over"),
    "steering-group": ("styregruppen", "the steering group"),
    "filter": ("Filtrer", "Filter"),
    # rounds and applications
    "rounds": ("Ansøgningspuljer", "Application rounds"),
    "rounds-lead": (
        "Hver pulje med sin frist; hvem der har søgt, er ikke offentligt.",
        "Each round with its deadline; who applied is not public.",
    ),
    "round": ("Ansøgningspulje", "Application round"),
    "round-of": ("Puljen for {year}", "The round for {year}"),
    "round-opens": ("Åbner", "Opens"),
    "deadline": ("Frist", "Deadline"),
    "applications": ("Ansøgninger", "Applications"),
    "applications-none": ("Ingen ansøgninger, som du må se.", "No applications that you may see."),
    "application": ("Ansøgning", "Application"),
    "received": ("Modtaget", "Received"),
    "missing": ("Mangler", "Missing"),
    "missing-until": ("{parts}, senest {due}", "{parts}, by {due}"),
    "outcome": ("Afgørelse", "Decision"),
    "not-decided": ("ikke afgjort", "not decided"),
    "assessment": ("Vurdering", "Assessment"),
    "score": ("Score", "Score"),
    "withdrawn": ("trukket tilbage", "withdrawn"),
    "agreed": ("Aftale indgået", "Agreement made"),
    "reasons": ("Begrundelse", "Reasons"),
    "bodies": ("Til stede", "Present"),
    "motivation": ("motivation", "motivation"),
    "readiness": ("organisatorisk parathed", "organisational readiness"),
    "other_activities": ("andre aktiviteter", "other activities"),
    # sources and held
    "sources": ("Kilder", "Sources"),
    "sources-lead": ("Hvem der må sige hvad, og hvad de har sagt.", "Who may say what, and what they have said."),
    "source-of": ("Kilden {name}", "The source {name}"),
    "acts-for": ("Taler for", "Speaks for"),
    "role": ("Rolle", "Role"),
    "types": ("Typer", "Types"),
    "programmes": ("Programmer", "Programmes"),
    "revoked": ("trukket tilbage", "revoked"),
    "valid": ("gyldig", "valid"),
    "source-facts": ("Fakta fra kilden", "Facts from the source"),
    "source-facts-most": ("De seneste {count} er vist.", "The last {count} are shown."),
    "held": ("Tilbageholdt", "Held"),
    "held-lead": (
        "Indberetninger, der er sat til side, fordi vi selv fejlede. De ligger i orden og prøves igen, når fejlen er rettet.",
        "Claims that were set aside because we failed. They lie in order, and are tried again once the fault is mended.",
    ),
    "held-none": ("Intet er tilbageholdt.", "Nothing is held."),
    "held-waiting": (
        "{owner}: {count} indberetninger venter på noget, der ikke er kommet endnu.",
        "{owner}: {count} claims wait for what has not come yet.",
    ),
    # about and accessibility
    "about-title": ("Om Spor", "About Spor"),
    "accessibility-title": ("Tilgængelighedserklæring", "Accessibility statement"),
}
"""By what it is for; `{…}` is filled in."""

PROGRAMMES: Final = ("boern-unge", "handicap", "eksempel")
"""Programmes that have a name in words; another is called by its short name."""


def say(key: str, *, language: str, **more: Any) -> str:
    """The words for something. Raises KeyError where there are none."""
    said = WORDS[key][LANGUAGES.index(language)]
    return said.format(**more) if more else said


def programme(name: str, *, language: str) -> str:
    """A programme by its name in words."""
    return say(name, language=language) if name in PROGRAMMES else name


def field_label(act: str, name: str, *, language: str) -> str:
    """What a field of a form is called: by its act, by where it stands, or by its own name."""
    steps = [step for step in name.split(".") if not step.isdigit()]
    keys = (f"field-{act}-{steps[-1]}", f"field-{'-'.join(steps)}", f"field-{steps[-1]}")
    found = next((key for key in keys if key in WORDS), None)
    return say(found, language=language) if found else steps[-1].replace("_", " ").capitalize()


def field_hint(field: Field, *, language: str) -> str:
    """What goes into a field, by its kind; nothing where what can be chosen stands there."""
    key = f"hint-{field.last}" if f"hint-{field.last}" in WORDS else f"hint-{field.kind}"
    return say(key, language=language) if key in WORDS and not field.options else ""


def criterion(name: str, *, language: str) -> str:
    """A criterion by its name in words."""
    told = say(name, language=language) if name in CRITERIA else name.replace("_", " ")
    return told[:1].upper() + told[1:]
