"""What templates write is escaped as markupsafe escapes it, whatever is filled in, and nothing is escaped twice."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from services.templating import Templates


class _Marked:
    def __html__(self) -> str:
        return "<b>&</b>"


class _Spoken:
    def __str__(self) -> str:
        return "<i>"


def _environment() -> Templates:
    return Templates("services.contract")


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.text().map(Markup), st.lists(st.text())
    )
)
def test_what_is_written_is_what_escape_makes(value: Any) -> None:
    assert str(Templates.written(value)) == str(escape(value))
    assert _environment().from_string("<p>{{ value }}</p>").render(value=value) == f"<p>{escape(value)}</p>"


@pytest.mark.parametrize("value", [_Marked(), _Spoken(), Markup("<u>")])
def test_what_says_its_own_markup_is_asked_for_it(value: Any) -> None:
    assert str(Templates.written(value)) == str(escape(value))


def test_each_road_into_a_page_is_escaped_once() -> None:
    template = _environment().from_string(
        "{% macro shown(text, kind='<k>') %}<em class=\"{{ kind }}\">{{ text }}</em>{% endmacro %}"
        "{% set kept %}<hr>{{ text }}{% endset %}"
        "{{ shown(text) }}|{{ shown(shown(text)) }}|{{ kept }}|{{ text ~ '&' }}|{{ text|upper }}|{{ [text]|join('<') }}"
        "|{{ '<' }}|{{ text if text else '' }}|{% for one in [text] %}{{ loop.index }}{{ one }}{% endfor %}"
    )
    once = "&lt;a href=&#39;x&#39;&gt;"
    em = f'<em class="&lt;k&gt;">{once}</em>'
    assert template.render(text="<a href='x'>") == "|".join(
        (
            em,
            f'<em class="&lt;k&gt;">{em}</em>',
            f"<hr>{once}",
            f"{once}&amp;",
            once.upper().replace("&LT;", "&lt;").replace("&GT;", "&gt;"),
            once,
            "&lt;",
            once,
            f"1{once}",
        )
    )


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        _environment().from_string("{{ there_is_none }}").render()
