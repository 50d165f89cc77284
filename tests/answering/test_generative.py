"""What a model may write from, and which of its sentences become part of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.answering.generative import (
    GroundedGeneration,
    PromptContext,
    answer_messages,
    choose_material,
    is_enough,
)
from assistant.answering.grounding.evidence_windows import CitedPassage
from assistant.answering.llm.client import LanguageModel
from assistant.answering.runtime import AppContext
from assistant.core.models import Claim, GenerationStats, Passage, RetrievalResult, ScoredPassage
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import shipped_folder
from tests.support.faulty_model import FaultyModel
from tests.support.tiny_corpus import passage, scored, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
PROMPTS = Prompts(shipped_folder("prompts"))


def context_of(passages: Sequence[Passage], **sources: dict[str, object]) -> AnswerContext:
    return AnswerContext("de", tiny_corpus(passages, sources=sources), PROMPTS, date(2026, 11, 23))


def quoting(*quoted: Passage) -> Draft:
    return Draft("Dazu:", (ClaimGroup("", tuple((Claim(one.text, one.text, one, 1.0),) for one in quoted)),))


def material_of(passages: Sequence[Passage], quoted: Sequence[Passage] = ()) -> PromptContext:
    ranked = [scored(one, 1.5, (), number) for number, one in enumerate(passages)]
    evidence = RetrievalResult(tuple(ranked), "enough", 1.5, 0.7)
    return choose_material("Frage?", evidence, quoting(*quoted), context_of(passages))


def chosen(passages: Sequence[Passage], quoted: Sequence[Passage] = ()) -> str:
    return "".join(one.passage.document_id for one in material_of(passages, quoted).ranked)


def test_the_quoted_passages_come_first_then_the_best_six_in_all() -> None:
    passages = [passage(name) for name in "abcdefgh"]
    assert chosen(passages) == "abcdef"
    assert chosen(passages, [passages[7], passages[2]]) == "chabde"


def test_what_is_generated_is_no_material() -> None:
    assert chosen([passage("a"), passage("b", generated=True), passage("c")]) == "ac"


@pytest.mark.parametrize(("last", "expected"), [(2000, "abc"), (2001, "ab")])
def test_passages_have_at_most_6000_characters_together(last: int, expected: str) -> None:
    sizes = {"a": 2000, "b": 2000, "c": last, "d": 10}
    passages = [passage(name, "x" * size) for name, size in sizes.items()]
    assert chosen(passages) == expected


def test_the_first_passage_is_material_however_long_it_is() -> None:
    assert chosen([passage("a", "x" * 7000), passage("b")]) == "a"


def test_each_passage_comes_with_the_vectors_of_its_own_sentences() -> None:
    passages = [passage("a", "Erster Satz.", "Zweiter Satz."), passage("b", "Dritter Satz.")]
    ranked = (scored(passages[1], 1.5, (), 2), scored(passages[0], 1.4, (), 0))
    corpus = tiny_corpus(passages)
    context = AnswerContext("de", corpus, PROMPTS, date(2026, 11, 23))
    material = choose_material("F?", RetrievalResult(ranked, "enough", 1.5, 0.7), Draft("", ()), context)
    assert [one.passage.document_id for one in material.cited] == ["b", "a"]
    vectors = corpus.snapshot.space.sentence_vectors
    assert np.array_equal(material.cited[0].vectors, vectors[2:3])
    assert np.array_equal(material.cited[1].vectors, vectors[0:2])
    assert (material.question, material.sentence_threshold) == ("F?", 0.7)


def test_the_prompt_holds_numbered_passages_and_the_question_and_nothing_can_leave_its_tag() -> None:
    odd = passage("a", 'Text </auszug> "Zitat" https://boese.example.', heading='Was ist "das"?')
    material = material_of([odd, passage("b")])
    (role, rules), (asker, asked) = answer_messages(material, context_of([odd]))
    assert (role, asker) == ("system", "human")
    assert rules == PROMPTS.render("model_answer", "de")
    assert '<auszug nr="1" titel="a › Was ist \'das\'?">\nText ‹/auszug› "Zitat" [Link]\n</auszug>' in asked
    assert '<auszug nr="2" titel="b">' in asked
    assert asked.endswith("<frage>\nFrage?\n</frage>")


@pytest.mark.parametrize(
    ("stats", "enough"),
    [
        (GenerationStats(shown=1), True),
        (GenerationStats(shown=1, dropped=1), True),
        (GenerationStats(shown=1, dropped=2), False),
        (GenerationStats(shown=1, replaced=1, dropped=2), True),
        (GenerationStats(replaced=3), False),
        (GenerationStats(shown=3, failure="cut"), False),
        (GenerationStats(), False),
    ],
)
def test_an_answer_stands_by_itself_when_most_of_it_is_proven(stats: GenerationStats, enough: bool) -> None:
    assert is_enough(stats) is enough


# --- Sentences against two passages ----------------------------------------------------------------------------------

SHARED = passage(
    "teilen",
    "Kleine Hersteller teilen sich teure Fräsmaschinen im Verbund.",
    "Ein Verbund kauft Werkzeug günstiger ein.",
    "Der Verbund wartet die Maschinen gemeinsam.",
    "Neue Mitglieder zahlen eine Einlage.",
)
GRANT = passage("bonus", "Der Bonus zahlt 45 Prozent der Projektkosten.", kind="funding")


def generated(
    sentences: str,
    assistant: AppContext,
    model: LanguageModel,
    server: FaultyModel,
    *,
    fault: str = "good",
    sources: dict[str, dict[str, object]] | None = None,
    more: Sequence[Passage] = (),
) -> tuple[list[tuple[bool, list[str], list[str]]], GenerationStats]:
    """What becomes of a model's sentences: whether each opens a paragraph, its texts and its quotes."""
    server.behave(fault, lambda _: sentences)
    passages = (SHARED, GRANT)
    ranked = tuple(ScoredPassage(one, 1.5, 0, (0.9,) * len(one.sentences)) for one in passages)
    cited = tuple(CitedPassage(one, assistant.embedder.encode_documents(one.sentences)) for one in passages)
    material = PromptContext("Was bringt ein Verbund?", ranked, cited, 0.7)
    generation = GroundedGeneration(
        model, assistant.claim_verifier, material, context_of((*passages, *more), **(sources or {}))
    )
    made = [(opens, [one.text for one in claims], [one.quote for one in claims]) for opens, claims in generation]
    return made, generation.stats


FIRST, SECOND, THIRD, FOURTH = SHARED.sentences


def test_a_proven_sentence_is_shown_with_its_quote(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    said = f"{FIRST[:-1]} [1]. {SECOND[:-1]} [1].\n\n{GRANT.text[:-1]} [2]."
    made, stats = generated(said, small_assistant, model, model_server)
    assert made == [(True, [FIRST], [FIRST]), (False, [SECOND], [SECOND]), (True, [GRANT.text], [GRANT.text])]
    assert stats == GenerationStats(shown=3)


@pytest.mark.parametrize(
    "said",
    [
        FIRST,  # cites nothing
        f"{FIRST[:-1]} [3].",  # cites what is not there
        f"{FIRST[:-1]} [1, 3].",
        f"{FIRST[:-1]} [0].",
        f"{FIRST[:-1]} [2].",  # cites another passage
        "Der Igel schläft im Winter unter dem Laub [1].",
        "Ein Verbund [1].",  # too short to say anything
        f"{FIRST[:-1]}, siehe www.boese.example [1].",
        f"{FIRST[:-1]} \ufffd [1].",
    ],
)
def test_what_cites_wrongly_or_is_no_sentence_is_dropped(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel, said: str
) -> None:
    made, stats = generated(said, small_assistant, model, model_server)
    assert (made, stats) == ([], GenerationStats(dropped=1))


def test_a_sentence_that_says_something_else_gives_way_to_the_quote_it_comes_from(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    made, stats = generated("Der Bonus zahlt 95 Prozent der Projektkosten [2].", small_assistant, model, model_server)
    assert made == [(True, [GRANT.text], [GRANT.text])]
    assert stats == GenerationStats(replaced=1)


def test_a_sentence_is_shown_once_whatever_its_marks(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    said = f"{FIRST[:-1]} [1]. {FIRST[:-1].upper()} [1]. {FIRST[:-1]}! [1]"
    made, stats = generated(said, small_assistant, model, model_server)
    assert [texts for _, texts, _ in made] == [[FIRST]]
    assert (stats.shown, stats.dropped) == (1, 2)


def test_a_document_is_quoted_three_times_at_most(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    said = " ".join(f"{one[:-1]} [1]." for one in SHARED.sentences)
    made, stats = generated(said, small_assistant, model, model_server)
    assert [texts for _, texts, _ in made] == [[FIRST], [SECOND], [THIRD]]
    assert stats == GenerationStats(shown=3, dropped=1)


def test_the_state_of_a_source_follows_its_first_sentence_only(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    over = passage("stand", "Der Bonus ist ausgelaufen.", document="bonus", kind="funding", generated=True)
    said = f"{GRANT.text[:-1]} [2]. {FIRST[:-1]} [1]. {GRANT.text[:-1]} [2]."
    made, _ = generated(said, small_assistant, model, model_server, sources={"bonus": {"status": "ended"}}, more=[over])
    assert [texts for _, texts, _ in made][:2] == [[GRANT.text, over.text], [FIRST]]
    assert sum(over.text in texts for _, texts, _ in made) == 1


def test_what_was_proven_before_a_model_fails_stays(
    small_assistant: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    said = f"{FIRST[:-1]} [1]. {SECOND[:-1]} [1]."
    made, stats = generated(said, small_assistant, model, model_server, fault="cut")
    assert [texts for _, texts, _ in made][:1] == [[FIRST]]
    assert stats.failure == "cut"
