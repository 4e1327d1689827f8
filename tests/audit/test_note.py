"""Signed heads: the published example, and everything that is almost one."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.audit.note import Head, NoteError, head_of, opened, signed, verifier, verifier_of
from tests.audit.ground import KEY, NAME, ORIGIN, STRANGER, VERIFIER

PUBLISHED = json.loads((Path(__file__).parent / "vectors" / "signed-note.json").read_text("utf-8"))
HEAD = Head(ORIGIN, 5, bytes(range(32)))
NOTE = signed(HEAD, NAME, KEY)


def test_the_published_note_is_opened_with_its_key() -> None:
    text, by = opened(PUBLISHED["note"], [verifier(PUBLISHED["verifier_key"])])
    assert text == "This is an example message.\n"
    assert by.name == "example.com/foo" and by.text == PUBLISHED["verifier_key"]


def test_it_is_no_head() -> None:
    with pytest.raises(NoteError, match="no tree head"):
        head_of(PUBLISHED["note"], [verifier(PUBLISHED["verifier_key"])])


def test_what_is_signed_is_read_again_and_the_same_twice() -> None:
    assert head_of(NOTE, [VERIFIER]) == (HEAD, VERIFIER)
    assert signed(HEAD, NAME, KEY) == NOTE
    assert verifier(VERIFIER.text + "\n") == VERIFIER


def test_several_may_sign() -> None:
    other = signed(HEAD, "andet", STRANGER).rpartition("\n\n")[2]
    for both in (NOTE + other, NOTE.replace("\n\n", f"\n\n{other}")):
        assert head_of(both, [VERIFIER]) == (HEAD, VERIFIER)
        assert head_of(both, [verifier_of("andet", STRANGER)])[1].name == "andet"


def test_every_flipped_bit_is_refused() -> None:
    raw = NOTE.encode()
    for at in range(len(raw)):
        for bit in range(8):
            changed = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            with pytest.raises((NoteError, UnicodeDecodeError)):
                head_of(changed.decode(), [VERIFIER])


@pytest.mark.parametrize(
    "trusted", [[], [verifier_of(NAME, STRANGER)], [verifier_of("andet", KEY)]], ids=["none", "key", "name"]
)
def test_a_key_that_is_not_trusted_says_nothing(trusted: list[object]) -> None:
    with pytest.raises(NoteError, match="no trusted key"):
        head_of(NOTE, trusted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["spor/log\n5\n", "spor/log\n05\n{}\n", "spor/log\n0\n{}\n", "\n5\n{}\n", "spor/log\n5\n{}\nmore\n"]
)
def test_a_signature_over_something_else_is_no_head(text: str) -> None:
    root = HEAD.text.split("\n")[2]
    text = text.format(root)
    signature = VERIFIER.id + KEY.sign(text.encode())
    line = NOTE.rpartition("\n\n")[2].split(" ")[:2]
    note = f"{text}\n{' '.join(line)} {base64.b64encode(signature).decode()}\n"
    assert opened(note, [VERIFIER])[0] == text
    with pytest.raises(NoteError, match=r"no tree head|no base64"):
        head_of(note, [VERIFIER])


@pytest.mark.parametrize(
    "text",
    ["", "vidne", VERIFIER.text.replace("vidne", "vidnet"), VERIFIER.text[:-4], replace(VERIFIER, name="a b").text],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        verifier(text)
