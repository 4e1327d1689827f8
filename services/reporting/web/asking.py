"""Who is asking, what for, and in which shape."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from litestar import Request
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from deploy.tokens import Holder
from events.inbox import cpr
from events.inbox.verdict import step
from events.visibility import AUDITOR, EVERYBODY, MUNICIPALITY, Audience
from services.forms import Form
from services.reporting.forms import FARTHEST, PrefixForm
from services.web.bearer import asking
from services.web.problems import NOT_ACCEPTABLE, UNREADABLE, ProblemError

Asked = Request[Any, Any, Any]
AnyForm = TypeVar("AnyForm", bound=Form)

PAGE: Final = "application/json"
BULK: Final = "application/x-ndjson"
STREAM: Final = "text/event-stream"
EVENTS: Final = "application/cloudevents-batch+json"
SHAPES: Final = (PAGE, BULK, STREAM, EVENTS)
LAST_SEEN: Final = "last-event-id"

DANISH: Final[Mapping[str, str]] = {
    "extra_forbidden": "Den parameter findes ikke her.",
    "missing": "Parameteren mangler.",
}


def audience_of(request: Asked) -> Audience:
    """For whom a request is answered; without a token, for everybody. Raises a problem for a token that is nobody's."""
    holder = asking(request)
    return EVERYBODY if holder is None else audience(holder)


def audience(holder: Holder) -> Audience:
    """The audience that a token's holder belongs to: the operator sees all, and whoever has no role is the public."""
    if holder.is_operator:
        return Audience(AUDITOR)
    if holder.role == MUNICIPALITY:
        return Audience(MUNICIPALITY, holder.municipality) if holder.municipality else EVERYBODY
    return Audience(holder.role) if holder.role else EVERYBODY


def asked(request: Asked, form: type[AnyForm]) -> AnyForm:
    """The query as a form. Raises a problem with all that is wrong with it."""
    given: dict[str, Any] = {}
    for name, values in request.query_params.dict().items():
        many = name in form.model_fields and form.model_fields[name].default == []
        given[name] = values if many or len(values) > 1 else values[0]
    try:
        return form.model_validate(given)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False, include_context=False)
        raise ProblemError(UNREADABLE, [_told(error) for error in errors]) from wrong


def shape_of(request: Asked) -> str:
    """The shape that is asked for; pages where anything will do. Raises a problem where it is none of ours."""
    shape = request.accept.best_match(list(SHAPES))
    if shape is None:
        ours = ", ".join(SHAPES)
        raise ProblemError(
            NOT_ACCEPTABLE, da=f"{NOT_ACCEPTABLE.da} Her findes: {ours}.", en=f"{NOT_ACCEPTABLE.en} Here are: {ours}."
        )
    return shape


def demand_fits(form: PrefixForm, shape: str) -> None:
    """Raises a problem where something is asked of a shape that has no such thing."""
    if shape in {BULK, STREAM} and form.limit is not None:
        raise ProblemError(UNREADABLE, [_wrong("limit", "Kun sider har en grænse.", "Only pages have a limit.")])
    if shape == STREAM and form.known_at is not None:
        raise ProblemError(
            UNREADABLE,
            [
                _wrong(
                    "known_at",
                    "En strøm fortæller også det, der kommer; den kan ikke ende et tidligere sted.",
                    "A stream tells what is to come as well; it cannot end at an earlier place.",
                )
            ],
        )


def resumed(request: Asked, form: PrefixForm) -> int:
    """The position behind which to begin: where a stream was broken off, else where the query says."""
    last = request.headers.get(LAST_SEEN, "").strip()
    if not last:
        return form.after or 0
    if not (last.isascii() and last.isdigit() and int(last) <= FARTHEST):
        wrong = _wrong(
            "Last-Event-ID", "Det er ikke en position i loggen.", "That is no position of the log.", where="header"
        )
        raise ProblemError(UNREADABLE, [wrong])
    return int(last)


def _told(error: ErrorDetails) -> dict[str, Any]:
    name = str(error["loc"][0]) if error["loc"] else "from"
    da = DANISH.get(error["type"], "Parameteren kan ikke læses.")
    return _wrong(name, da, error["msg"].removeprefix("Value error, "))


def _wrong(name: str, da: str, en: str, where: str = "query") -> dict[str, Any]:
    shown = "*" if cpr.holds_cpr(name) else step(name)
    return {"pointer": f"/{where}/{shown}", "code": "parameter", "da": da, "en": en}
