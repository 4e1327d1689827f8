"""The drill that `make drill` runs: a Spor is destroyed and restored, and nothing is missing."""

from tests.support.spor import run


def test_nothing_is_missing() -> None:
    done = run("drill", "--json", within=180)
    assert done.code == 0, done.err + done.out
    steps = done.values
    assert [step["en"] for step in steps][-1] == "nothing is missing"
    assert all(step["seconds"] >= 0 and step["da"] for step in steps)
    assert {
        "the home is destroyed",
        "the answers are the same, byte for byte",
        "claims that came again are repeated",
    } <= {step["en"] for step in steps}
