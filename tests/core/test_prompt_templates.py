"""Prompts and fixed replies are complete in both languages and can be replaced one by one."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Template

import pytest

from assistant.core.errors import PromptError
from assistant.core.models import KINDS, Language
from assistant.core.prompt_templates import TEMPLATE_VARIABLES, Prompts
from assistant.core.settings import shipped_folder

LANGUAGES: list[Language] = ["de", "en"]
SHIPPED = shipped_folder("prompts")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    for language in LANGUAGES:
        (tmp_path / "own" / language).mkdir(parents=True)
    return tmp_path / "own"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(TEMPLATE_VARIABLES))
def test_every_prompt_has_exactly_its_variables(name: str, language: Language) -> None:
    text = (SHIPPED / language / f"{name}.md").read_text(encoding="utf-8")
    assert set(Template(text).get_identifiers()) == TEMPLATE_VARIABLES[name]
    values = {variable: f"<{variable}>" for variable in TEMPLATE_VARIABLES[name]}
    filled = Prompts(SHIPPED).render(name, language, **values)
    assert filled
    assert "$" not in filled
    assert all(value in filled for value in values.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_file_lies_unused_beside_the_prompts(language: Language) -> None:
    assert {path.stem for path in (SHIPPED / language).iterdir()} == set(TEMPLATE_VARIABLES)


@pytest.mark.parametrize("name", sorted(TEMPLATE_VARIABLES))
def test_the_languages_do_not_share_a_text(name: str) -> None:
    german, english = ((SHIPPED / language / f"{name}.md").read_text(encoding="utf-8") for language in LANGUAGES)
    assert german != english


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "guide"])  # shown whole, without either
def test_every_kind_of_source_has_its_lead_in_and_label(kind: str) -> None:
    assert {f"lead_in_{kind}", f"label_{kind}"} <= set(TEMPLATE_VARIABLES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_a_list_of_questions(language: Language) -> None:
    examples = Prompts(SHIPPED).lines("examples", language)
    assert len(examples) >= 3
    assert all(example.endswith("?") and not example.startswith("-") for example in examples)


def test_an_own_file_replaces_one_text_and_leaves_the_others(own: Path) -> None:
    (own / "de" / "greeting.md").write_text("Grüß Gott!\n", encoding="utf-8")
    prompts, shipped = Prompts(SHIPPED, own), Prompts(SHIPPED)
    assert prompts.render("greeting", "de") == "Grüß Gott!"
    assert prompts.render("greeting", "en") == shipped.render("greeting", "en")
    assert prompts.render("caution", "de") == shipped.render("caution", "de")


def test_values_are_not_filled_in_a_second_time() -> None:
    assert "$subject" in Prompts(SHIPPED).render("follow_up", "de", question="Was kostet $subject?", subject="ZIM")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("contact", "Rufen Sie an."),
        ("contact", "Hier: $link"),
        ("contact", "Hier: $url und $name"),
        ("contact", "Hier: $url für 5 $ im Monat"),
        ("caution", "Das kostet $betrag."),
        ("follow_up", "$question"),
    ],
)
def test_a_missing_or_strange_variable_is_an_error_that_names_file_and_variables(
    own: Path, name: str, text: str
) -> None:
    (own / "en" / f"{name}.md").write_text(text, encoding="utf-8")
    with pytest.raises(PromptError) as error:
        Prompts(SHIPPED, own)
    assert str(own / "en" / f"{name}.md") in str(error.value)
    assert all(f"${variable}" in str(error.value) for variable in TEMPLATE_VARIABLES[name])


def test_two_dollar_signs_stand_for_one(own: Path) -> None:
    (own / "de" / "contact.md").write_text("$url für 5 $$", encoding="utf-8")
    assert Prompts(SHIPPED, own).render("contact", "de", url="x") == "x für 5 $"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(SHIPPED, folder)
    (folder / "en" / "unproven.md").unlink()
    with pytest.raises(PromptError, match=r"en/unproven\.md"):
        Prompts(folder)
