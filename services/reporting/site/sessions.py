"""Who is signed in: kept by this process alone, found by a random name that only the browser has.

Seconds are the caller's clock. A session ends when nothing was asked for a while, when it is old, when somebody signs
out, and when the process ends.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from events.visibility import Audience

MOST: Final = 10_000
"""Sessions at a time; the one that was silent longest gives way."""
BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in: with which role, by what name, since when; and the mark that their forms must carry."""

    audience: Audience
    name: str
    began: float
    seen: float
    csrf: str
    mark: str
    """What tells this session from others, and does not open it."""


class Sessions:
    """The open sessions, by the digest of their names."""

    def __init__(self, idle: float, longest: float) -> None:
        self._idle, self._longest = idle, longest
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self, audience: Audience, name: str, now: float) -> str:
        """A new session; the name that opens it."""
        opener = secrets.token_urlsafe(BYTES)
        csrf, mark = secrets.token_urlsafe(BYTES), secrets.token_hex(8)
        while len(self._open) >= MOST:
            self._open.popitem(last=False)
        self._open[_digest(opener)] = Session(audience, name, now, now, csrf, mark)
        return opener

    def find(self, opener: str, now: float, *, look: bool = False) -> Session | None:
        """The session that a name opens, and asked for now; None where it is over. A `look` does not prolong it."""
        at = _digest(opener)
        session = self._open.get(at)
        if session is None:
            return None
        if now - session.seen > self._idle or now - session.began > self._longest:
            del self._open[at]
            return None
        if look:
            return session
        self._open[at] = session = replace(session, seen=now)
        self._open.move_to_end(at)
        return session

    def end(self, opener: str) -> None:
        """Sign out."""
        self._open.pop(_digest(opener), None)


def fits(session: Session, given: str) -> bool:
    """Did a form come from a page of this session?"""
    return compare_digest(session.csrf.encode(), given.encode())


def _digest(opener: str) -> str:
    return sha256(opener.encode()).hexdigest()
