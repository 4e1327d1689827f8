"""The guard against CPR numbers: wider than a scanner, and it never says what it saw (domain.md 7.2).

The numbers here are made up: no day in them ever was anyone's birthday with such a serial.
"""

import base64
import hashlib
import json
import random
import sys
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.base import Event
from events.catalogue import CATALOGUE
from events.inbox import cpr
from events.inbox.claim import Unreadable, read
from events.inbox.cpr import found_in, holds_cpr
from tests.support.builders import adopted, application, arrival, claim, decided, figure, participates, registration
from tests.support.house import HISTORY, House

NUMBER = "010190-1234"


@pytest.mark.parametrize(
    "text",
    [
        "010190-1234",
        "0101901234",
        "010190 1234",
        "010190–1234",
        "010190—1234",
        "010190−1234",
        "010190‑1234",
        "010190.1234",
        "010190/1234",
        "010190_1234",
        "010190\t1234",
        "010190\n1234",
        "010190\N{NO-BREAK SPACE}1234",
        "010190 - 1234",
        "010190 – 1234",
        "010190 / 1234",
        "01.01.90-1234",
        "01-01-90-1234",
        "01/01/90 1234",
        "01 01 90 1234",
        "01 01 90-1234",
        "01 01 90 12 34",
        "0 1 0 1 9 0 1 2 3 4",
        "0 1 0 1 9 0 - 1 2 3 4",
        "0.1.0.1.9.0.1.2.3.4",
        "０１０１９０-１２３４",
        "٠١٠١٩٠-١٢٣٤",
        "𝟎𝟏𝟎𝟏𝟗𝟎-𝟏𝟐𝟑𝟒",
        "①②③④⑤⑥⑦⑧⑨①".replace("③④", "①②"),
        "010190\N{SOFT HYPHEN}1234",
        "010190\N{ZERO WIDTH SPACE}1234",
        "0\N{WORD JOINER}10190-1234",
        "0101\N{ZERO WIDTH NO-BREAK SPACE}90-1234",
        "010190\x001234",
        "\x00".join("010190-1234"),
        "CPR: 010190-1234.",
        "(010190-1234)",
        "cpr010190-1234x",
        "barn_0101901234_.pdf",
        "/0101901234/",
        "010190-1234, 020291-2345",
        "+010190-1234",
        "311299-9999",
        "610190-1234",
        "910190-1234",
        "290200-4000",
        "310200-4000",
        "010160-0000",
        "311218 2018",
        "2018 010190-1234",
    ],
)
def test_every_shape_of_a_cpr_number_is_seen(text: str) -> None:
    assert holds_cpr(text)
    assert holds_cpr(f"Sagen om {text} blev genoptaget.")


@pytest.mark.parametrize(
    "text",
    [
        "33 92 93 00",
        "Telefon 33 92 93 00",
        "+45 33 92 93 00",
        "0045 33 92 93 00",
        "Fax. 33 93 25 18",
        'sagsnr. "2018 - 6121"',
        "2018-6121",
        "doknr. 636466",
        "Doknr. 636466, 6. december 2018",
        "2018-12-06",
        "2018-12-06T10:00:00.337Z",
        "2018-12-06 10:00:00",
        "06-12-2018",
        "6.12.2018 kl. 10.30",
        "2012/2014",
        "[2012..2014-03-19]",
        "[2018-01-01..2018-12-06]",
        "2012-01-01/2014-03-19",
        "(2023-24)",
        "2012-2014, 2015-2017",
        "20181-S71-3",
        "SOU spm. 262 (alm. del) 2013-14",
        "5790000123456",
        "4,5 mio. kr. i 2018",
        "4500000",
        "0101, 0147, 0151, 0153",
        "000010-1234",
        "320190-1234",
        "011390-1234",
        "010090-1234",
        "010190-123",
        "010190-12345",
        "10190-1234",
        "1234567890123456",
        "0.1234567891",
        "7e57d004-2b97-0e7a-b45f-5387367791cd",
        "aa010190-1234-4a12-8abc-0123456789ab",
        "5d1c2f00-aaaa-4bbb-8ccc-f0101901234e",
        "00-0af7651916cd0101901234eb211c8031-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b0101901234d31ac-01",
        "3b01019012343b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b",
        "h-3b0101901234ab3b3b3b3b3b3b3b3b3b",
        "urn:spor:source:esdh",
        "",
    ],
)
def test_what_only_looks_alike_passes(text: str) -> None:
    assert not holds_cpr(text)


def test_every_digit_there_is_counts() -> None:
    """Of whatever script: what has too few of these is not looked at any further."""
    digits = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isdigit()]
    assert len(digits) > 700
    assert [char for char in digits if not cpr._PERHAPS.fullmatch(char)] == []


def test_a_machines_own_names_are_not_taken_for_cpr_numbers() -> None:
    rng = random.Random(7)
    for _ in range(3_000):
        assert not holds_cpr(str(uuid.UUID(int=rng.getrandbits(128), version=4)))
        assert not holds_cpr(hashlib.sha256(rng.randbytes(9)).hexdigest())
        assert not holds_cpr(f"00-{rng.getrandbits(128):032x}-{rng.getrandbits(64):016x}-01")


def test_a_number_beside_a_machines_name_is_still_seen() -> None:
    assert holds_cpr(f"7e57d004-2b97-4e7a-b45f-5387367791cd {NUMBER}")
    assert holds_cpr(f"{NUMBER} 7e57d004-2b97-4e7a-b45f-5387367791cd")
    assert holds_cpr("01019012-3456-4000-8000-000000000000 0101901234")
    assert holds_cpr("0" * 22 + " 0101901234")


@pytest.mark.parametrize(
    "name", ["00-sources", "10-questions", "20-answers", "30-rules", "40-names", "50-participation", "60-figures"]
)
def test_nothing_in_the_history_looks_like_a_cpr_number(name: str) -> None:
    for line in (HISTORY / f"{name}.ndjson").read_text(encoding="utf-8").splitlines():
        assert not holds_cpr(line)
        assert list(found_in(json.loads(line))) == []


@pytest.mark.parametrize("text", sorted(path.name for path in (HISTORY / "texts").iterdir()))
def test_nothing_in_the_five_texts_looks_like_a_cpr_number(text: str) -> None:
    assert not holds_cpr((HISTORY / "texts" / text).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("value", "pointers"),
    [
        ({"a": NUMBER}, ["/a"]),
        ({"a": {"b": ["x", NUMBER]}}, ["/a/b/1"]),
        ({"a/b~": NUMBER}, ["/a~1b~0"]),
        ({NUMBER: 1}, ["/*"]),
        ({"a": {NUMBER: NUMBER}}, ["/a/*"]),
        ({"a": 3112991234}, ["/a"]),
        ({"a": 101901234}, ["/a"]),
        ({"a": 101901234.0}, ["/a"]),
        ({"a": [101901234, 17]}, ["/a/0"]),
        ({"a": 1234567, "b": 12345678901, "c": 101901234.5, "d": True, "e": None, "f": -5, "g": 1e300}, []),
        ({"year": 2018, "members": ["0101", "0147"]}, []),
        ([], []),
    ],
)
def test_it_is_found_in_values_keys_and_numbers_that_lost_their_zero(value: Any, pointers: list[str]) -> None:
    assert list(found_in(value)) == pointers


def test_a_key_beside_the_number_is_shown_only_where_it_is_fit_to_be_shown() -> None:
    assert list(found_in({"\x1b[2J": NUMBER})) == ["/*"]
    assert list(found_in({"n" * 41: {"a": NUMBER}})) == ["/*/a"]


# -- in a claim


def personal(
    body: object, headers: dict[str, str] | None = None, subject: str = "inbox.esdh.0.application.eks-1"
) -> set[str]:
    """Where the guard saw something; nothing of the message is kept in what is said about it."""
    found = read(arrival(body, headers, subject))
    assert isinstance(found, Unreadable), "it passed"
    assert found.personal
    assert {problem.code for problem in found.problems if problem.pointer != "/time"} >= {"cpr"}
    assert (found.digest, found.id, found.type) == ("", None, None)
    return {problem.pointer for problem in found.problems if problem.code == "cpr"}


def strings(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every string in a JSON value."""
    match value:
        case str():
            return [path]
        case dict():
            return [found for key, item in value.items() for found in strings(item, (*path, key))]
        case list():
            return [found for key, item in enumerate(value) for found in strings(item, (*path, key))]
        case _:
            return []


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with one value changed."""
    if not path:
        return new
    copied = list(value) if isinstance(value, list) else dict(value)
    copied[path[0]] = put(copied[path[0]], path[1:], new)
    return copied


def golden(tag: str) -> dict[str, Any]:
    written = msgspec.json.decode((Path(__file__).parents[1] / "events" / "golden" / f"{tag}.json").read_bytes())
    return {
        name: written[name]
        for name in ("specversion", "id", "source", "type", "subject", "correlationid", "actor", "data")
    }


@pytest.mark.parametrize("tag", CATALOGUE)
@pytest.mark.parametrize("number", [NUMBER, "Barnet 0101901234 er"])
def test_every_text_of_every_type_is_guarded(tag: str, number: str) -> None:
    document = golden(tag)
    paths = strings(document)
    assert len(paths) >= 9
    for path in paths:
        pointer = "".join(f"/{step}" for step in path)
        assert pointer in personal(put(document, path, number)), pointer


@pytest.mark.parametrize("tag", CATALOGUE)
def test_no_golden_fact_is_taken_for_one(tag: str) -> None:
    assert list(found_in(golden(tag))) == []


@pytest.mark.parametrize(
    ("body", "headers", "subject", "where"),
    [
        (application(), {"X-Note": NUMBER}, "application.eks-1", {"/headers"}),
        (application(), {NUMBER: "x"}, "application.eks-1", {"/headers"}),
        (application(), {"Nats-Msg-Id": NUMBER}, "application.eks-1", {"/headers"}),
        (application(), None, "application.0101901234", {"/subject"}),
        (application(), None, "application.010190-1234", {"/subject"}),
        (b'{"a": "010190-1234"', None, "application.eks-1", {""}),
        (b"CPR 010190-1234", None, "application.eks-1", {""}),
        (f'{{"note": "{NUMBER}", "note": "x"}}'.encode(), None, "application.eks-1", {""}),
        (json.dumps({"note": NUMBER}).encode("utf-16"), None, "application.eks-1", {""}),
        (json.dumps({"note": NUMBER}).encode("utf-16-be"), None, "application.eks-1", {""}),
        (json.dumps({"note": NUMBER}).encode("utf-32"), None, "application.eks-1", {""}),
        (b"\xef\xbb\xbf" + json.dumps({"note": NUMBER}).encode(), None, "application.eks-1", {""}),
        ('{"navn": "S\xf8ren", "cpr": "010190-1234"}'.encode("cp1252"), None, "application.eks-1", {""}),
        (b"[" * 100_000 + b'"010190-1234"', None, "application.eks-1", {""}),
        (b'"' + b"x" * 100_000 + b' 010190-1234"', None, "application.eks-1", {""}),
        (application() | {"id": NUMBER}, None, "application.eks-1", {"/id"}),
        (application() | {"extension": {"deep": [NUMBER]}}, None, "application.eks-1", {"/extension/deep/0"}),
    ],
)  # fmt: skip
def test_it_is_found_wherever_it_stands(
    body: object, headers: dict[str, str] | None, subject: str, where: set[str]
) -> None:
    assert personal(body, headers, f"inbox.esdh.0.{subject}") == where


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_found_behind_base64(encoding: str) -> None:
    hidden = base64.b64encode(f'{{"cpr": "{NUMBER}"}}'.encode(encoding)).decode()
    assert personal(application() | {"data_base64": hidden}) == {"/data_base64"}
    alone = {name: value for name, value in application().items() if name != "data"} | {"data_base64": hidden}
    assert "/data_base64" in personal(alone)


@pytest.mark.parametrize("value", ["", "=", "æ", "AAA", 17, None, "SGVq"])
def test_what_is_no_base64_is_no_number(value: object) -> None:
    found = read(arrival(application() | {"data_base64": value}))
    assert not (isinstance(found, Unreadable) and found.personal)


def test_it_is_found_behind_the_percent_signs_of_a_header() -> None:
    document = application()
    headers = {f"ce-{name}": value for name, value in document.items() if name != "data"} | {"ce-id": "010190%2D1234"}
    assert personal(json.dumps(document["data"]).encode(), headers) == {"/id"}


@pytest.mark.parametrize("escaped", ["0101901234", "010190-1234"])
def test_it_is_found_behind_the_escapes_of_json(escaped: str) -> None:
    hidden = "".join(f"\\u{ord(char):04x}" for char in escaped)
    assert personal(json.dumps(application(1, round="HERE")).replace("HERE", hidden).encode()) == {"/data/round"}


ORDINARY: list[tuple[str, Event]] = [
    ("rule/eksempel_capacity_per_year", adopted("capacity_per_year", text="Telefon 33 92 93 00, sagsnr. 2018 - 6121, doknr. 636466.")),
    ("participation/eksempel_0101", participates("0101", said_on="[2018-01-01..2018-12-06]")),
    ("figure/eksempel_long", figure(value=5, members=("0840", "0561", "0260", "0860", "0580"), since=2012)),
    ("application/eks-1", decided(reasons="Se SOU alm. del (2023-24), bilag 1, side 12-14 (1. januar 2031).")),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "event"), ORDINARY)
def test_ordinary_professional_text_passes(subject: str, event: Event) -> None:
    headers = {"traceparent": "00-0af7651916cd0101901234eb211c8031-b7ad6b7169203331-01"}
    found = read(
        arrival(claim(str(uuid.UUID(int=3)), subject, event), headers, f"inbox.esdh.0.{subject.replace('/', '.')}")
    )
    assert not isinstance(found, Unreadable), found.problems


# -- at the desk


@pytest.mark.parametrize(
    "document",
    [
        application(1, municipality=NUMBER),
        application() | {"id": f"sag {NUMBER}"},
        application() | {"actor": "role:0101901234"},
        put(application(), ("data", "director_signature", "role"), NUMBER),
        application() | {"data": application()["data"] | {"rules": [101901234]}},
        application() | {NUMBER: "x"},
    ],
)
async def test_the_receipt_holds_neither_the_number_nor_a_digest_of_anything(document: dict[str, Any]) -> None:
    house = House()
    await house.send(registration())
    body = json.dumps(document).encode()
    (receipt,) = await house.send(body, token="esdh", subject="application.eks-1")
    (line,) = [line async for lines in house.receipts.scan(1, 2) for line in lines]
    assert receipt.verdict == "invalid"
    assert {problem.code for problem in receipt.problems} == {"cpr"}
    assert (receipt.claimid, receipt.claimtype, receipt.subject, receipt.claimdigest) == (None, None, None, "")
    assert not holds_cpr(line.body.decode())
    for secret in (NUMBER, "0101901234", "101901234", "1234"):
        assert secret not in line.body.decode()
        for hidden in (secret.encode(), body, json.dumps(document["data"]).encode()):
            assert hashlib.sha256(hidden).hexdigest() not in line.body.decode()


async def test_the_message_is_overwritten_once_it_has_its_receipt_and_nothing_is_recorded() -> None:
    house = House()
    await house.send(registration())
    before = await house.log.head()
    (receipt,) = await house.send(application(1, round=NUMBER))
    assert house.scrubbed == [receipt.inbox]
    assert receipt.inbox in house.acked
    assert await house.log.head() == before


async def test_a_message_that_comes_again_before_it_was_overwritten_is_overwritten_now() -> None:
    house = House()
    message = house.arrival(application(1, round=NUMBER))
    await house.take([message])
    await house.take([message])
    assert house.scrubbed == [message.position, message.position]
    assert len(await house.all_receipts()) == 1


async def test_the_same_claim_without_the_number_is_a_new_one() -> None:
    house = House()
    await house.send(registration())
    (caught,) = await house.send(application(1, round=NUMBER))
    (mended,) = await house.send(application() | {"type": "intake.application-submitted.v2"})
    assert (caught.verdict, mended.verdict) == ("invalid", "invalid")
    assert mended.refusal is None


@pytest.mark.parametrize(
    "moment", ["2026-11-22T04:28:10.123456Z", "2026-11-22T04:01:02.304050+00:00", "2026-11-22 04:31:12.999999Z"]
)
def test_a_moment_is_a_moment_wherever_it_stands(moment: str) -> None:
    """Its minute, second and fraction look like a number of ten digits, in one moment of ten."""
    assert not holds_cpr(moment)
    assert not holds_cpr(json.dumps({"time": moment, "said": f"den {moment}."}))
    assert holds_cpr(f"{moment} 010190-1234")
