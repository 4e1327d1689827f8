"""Danish words for what the facts hold."""

import pytest

from events.municipalities import EXAMPLE, invented, known, municipalities, name
from events.words import in_danish_order, listed, moment, report, when, word

IN_ORDER = """
Albertslund Allerød Assens Ballerup Billund Bornholm Brøndby Brønderslev Dragør Egedal Esbjerg Fanø Favrskov Faxe
Fredensborg Fredericia Frederiksberg Frederikshavn Frederikssund Furesø Faaborg-Midtfyn Gentofte Gladsaxe Glostrup Greve
Gribskov Guldborgsund Haderslev Halsnæs Hedensted Helsingør Herlev Herning Hillerød Hjørring Holbæk Holstebro Horsens
Hvidovre Høje-Taastrup Hørsholm Ikast-Brande Ishøj Jammerbugt Kalundborg Kerteminde Kolding København Køge Langeland Lejre
Lemvig Lolland Lyngby-Taarbæk Læsø Mariagerfjord Middelfart Morsø Norddjurs Nordfyns Nyborg Næstved Odder Odense Odsherred
Randers Rebild Ringkøbing-Skjern Ringsted Roskilde Rudersdal Rødovre Samsø Silkeborg Skanderborg Skive Slagelse Solrød Sorø
Stevns Struer Svendborg Syddjurs Sønderborg Thisted Tønder Tårnby Vallensbæk Varde Vejen Vejle Vesthimmerlands Viborg
Vordingborg Ærø Aabenraa Aalborg Aarhus
""".split()


def test_the_ninety_eight_names_stand_in_danish_order_with_aa_last() -> None:
    assert len(IN_ORDER) == 98
    assert in_danish_order([entry.name for entry in municipalities().values()]) == IN_ORDER


def test_aa_and_å_are_the_same_letter_in_the_order_of_names() -> None:
    assert in_danish_order(["Tårnby", "Tønder", "Aarhus", "Århus", "Ærø", "Øer", "Zoo"]) == [
        "Tønder", "Tårnby", "Zoo", "Ærø", "Øer", "Aarhus", "Århus",
    ]  # fmt: skip


def test_a_code_of_no_municipality_stays_a_code() -> None:
    assert (name("0101"), name("0411"), name("101")) == ("København", "0411", "101")
    assert [known("0101"), known("0411"), known("101"), known("")] == [True, False, False, False]


def test_an_invented_municipality_is_known_and_is_none_of_the_ninety_eight() -> None:
    assert (name("9901"), known("9901"), invented("9901"), EXAMPLE) == ("Eksempelby", True, True, "eksempel")
    assert "9901" not in municipalities()
    assert not any(map(invented, municipalities()))


@pytest.mark.parametrize(
    ("text", "danish", "english"),
    [
        ("2018-12-06", "6. december 2018", "6 December 2018"),
        ("2014-03", "marts 2014", "March 2014"),
        ("2012", "2012", "2012"),
        ("2016-01~", "omkring januar 2016", "about January 2016"),
        ("2016~", "omkring 2016", "about 2016"),
        ("2012/2014", "2012 til 2014", "2012 to 2014"),
        ("2015/..", "siden 2015", "since 2015"),
        ("2015-02-01/..", "siden 1. februar 2015", "since 1 February 2015"),
        (
            "[2012..2014-03-19]",
            "på et tidspunkt mellem 2012 og 19. marts 2014",
            "some time between 2012 and 19 March 2014",
        ),
        ("[2017-09-15..]", "tidligst 15. september 2017", "no earlier than 15 September 2017"),
        ("[..2023-02-27]", "senest 27. februar 2023", "no later than 27 February 2023"),
        ("primo 2016", "primo 2016", "primo 2016"),
        (None, "ikke kendt", "not known"),
        ("", "ikke kendt", "not known"),
    ],
)
def test_a_date_is_told_in_danish_and_in_english(text: str | None, danish: str, english: str) -> None:
    assert when(text) == danish
    assert when(text, "en") == english


def test_a_list_is_told_as_a_phrase() -> None:
    assert listed([]) == ""
    assert listed(["Rebild"]) == "Rebild"
    assert listed(["Rebild", "Esbjerg"]) == "Rebild og Esbjerg"
    assert listed(["Rebild", "Esbjerg", "Ærø"]) == "Rebild, Esbjerg og Ærø"
    assert listed(["Rebild", "Esbjerg", "Ærø"], "en") == "Rebild, Esbjerg, and Ærø"


def test_a_term_without_a_word_stays_as_it_is() -> None:
    assert (word("long"), word("long", "en"), word("pilot")) == (
        "et længerevarende forløb",
        "a long engagement",
        "pilot",
    )


def test_a_report_is_named_for_a_phase_and_told_as_a_report() -> None:
    assert (report("analysis"), report("status", "en"), report("pilot")) == (
        "analyserapporten",
        "the status report",
        "pilot",
    )


def test_a_moment_is_told_by_the_clocks_of_copenhagen() -> None:
    assert moment("2031-02-28T23:30:00Z") == "1. marts 2031 kl. 00.30"
    assert moment("2031-07-01T12:05:00+02:00", "en") == "1 July 2031 at 12:05"
    assert moment("some time") == "some time"
