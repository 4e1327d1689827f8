"""Attributes and data as the CloudEvents specification 1.0.2 lets them be written: in headers, in JSON, as base64.

A header's value may be percent-encoded, raw, or in quotation marks (HTTP binding, 3.1.3.2); null in JSON is as good as
nothing (JSON format, 2.2), and data may stand as base64 in `data_base64` (3.1.1).
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from events.base import Raw

PREFIX: Final = "ce-"
BASE64: Final = "data_base64"
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")


def in_headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each attribute in a message's headers, by its own name, and its value as it came."""
    for name, value in headers.items():
        if name.lower().startswith(PREFIX):
            yield name.lower().removeprefix(PREFIX), value


def decoded(value: str) -> str | None:
    """What a header's value means; None where its percent signs stand for bytes that are not UTF-8."""
    quoted = _QUOTED.fullmatch(value.strip())
    try:
        return unquote(_ESCAPED.sub(r"\1", quoted[1]) if quoted else value, errors="strict")
    except UnicodeDecodeError:
        return None


def given(document: Raw) -> Raw:
    """A structured event without the attributes that are null."""
    return {name: value for name, value in document.items() if value is not None or name == "data"}


def from_base64(value: Any) -> bytes | None:
    """The bytes behind base64; None where it is none."""
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):  # ValueError: letters that are not ASCII
        return None
