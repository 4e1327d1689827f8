"""The five answers, value by value, as the demo wrote them."""

import json
from typing import Any

import pytest

from tests.journey.conftest import Run
from tests.support.spor import RunningSpor

Answer = dict[str, Any]
SHORT = (
    "Ballerup", "Bornholm", "Faxe", "Greve", "Guldborgsund", "Halsnæs", "Hedensted", "Herlev", "Herning", "Holbæk",
    "Ikast-Brande", "Kalundborg", "Køge", "Næstved", "Odense", "Odsherred", "Ringsted", "Roskilde", "Slagelse", "Sorø",
    "Thisted", "Tønder", "Vordingborg", "Ærø", "Aabenraa", "Aalborg", "Aarhus",
)  # fmt: skip


def figures(answer: Answer) -> dict[str, tuple[object, str]]:
    return {name: (figure["value"], figure["basis"]) for name, figure in answer["figures"].items()}


def names(answer: Answer, measure: str) -> list[str]:
    return [entry["municipality"] for entry in answer["lists"][measure]]


def rule(answer: Answer, name: str) -> Any:
    (found,) = [rule for rule in answer["rules"] if rule["rule"] == name]
    return found


class TestHowManyMunicipalitiesUntil2014:
    @pytest.fixture
    def answer(self, first: Run) -> Answer:
        return first.answers["20131-SOU-262"]

    def test_five_long_and_27_short_are_counted(self, answer: Answer) -> None:
        assert answer["as_of"] == answer["question"]["answered_on"] == "2014-03-19"
        found = figures(answer)
        assert (found["long"], found["short"]) == ((5, "counted"), (27, "counted"))

    def test_the_long_ones_are_named_with_their_years(self, answer: Answer) -> None:
        told = [
            (entry["municipality"], entry["started"], entry["expected_end"], entry["as_printed"])
            for entry in answer["lists"]["long"]
        ]
        assert told == [
            ("Esbjerg", "2012", "2014", "2014"),
            ("Halsnæs", "2013", "2015", "2015"),
            ("Hjørring", "2013", "2015", "2015"),
            ("Rebild", "2012", "2014", "2014"),
            ("Aabenraa", "2013", "2016-01~", "primo 2016"),
        ]

    def test_a_forecast_completes_nothing(self, answer: Answer) -> None:
        assert {entry["ended"] for entry in answer["lists"]["long"]} == {None}

    def test_the_short_ones_are_named_in_danish_order(self, answer: Answer) -> None:
        assert tuple(names(answer, "short")) == SHORT


class TestHowCasesAreSampled:
    @pytest.fixture
    def answer(self, first: Run) -> Answer:
        return first.answers["20161-SOU-534"]

    def test_the_day_of_the_answer_is_lost_and_said_to_be(self, answer: Answer) -> None:
        assert (answer["as_of"], answer["question"]["answered_on"]) == ("2017-09-15", None)
        assert "Tabt i den bevarede kopi: svarets dato." in [item["text"] for item in answer["unknown"]]

    def test_samples_are_of_twenty_cases_18_to_24_months_apart(self, answer: Answer) -> None:
        found = figures(answer)
        assert found["sample_size_first"] == found["sample_size_second"] == (20, "stated")
        assert rule(answer, "months_between_samples")["value"] == [18, 24]


class TestWhichCoursesThereWereIn2018:
    @pytest.fixture
    def answer(self, first: Run) -> Answer:
        return first.answers["20181-S71-3"]

    def test_23_are_stated_of_whom_17_can_be_named(self, answer: Answer) -> None:
        assert answer["as_of"] == "2018-12-06"
        long = answer["figures"]["long"]
        assert (long["value"], long["basis"], long["named"]) == (23, "stated", 17)
        assert len(answer["lists"]["long"]) == 17
        assert any("23 er oplyst, 17 kan navngives, 6 kan ikke" in item["text"] for item in answer["unknown"])

    def test_the_states_of_2018_are_counted_and_named(self, answer: Answer) -> None:
        found = figures(answer)
        assert [found[state] for state in ("started", "in_development", "completed")] == [
            (4, "counted"), (6, "counted"), (2, "counted"),
        ]  # fmt: skip
        assert names(answer, "started") == ["Morsø", "Skive", "Sønderborg", "Varde"]
        assert names(answer, "in_development") == [
            "Faaborg-Midtfyn", "Glostrup", "København", "Odder", "Stevns", "Svendborg",
        ]  # fmt: skip
        assert names(answer, "completed") == ["Nyborg", "Tønder"]

    def test_the_rules_of_admission_and_the_budget_are_stated(self, answer: Answer) -> None:
        found = figures(answer)
        assert found["capacity_per_year"] == (4, "stated")
        assert found["municipalities_per_engagement"] == (1, "stated")
        assert found["budget_dkk_per_year"] == (4_500_000, "stated")
        assert rule(answer, "admission_criteria")["value"] == [
            "motivation", "organisatorisk parathed", "øvrige aktiviteter",
        ]  # fmt: skip
        assert len(rule(answer, "steering_group_members")["value"]) == 3

    def test_how_many_had_short_services_is_not_known_any_more(self, answer: Answer) -> None:
        short = answer["figures"]["short"]
        assert (short["value"], short["basis"], short["at_least"], short["at_most"]) == (None, "not known", 27, None)
        assert any("ikke kendt, mindst 27" in item["text"] for item in answer["unknown"])


class TestWhetherKnowledgeIsCollected:
    def test_it_says_what_was_said_and_no_budget_of_that_year(self, first: Run) -> None:
        answer = first.answers["20222-SOU-80"]
        assert answer["as_of"] == answer["question"]["answered_on"] == "2023-02-27"
        assert figures(answer) == {"task_forces": (2, "stated")}
        assert "4,5 mio" not in json.dumps(answer, ensure_ascii=False)
        assert rule(answer, "no_cross_cutting_collection")["stated_on"] == "2023-02-27"
        assert rule(answer, "knowledge_use")["quote"]


class TestWhatIsSaidOfNordfyn:
    @pytest.fixture
    def answer(self, first: Run) -> Answer:
        return first.answers["20231-SOU-198"]

    def test_one_attachment_is_named(self, answer: Answer) -> None:
        (attachment,) = answer["attachments"]
        assert attachment["text"].startswith("Bilag 1.")

    def test_an_account_was_asked_of_nordfyns_alone(self, answer: Answer) -> None:
        assert [(item["municipality"], item["what"]) for item in answer["asked_of"]] == [
            ("Nordfyns", "redegørelse"), (None, "er kontaktet"),
        ]  # fmt: skip

    def test_what_the_asker_asserts_stands_among_the_claims_only(self, answer: Answer) -> None:
        assert {item["about"] for item in answer["claims"]} == {"Nordfyns", "Nyborg", "Langeland"}
        assert {item["by"] for item in answer["claims"]} == {"Katrine Daugaard (LA)"}
        said = " ".join(text for rule in answer["rules"] for text in (rule["text"], rule["quote"] or ""))
        assert "Langeland" not in said and "Nyborg" not in said
        assert not any(entry for entries in answer["lists"].values() for entry in entries)


def test_a_key_may_be_written_as_parliament_writes_it(told: RunningSpor, first: Run) -> None:
    for key in ("20181/§71/3", "20181/S71/3", "20181-S71-3"):
        done = told.run("answer", key, "--json", "--known-at", "157")
        assert done.code == 0, done.err
        assert done.json["figures"] == first.answers["20181-S71-3"]["figures"]
