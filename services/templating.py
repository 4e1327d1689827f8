"""How templates of a package are read: all that is filled in is escaped, all that is missing is an error.

What a template writes is joined, and by nobody else looked at; so each part of it is escaped as a string of letters,
not made markup again. A page has thousands of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import markupsafe
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr, Template
from markupsafe import Markup, escape

PART: Final = 16_000
"""Letters of a text that are taken together, at least: to write so many takes less than a millisecond."""
_escaped: Callable[[str], str] = vars(markupsafe)["_escape_inner"]
"""What `escape` makes markup of: the letters of a string, the dangerous ones escaped."""


class _Generator(CodeGenerator):
    """Writes templates as modules in which `written` stands for markupsafe's `escape` around what is written."""

    def visit_Template(self, node: Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja2's name
        super().visit_Template(node, frame)
        self.writeline("written = environment.written")

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if not frame.eval_ctx.autoescape or frame.eval_ctx.volatile or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")


class Templates(Environment):
    """The templates of a package."""

    code_generator_class = _Generator

    def __init__(self, package: str, **more: Any) -> None:
        super().__init__(
            loader=PackageLoader(package),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            **more,
        )

    @staticmethod
    def written(value: Any) -> str:
        """The letters that `escape` makes of a value: a string's five dangerous ones escaped, markup as it is."""
        kind = type(value)
        if kind is str:
            return _escaped(value)
        if kind is int:
            return str(value)
        marked: str = value if kind is Markup else escape(value)
        return marked

    def pieces(self, name: str, shown: Mapping[str, Any]) -> Iterator[str]:
        """What a template writes, in parts of some length."""
        yield from _together(self.get_template(name).generate(shown))

    def read_all(self) -> None:
        """Read every template once, so that nobody waits for it."""
        for name in self.list_templates():
            self.get_template(name)


def _together(pieces: Iterable[str]) -> Iterator[str]:
    some: list[str] = []
    letters = 0
    for piece in pieces:
        some.append(piece)
        letters += len(piece)
        if letters >= PART:
            yield "".join(some)
            some, letters = [], 0
    if some:
        yield "".join(some)
