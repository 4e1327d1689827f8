"""The document and the services as they are joined: what they take and answer is in it, by FastStream's word, too."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from faststream.specification import AsyncAPI

from deploy.home import make_home
from events.catalogue import OWNERS
from events.store.views import ViewStore
from services.contract.asyncapi import document
from services.contract.questions import QUESTIONS
from services.forms import Form
from services.process import Process
from services.settings import Settings
from tests.support.spor import PLANS

UNPARTITIONED = "inbox.*.*.*"
"""What is kept as it came: subjects that end in a literal wildcard."""
STREAMS = document()["x-streams"]
CHANNELS = document()["channels"]


@pytest.fixture
def joined(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    """A service, joined as at its start, without a server."""
    nobody: Any = object()
    process = Process(PLANS[request.param](), Settings(home=make_home(tmp_path).folder))
    process._state.connect(nobody, nobody)
    store = ViewStore(None, [])
    process._join(nobody, store)
    process._subscribe()
    yield process
    store.close()


every_service = pytest.mark.parametrize("joined", OWNERS, indirect=True)


@every_service
def test_what_faststream_says_that_a_service_takes_is_kept_by_a_stream_of_ours(joined: Process) -> None:
    described = AsyncAPI(joined._broker, schema_version="3.0.0").to_specification().to_jsonable()
    addresses = {channel["address"] for channel in described["channels"].values()}
    handlers: Any = joined._broker.subscribers
    assert len(handlers) == len(described["operations"]) == 1
    for handler in handlers:
        subject, stream, durable = handler.subject.broker_address, handler.stream.name, handler.extra_options["durable"]
        assert subject in addresses
        assert STREAMS[stream]["config"]["subjects"] == [subject]
        taken = STREAMS[stream]["durables"][durable]["filter_subjects"]
        assert taken
        address = CHANNELS["kept-claims"]["address"]
        assert all(len(pattern.split(".")) == len(address.split(".")) for pattern in taken if pattern != UNPARTITIONED)
        assert CHANNELS["kept-claims"]["x-stream"] == stream


@every_service
def test_what_a_service_answers_is_in_our_table_with_its_form(joined: Process) -> None:
    served = {
        verb.replace("*", "{source}").replace("views.0", "views.{instance}"): answerer
        for verb, answerer in joined._answerers().items()
    }
    told = {question.verb: question.form for question in QUESTIONS if joined.owner in question.owners}
    assert served.keys() == told.keys()
    forms = {verb: form for verb, answerer in served.items() if (form := _form(answerer))}
    assert forms == {verb: form for verb, form in told.items() if verb in forms}
    assert served.keys() - forms.keys() == {"receipts.{source}", "dry-run.{source}"}


def _form(answerer: Any) -> type[Form] | None:
    """The form that a question is parsed with."""
    known: Mapping[str, Any] = inspect.getclosurevars(answerer).nonlocals if inspect.isfunction(answerer) else {}
    return known.get("form")
