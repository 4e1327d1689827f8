"""Who reads, as the log may know it: a name that says nothing by itself, the same every time.

The log is for ever, and a person's name is not for it. A pseudonym is a keyed digest (HMAC-SHA-256) of what the provider
says of somebody, under a key that follows from the seed of the site's own user, and so stands outside the log: who has
it and knows a person's subject finds what they read; who has the log alone sees that the same person read, and not who.
With a new seed, nobody can tell any more whose the old ones were.

Twenty letters of sixteen, 80 bits: digits would now and then look like a CPR number.
"""

import hmac
from hashlib import sha256
from typing import Final

LETTERS: Final = "abcdefghijklmnop"
LENGTH: Final = 20


def pseudonym(seed: bytes, *said: str) -> str:
    """The pseudonym of whom this is said of: for a person, who vouches for them and what they are called there."""
    key = hmac.digest(seed.strip(), b"spor readers", sha256)
    return lettered(hmac.digest(key, "\0".join(said).encode(), sha256))


def lettered(raw: bytes) -> str:
    """The beginning of some bytes, in letters."""
    return "".join(LETTERS[half] for byte in raw for half in divmod(byte, len(LETTERS)))[:LENGTH]
