"""A question back where nobody could know what is meant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assistant.answering.ask_back import family_choices, hangs_in_the_air
from assistant.answering.draft import AnswerContext
from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.core.models import ChatMessage, ParsedQuery, Reading, RetrievalResult
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from assistant.language.term_analyzer import TermAnalyzer
from tests.support.tiny_corpus import passage, scored, tiny_corpus

ANALYZER = TermAnalyzer()
SINGLE, TOGETHER, BONUS = (
    passage(n, kind="funding", heading=f"Was zahlt {n}?") for n in ("zim-einzel", "zim-netz", "x")
)
FAMILY: dict[str, Any] = {"family": "ZIM"}


@pytest.mark.parametrize(
    ("question", "earlier", "hangs"),
    [
        ("Was kostet das?", (), True),
        ("Wer hilft uns dabei?", (), True),
        ("Was kostet das?", ("Was ist ZIM?",), False),
        ("Was kostet das ZIM-Netzwerk?", (), False),
        ("Wie viel Geld gibt es?", (), False),
        ("Welche Förderung gibt es dafür in Sachsen für Roboter?", (), False),
        ("Worauf kommt es bei Coopetition an?", (), False),
    ],
)
@pytest.mark.usefixtures("cache_dir")
def test_a_first_question_that_leans_on_nothing_hangs_in_the_air(
    question: str, earlier: tuple[str, ...], hangs: bool, assistant: AppContext
) -> None:
    lexical = assistant.live_index.corpus().snapshot.space.lexical
    parsed = ParsedQuery(question, question, "de", earlier=earlier)
    assert hangs_in_the_air(parsed, assistant.analyzer, lexical) is hangs


def choices(logits: tuple[float, ...], question: str = "Was zahlt ZIM?", named: Collection[str] = ()) -> Any:
    corpus = tiny_corpus(
        [SINGLE, TOGETHER, BONUS], sources={n: FAMILY | {"short_title": n} for n in ("zim-einzel", "zim-netz")}
    )
    context = AnswerContext("de", corpus, Prompts(shipped_folder("prompts")), date(2026, 11, 24))
    found = [
        replace(scored(one), reading=Reading(logit, ()))
        for one, logit in zip((SINGLE, TOGETHER, BONUS), logits, strict=True)
    ]
    evidence = RetrievalResult(tuple(found), "enough", 1.5, 0.5)
    made = family_choices(evidence, ANALYZER.terms(question, "de"), named, context, ANALYZER)
    return made and made[1]


def test_what_fits_a_whole_family_is_asked_back() -> None:
    assert choices((2.0, 1.5, -1.0)) == ("Was zahlt zim-einzel?", "Was zahlt zim-netz?")


@pytest.mark.parametrize(
    ("logits", "question", "named"),
    [
        ((2.0, 0.5, -1.0), "Was zahlt ZIM?", ()),  # one answers clearly better
        ((2.0, 1.9, 2.5), "Was zahlt ZIM?", ()),  # another one answers best
        ((2.0, 1.9, 0.0), "Wer zahlt Netzwerke?", ()),  # the family is not named
        ((2.0, 1.9, 0.0), "Was zahlt ZIM-Netz?", ("zim-netz",)),  # it is clear which is meant
    ],
)
def test_what_is_clear_is_not_asked_back(logits: tuple[float, ...], question: str, named: tuple[str, ...]) -> None:
    assert choices(logits, question, named) is None


@pytest.mark.usefixtures("cache_dir")
def test_asking_back_is_an_answer_with_choices(small_assistant: AppContext) -> None:
    answer = ask(small_assistant, "Was kostet das?")
    assert (answer.status, answer.citations, answer.choices) == ("answered", (), answer.suggestions)
    assert answer.text.startswith("Worum geht es")
    assert answer.choices
    after = ask(small_assistant, "Was kostet das?", [ChatMessage("user", "Was bietet der Fräshub Mittelland?")])
    assert not after.choices
