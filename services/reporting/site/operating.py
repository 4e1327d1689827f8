"""What somebody who is signed in has Spor do stands on the log first: who, what, when and why."""

from secrets import token_bytes

import msgspec

from deploy.pseudonyms import lettered
from events.dates import stamp
from events.inbox.cpr import holds_cpr
from events.intake import OperatorActed
from services.reporting.site.desk import SOURCE
from services.reporting.site.look import Look
from services.reporting.site.site import Site
from services.web.problems import UNREADABLE, ProblemError

BYTES = 16
LONGEST = 2000


async def said(site: Site, look: Look, act: str, of: str, reason: str) -> None:
    """Say what is going to be done, and why. Raises a problem where no reason is given, or the log refuses it."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST or holds_cpr(reason):
        wrong = {
            "da": "Skriv hvorfor; og intet, der kan være et CPR-nummer.",
            "en": "Say why; and nothing like a CPR number.",
        }
        raise ProblemError(UNREADABLE, [{"pointer": "/reason", "code": "parameter", **wrong}])
    person = look.person.reader if look.person else None
    event = OperatorActed(act=act, of=of, reason=reason, by=look.audience.name, person=person, on=str(look.today))
    id_ = lettered(token_bytes(BYTES))
    receipt = await site.desk.settled(
        await site.desk.put(
            {
                "specversion": "1.0",
                "id": f"operation-{id_}",
                "source": SOURCE,
                "type": event.tag,
                "subject": f"operation/{id_}",
                "time": stamp(site.parts.clock()),
                "actor": f"role:{look.audience.name}",
                "data": msgspec.to_builtins(event),
            }
        )
    )
    match receipt:
        case {"verdict": "refused", "refusal": refusal}:
            raise ProblemError(UNREADABLE, da=refusal["da"], en=refusal["en"])
        case {"verdict": "invalid", "problems": [problem, *_]}:
            raise ProblemError(UNREADABLE, da=problem["da"], en=problem["en"])
        case _:
            pass
