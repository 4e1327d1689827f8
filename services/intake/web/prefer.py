"""`Prefer: wait` (RFC 7240): how long a request waits for a verdict."""

import re
from typing import Final

LONGEST: Final = 15.0
USUAL: Final = 10.0
_WAIT: Final = re.compile(r'(?:^|[,;])\s*wait\s*(?:=\s*"?(\d{1,6})"?)?\s*(?:$|[,;])', re.IGNORECASE | re.ASCII)


def wait_of(prefer: str | None) -> float | None:
    """Seconds to wait, at most `LONGEST`; None where the header does not ask for it, or cannot be read."""
    found = _WAIT.search(prefer or "")
    if found is None:
        return None
    return min(float(found[1]), LONGEST) if found[1] else USUAL
