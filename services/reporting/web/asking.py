"""Who is asking, what for, and in which shape."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from litestar import Request
from litestar.datastructures.headers import Accept, MediaTypeHeader
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
        raise ProblemError(UNREADABLE, [_told(error, form) for error in errors]) from wrong


def shape_of(request: Asked) -> str:
    """The shape that is asked for; pages where anything will do. Raises a problem where it is none of ours."""
    shape = request.accept.best_match([shape for shape in SHAPES if not _refused(request.accept, shape)])
    if shape is None:
        ours = ", ".join(SHAPES)
        raise ProblemError(
            NOT_ACCEPTABLE, da=f"{NOT_ACCEPTABLE.da} Her findes: {ours}.", en=f"{NOT_ACCEPTABLE.en} Here are: {ours}."
        )
    return shape


def _refused(accept: Accept, shape: str) -> bool:
    """Does the most specific of what is said of a shape say that it is not wanted (`q=0`)? Source: RFC 9110, 12.4.2."""
    ours = MediaTypeHeader(shape)
    said = [one.priority for one in map(MediaTypeHeader, accept) if ours.match(one)]
    return bool(said) and max((specific, quality) for quality, specific in said)[1] == 0


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


def _told(error: ErrorDetails, form: type[Form]) -> dict[str, Any]:
    """One thing that is wrong with a query, with what was expected of that parameter, or which parameters there are."""
    if not error["loc"]:
        return _wrong("from", "`from` ligger efter `until`.", "`from` is after `until`.")
    fields, name = form.model_json_schema()["properties"], str(error["loc"][0])
    da = DANISH.get(error["type"], "Parameteren kan ikke læses; expected siger, hvad der var ventet.")
    told = _wrong(name, da, error["msg"].removeprefix("Value error, "))
    if name not in fields:
        return told | {"expected": {"enum": sorted(fields)}}
    examples = fields[name].get("examples", ())
    return told | {"expected": _expected(fields[name])} | ({"example": examples[0]} if examples else {})


def _expected(field: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema, without what is said of it beside; a query has no null."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
    schema = {**field, **kinds[0]} if len(kinds) == 1 else field | ({"anyOf": kinds} if kinds else {})
    left_out = {"title", "default", "description", "examples", *(["anyOf"] if len(kinds) == 1 else [])}
    return {name: value for name, value in schema.items() if name not in left_out}


def _wrong(name: str, da: str, en: str, where: str = "query") -> dict[str, Any]:
    shown = "*" if cpr.holds_cpr(name) else step(name)
    return {"pointer": f"/{where}/{shown}", "code": "parameter", "da": da, "en": en}
