"""From a question to what is sent: choose the blocks, approve, send; and decide on the draft of a supplement.

The Task Force and the ministry draft and send; the ministry alone approves, for it is its minister who answers.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from events.reporting import (
    AnswerApproved,
    AnswerDrafted,
    AnswerSent,
    QuestionReceived,
    SupplementDismissed,
    SupplementDrafted,
    SupplementSent,
)
from services.reporting.site.acts.act import Act, Data, Matter
from services.reporting.views.answer import CONTENTS

ANSWERING: Final = ("taskforce", "ministry")
APPROVING: Final = ("ministry",)
MOST: Final = 30
"""The most blocks of a form."""
FEWEST, MORE = 6, 3
"""How many blocks stand in a form at first, and how many are left empty behind those that were chosen."""


def _asked(matter: Matter) -> bool:
    return bool(matter.last(QuestionReceived)) and not matter.last(AnswerSent)


def _drafted(matter: Matter) -> bool:
    return _asked(matter) and bool(matter.last(AnswerDrafted))


def approved(matter: Matter, draft: int) -> AnswerApproved | None:
    """The last approval of the draft at a position."""
    approvals = [event for event in matter.events if isinstance(event, AnswerApproved) and event.draft == draft]
    return approvals[-1] if approvals else None


def waits(matter: Matter) -> SupplementDrafted | None:
    """The draft of a supplement that nobody has decided on."""
    draft: SupplementDrafted | None = matter.last(SupplementDrafted)
    decided = any(
        isinstance(event, SupplementSent | SupplementDismissed) and event.draft == matter.at(SupplementDrafted)
        for event in matter.events
    )
    return draft if draft and draft.supersedes.changes and not decided else None


def _supplement_waits(matter: Matter) -> bool:
    return waits(matter) is not None


def _of(draft: type[AnswerDrafted | SupplementDrafted], matter: Matter) -> Data:
    """What a decision on a draft says without asking: which one it is, and of which programme."""
    last = matter.last(draft)
    return {"programme": last.programme, "draft": matter.at(draft)} if last else {}


def _on(matter: Matter) -> Data:
    return {"on": str(matter.today)}


def _read(matter: Matter) -> Data:
    return {"on": str(matter.today), "read_at": matter.head}


def _chosen(matter: Matter) -> Data:
    """The draft as it stands, to be changed; without one, the programme where there is only one."""
    last = matter.last(AnswerDrafted)
    if last is None:
        return {"programme": matter.programmes()[0]} if len(matter.programmes()) == 1 else {}
    blocks = [{"block": one.block, "year": one.year, "programme": one.programme} for one in last.blocks]
    return {"programme": last.programme, "as_of": last.as_of, "blocks": blocks}


def _rows(matter: Matter) -> Mapping[str, int]:
    last = matter.last(AnswerDrafted)
    return {"blocks": min(MOST, max(FEWEST, len(last.blocks) + MORE if last else 0))}


def _options(matter: Matter) -> Mapping[str, Sequence[str]]:
    return {"block": tuple(CONTENTS), "programme": tuple(matter.programmes())}


ANSWERS: Final = (
    Act(
        "vaelg-afsnit", AnswerDrafted, "question", roles=ANSWERING, stands=_asked, said=lambda _: {}, first=_chosen,
        options=_options, rows=_rows, loose=("blocks",),
    ),
    Act(
        "godkend-svar", AnswerApproved, "question", roles=APPROVING,
        stands=lambda matter: _drafted(matter) and approved(matter, matter.at(AnswerDrafted)) is None,
        said=lambda matter: _of(AnswerDrafted, matter), first=_read, kept=("read_at",),
    ),
    Act(
        "send-svar", AnswerSent, "question", roles=ANSWERING, stands=_asked,
        said=lambda matter: {"draft": matter.at(AnswerDrafted)} if matter.last(AnswerDrafted) else {},
        left_out=("requests", "refers_to", "attachments", "lost", "printed_on", "draft"),
    ),
    Act(
        "godkend-supplement", AnswerApproved, "question", roles=APPROVING,
        stands=lambda matter: _supplement_waits(matter) and approved(matter, matter.at(SupplementDrafted)) is None,
        said=lambda matter: _of(SupplementDrafted, matter), first=_read, kept=("read_at",),
    ),
    Act(
        "send-supplement", SupplementSent, "question", roles=ANSWERING, stands=_supplement_waits,
        said=lambda matter: _of(SupplementDrafted, matter), first=_on,
    ),
    Act(
        "afvis-supplement", SupplementDismissed, "question", roles=ANSWERING, stands=_supplement_waits,
        said=lambda matter: _of(SupplementDrafted, matter), first=_on,
    ),
)  # fmt: skip
