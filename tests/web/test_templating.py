"""Pages are text filled into templates: no value becomes markup, none is left out silently."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from assistant.web.errors import HTTPRefusal, refusal_response
from assistant.web.resources import TEMPLATES
from assistant.web.templating import environment, render

PAGES = sorted(path.name for path in TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_escapes(name: str) -> None:
    autoescape = environment().autoescape
    assert callable(autoescape)
    assert autoescape(name)


def test_a_refusal_shows_its_sentence_as_text() -> None:
    refusal = HTTPRefusal(404, "not_found", '<script>alert("1")</script> & mehr')
    page = bytes(refusal_response(refusal, "", "text/html", "de").body).decode()
    assert "<script" not in page
    assert "<h1>&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; mehr</h1>" in page


def test_only_markup_is_taken_as_it_is() -> None:
    assert "<p>&lt;b&gt;</p>" in render("self_check_problem.html", problem="<b>")
    assert "<p><b></b></p>" in render("self_check_problem.html", problem=Markup("<b></b>"))


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="problem"):
        render("self_check_problem.html")
