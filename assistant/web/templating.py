"""Pages from the folder of templates: one engine, which escapes every value of an HTML page."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assistant.language.dates import format_date
from assistant.web.resources import TEMPLATES


def render(template: str, /, **values: object) -> str:
    """A template filled in; in ``.html`` every value is escaped that is no ``Markup``, a missing one is an error."""
    return environment().get_template(template).render(values)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Jinja over the folder of templates; ``|date`` shows a date in German."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["date"] = lambda partial: format_date(str(partial))
    return environment
