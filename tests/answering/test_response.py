"""How a question ends: quotes, a model's words, both, or a refusal that says what to ask instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.answer_notes import mode_note
from assistant.answering.draft import AnswerContext, ClaimGroup, Draft
from assistant.answering.generative import GroundedGeneration, PromptContext
from assistant.answering.grounding.evidence_windows import CitedPassage
from assistant.answering.llm.client import LanguageModel
from assistant.answering.pipeline import ask, stream
from assistant.answering.response import (
    AnswerInput,
    QuestionContext,
    answer_with_quotes,
    build_refusal,
    generate_answer,
    in_paragraphs,
    split_pieces,
    stream_answer,
)
from assistant.answering.runtime import AppContext
from assistant.answering.stage_timer import StageTimer
from assistant.core.models import Answer, AnswerDelta, Citation, Claim, GenerationStats, ParsedQuery, RetrievalResult
from assistant.core.prompt_templates import Prompts
from assistant.core.settings import load_settings, shipped_folder
from tests.support.faulty_model import NAME, FaultyModel, Messages, passages
from tests.support.tiny_corpus import passage, scored, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
PROMPTS = Prompts(shipped_folder("prompts"))
EXAMPLES = PROMPTS.lines("examples", "de")
CAUTION, WORDS_ONLY = (PROMPTS.render(name, "de") for name in ("caution", "words_only"))
FAILED, UNPROVEN = (PROMPTS.render(name, "de") for name in ("model_failed", "model_unproven"))


def question_context(question: str = "Was ist Coopetition?") -> QuestionContext:
    return QuestionContext(ParsedQuery(question, f"{question} (allein)", "de"), "de", StageTimer())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("Nur ein Satz.", ("Nur ein Satz.",)),
        ("Dazu:\n\n- Eins. [1] Zwei. [2]", ("Dazu:\n\n", "- Eins. [1]", " Zwei. [2]")),
        ("- Eins. [1] (Stand 2025)", ("- Eins. [1]", " (Stand 2025)")),
        ("- Eins. [1] (Stand 2025) [2] Zwei. [3]", ("- Eins. [1] (Stand 2025)", " [2]", " Zwei. [3]")),
        ("- Eins. [1]\n- Zwei. [2]\n", ("- Eins. [1]", "\n- Zwei. [2]", "\n")),
        ("Ein Feld a[0] im Satz. [1]", ("Ein Feld a[0]", " im Satz. [1]")),
    ],
)
def test_a_text_comes_in_pieces_that_end_with_a_sentence_or_a_line(text: str, pieces: tuple[str, ...]) -> None:
    assert split_pieces(text) == pieces
    assert "".join(pieces) == text


def test_a_finished_answer_comes_piece_by_piece_with_all_its_citations_then_whole() -> None:
    citation = Citation(1, "a", "support", "A", "", None, None, None, None, False, "Eins.", "Eins.", 1.0)
    answer = Answer("f", "f", "de", "answered", "Dazu:\n\n- Eins. [1]", (citation,))
    assert list(stream_answer(answer)) == [
        AnswerDelta("Dazu:\n\n", (citation,)),
        AnswerDelta("- Eins. [1]", (citation,)),
        answer,
    ]


@pytest.mark.parametrize(
    ("reason", "status", "begins"),
    [
        ("off_topic", "off_topic", "Dazu kann ich nichts sagen."),
        ("no_source", "no_source", "Dazu finde ich in meinen Quellen keinen Beleg"),
        ("unproven", "unproven", "Ich habe etwas dazu gefunden"),
        ("not_a_question", "off_topic", "Guten Tag!"),
        ("reply_tax", "off_topic", PROMPTS.render("reply_tax", "de", examples="", contact="")[:20]),
    ],
)
def test_a_refusal_has_its_reply_and_says_what_to_ask_instead(reason: str, status: str, begins: str) -> None:
    refusal = build_refusal(question_context(), reason, PROMPTS, load_settings(), ["Eine nahe Frage?"])
    assert (refusal.status, refusal.mode, refusal.citations) == (status, "extractive", ())
    assert refusal.text.startswith(begins)
    assert refusal.suggestions == ("Eine nahe Frage?", *EXAMPLES[:2])
    assert "\n".join(f"- {one}" for one in refusal.suggestions) in refusal.text
    assert (refusal.question, refusal.standalone_question) == ("Was ist Coopetition?", "Was ist Coopetition? (allein)")
    assert set(refusal.timings_ms) == {"understand", "retrieve", "read", "answer", "verify", "total"}


def test_while_nothing_can_be_looked_up_no_question_is_suggested() -> None:
    refusal = build_refusal(question_context(), "unavailable", PROMPTS, load_settings(), ["Eine nahe Frage?"])
    assert (refusal.status, refusal.suggestions) == ("unavailable", ())
    assert "Frage?" not in refusal.text


def test_a_question_is_suggested_once_and_three_at_most() -> None:
    refusal = build_refusal(question_context(), "no_source", PROMPTS, load_settings(), [EXAMPLES[1]])
    assert refusal.suggestions == (EXAMPLES[1], EXAMPLES[0], EXAMPLES[2])


@pytest.mark.parametrize("reason", ["off_topic", "unavailable"])
def test_a_refusal_names_the_human_contact_where_there_is_one(reason: str) -> None:
    contact = "Persönlich hilft Ihnen gern: https://hub.example/kontakt"
    settings = load_settings(contact_url="https://hub.example/kontakt")
    assert contact in build_refusal(question_context(), reason, PROMPTS, settings).text
    assert "Persönlich hilft" not in build_refusal(question_context(), reason, PROMPTS, load_settings()).text


def answer_input(sufficiency: str = "enough", *, lexical_only: bool = False) -> AnswerInput:
    """One proven quote from a document whose other section is headed by a question."""
    told = passage("a", "Coopetition heißt, mit Wettbewerbern zusammenzuarbeiten.", document="x")
    more = passage("b", document="x", heading="Wann lohnt sich das?")
    corpus = tiny_corpus([told, more])
    evidence = RetrievalResult((scored(told),), sufficiency, 1.5, 0.5, lexical_only)  # type: ignore[arg-type]
    context = AnswerContext("de", corpus, PROMPTS, date(2026, 11, 23))
    quotes = Draft("Dazu:", (ClaimGroup("", ((Claim(told.text, told.text, told, 1.5),),)),))
    return AnswerInput(question_context(), evidence, context, quotes)


QUOTED = "Dazu:\n\n- Coopetition heißt, mit Wettbewerbern zusammenzuarbeiten. [1]"


@pytest.mark.parametrize(
    ("found", "text", "caution"),
    [
        (answer_input, QUOTED, None),
        (lambda: answer_input("weak"), f"{CAUTION}\n\n{QUOTED}", "weak_evidence"),
        (lambda: answer_input("weak", lexical_only=True), f"{WORDS_ONLY}\n\n{QUOTED}", "weak_evidence"),
    ],
)
def test_an_answer_of_quotes_says_how_far_it_can_be_relied_on(
    found: Callable[[], AnswerInput], text: str, caution: str | None
) -> None:
    answer = answer_with_quotes(found())
    assert (answer.text, answer.caution, answer.status) == (text, caution, "answered")
    assert (answer.mode, answer.model, answer.ai_generated, answer.stats) == ("extractive", None, False, None)
    assert [(one.number, one.id) for one in answer.citations] == [(1, "x")]
    assert answer.suggestions == ("Wann lohnt sich das?",)


@pytest.mark.parametrize(
    ("stats", "notice"), [(GenerationStats(failure="slow"), FAILED), (GenerationStats(dropped=3), UNPROVEN)]
)
def test_after_a_model_that_did_not_deliver_quotes_end_with_a_quiet_line(stats: GenerationStats, notice: str) -> None:
    answer = answer_with_quotes(answer_input(), stats)
    assert answer.text == f"{QUOTED}\n\n{notice}"
    assert (answer.mode, answer.stats) == ("extractive", stats)


def test_examples_are_suggested_where_nothing_stands_near() -> None:
    found = answer_input()
    alone = tiny_corpus([found.evidence.ranked[0].passage])
    answer = answer_with_quotes(replace(found, context=replace(found.context, corpus=alone)))
    assert answer.suggestions == EXAMPLES[:3]


def cited(*ids: str) -> tuple[Citation, ...]:
    return tuple(
        Citation(number, name, "support", "A", "", None, None, None, None, False, "q", "q", 1.0)
        for number, name in enumerate(ids, start=1)
    )


@pytest.mark.parametrize(
    ("status", "model", "citations", "note"),
    [
        ("answered", None, cited("a"), "Wörtliche Zitate aus den Quellen"),
        ("answered", "m", cited("a", "a"), "KI-formuliert (m), geprüft gegen eine Quelle"),
        ("answered", "m", cited("a", "b", "a"), "KI-formuliert (m), geprüft gegen 2 Quellen"),
        ("no_source", None, (), ""),
    ],
)
def test_the_note_says_who_worded_an_answer_and_what_it_was_checked_against(
    status: str, model: str | None, citations: tuple[Citation, ...], note: str
) -> None:
    answer = Answer("f", "f", "de", status, "Text", citations, model=model)  # type: ignore[arg-type]
    assert mode_note(answer, PROMPTS) == note


# --- What becomes of a model's words, over the small index -----------------------------------------------------------

CONTRACT = "Was regelt ein Werkstattvertrag?"
FIRST = "Ein Werkstattvertrag regelt, wer eine gemeinsam genutzte Maschine bezahlt und wer für Ausfälle haftet"
SECOND = "Ein Werkstattvertrag endet mit einer Kündigungsfrist von 6 Monaten"
WRONG = "Ein Werkstattvertrag endet mit einer Kündigungsfrist von 9 Jahren in Bayern"


@pytest.fixture(scope="module")
def connected(small_assistant: AppContext, model: LanguageModel) -> AppContext:
    return replace(small_assistant, model=model)


def saying(*sentences: str) -> Callable[[Messages], str]:
    """A model that says these sentences, each citing the passage that holds it (or the first one)."""

    def script(messages: Messages) -> str:
        found = passages(messages)
        numbers = [next((n for n, text in found.items() if one in text), min(found)) for one in sentences]
        return " ".join(f"{one} [{number}]." for one, number in zip(sentences, numbers, strict=True))

    return script


def both(assistant: AppContext) -> tuple[Answer, list[AnswerDelta]]:
    """The answer at once, and the pieces of the same as a stream whose text they must add up to."""
    *deltas, streamed = stream(assistant, CONTRACT)
    assert isinstance(streamed, Answer)
    pieces = [one for one in deltas if isinstance(one, AnswerDelta)]
    assert len(pieces) == len(deltas)
    assert "".join(one.text for one in pieces) == streamed.text
    assert pieces[-1].citations == streamed.citations
    return streamed, pieces


def test_proven_sentences_are_the_answer(connected: AppContext, model_server: FaultyModel) -> None:
    model_server.behave("good", saying(FIRST, SECOND))
    streamed, pieces = both(connected)
    at_once = ask(connected, CONTRACT)
    assert streamed.text == at_once.text == f"{FIRST}. [1] {SECOND}. [2]"
    assert [one.text for one in pieces] == [f"{FIRST}. [1]", f" {SECOND}. [2]"]
    assert [len(one.citations) for one in pieces] == [1, 2]
    for answer in (streamed, at_once):
        assert (answer.mode, answer.model, answer.ai_generated) == ("model", NAME, True)
        assert answer.stats == GenerationStats(shown=2)


def test_a_paragraph_of_the_model_is_a_paragraph_of_the_answer(
    connected: AppContext, model_server: FaultyModel
) -> None:
    model_server.behave("good", lambda messages: saying(FIRST)(messages) + "\n\n" + saying(SECOND)(messages))
    assert ask(connected, CONTRACT).text == f"{FIRST}. [1]\n\n{SECOND}. [2]"


def test_without_a_proven_sentence_quotes_take_the_place(connected: AppContext, model_server: FaultyModel) -> None:
    model_server.behave("good", saying("Das Wetter in Kassel wird morgen schön und sonnig"))
    quotes = ask(replace(connected, model=None), CONTRACT)
    streamed, _ = both(connected)
    at_once = ask(connected, CONTRACT)
    assert streamed.text == at_once.text == f"{quotes.text}\n\n{UNPROVEN}"
    assert (at_once.mode, at_once.model) == (streamed.mode, streamed.model) == ("extractive", None)


def test_what_was_shown_stays_and_the_other_quotes_follow(connected: AppContext, model_server: FaultyModel) -> None:
    """More was dropped than shown: at once there are quotes only, in a stream they stand below."""
    wrong = "Das Wetter in Kassel wird morgen schön und sonnig"
    model_server.behave("good", saying(FIRST, wrong, wrong.replace("Kassel", "Fulda")))
    streamed, pieces = both(connected)
    assert [one.text for one in pieces[:-1]] == [f"{FIRST}. [1]"]
    supplement = pieces[-1].text
    assert supplement.startswith(f"\n\n{PROMPTS.render('model_quotes', 'de')}\n\n- ")
    assert supplement.endswith(f"\n\n{UNPROVEN}")
    assert FIRST not in supplement
    assert f"{SECOND}. [2]" in supplement
    assert (streamed.mode, streamed.model) == ("model", NAME)
    at_once = ask(connected, CONTRACT)
    assert at_once.text == f"{ask(replace(connected, model=None), CONTRACT).text}\n\n{UNPROVEN}"
    assert (at_once.mode, at_once.model) == ("extractive", None)


def test_nothing_stands_below_but_the_quiet_line_when_all_was_said(
    connected: AppContext, model_server: FaultyModel
) -> None:
    quotes = ask(replace(connected, model=None), CONTRACT).citations
    wrong = ("Das Wetter in Kassel wird morgen schön", "Das Wetter in Fulda wird morgen schön")
    said = [one.quote.rstrip(".") for one in quotes]
    model_server.behave("good", saying(*said, *(f"{one} und {n}" for one in wrong for n in ("warm", "kalt", "nass"))))
    streamed, pieces = both(connected)
    assert pieces[-1].text == f"\n\n{UNPROVEN}"
    assert streamed.citations == quotes or len(streamed.citations) == len(quotes)


def test_a_model_that_breaks_off_is_named_as_such(connected: AppContext, model_server: FaultyModel) -> None:
    model_server.behave("cut", saying(FIRST, SECOND))
    assert both(connected)[0].text.endswith(FAILED)
    assert ask(connected, CONTRACT).text.endswith(FAILED)


def test_a_cautious_answer_begins_with_the_caution_whoever_words_it(
    connected: AppContext, model: LanguageModel, model_server: FaultyModel
) -> None:
    found = answer_input("weak")
    [told] = found.evidence.ranked
    cited_passage = CitedPassage(told.passage, connected.embedder.encode_documents(told.passage.sentences))
    material = PromptContext("Was ist Coopetition?", (told,), (cited_passage,), 0.5)
    sentence = told.passage.text.rstrip(".")
    model_server.behave("good", lambda _: f"{sentence} [1].")
    generation = GroundedGeneration(model, connected.claim_verifier, material, found.context)
    answer = generate_answer(found, generation)
    assert (answer.text, answer.caution) == (f"{CAUTION}\n\n{sentence}. [1]", "weak_evidence")


def said(*texts: str) -> list[Claim]:
    return [Claim(text, f"{text}.", passage("p", "Satz."), 0.0) for text in texts]


@pytest.mark.parametrize(
    ("claims", "paragraphs"),
    [
        ([], []),
        (said("a"), ["a"]),
        (said("a", "b", "c", "d"), ["a", "bcd"]),
        (said("a", "b", "c", "d", "e"), ["a", "bc", "de"]),
        (said("a", "", "b", "", "c"), ["a+", "b+c"]),  # what only cites stays with its sentence
        (said(*"abcdefghi"), ["a", "bc", "def", "ghi"]),
    ],
)
def test_a_guide_reads_in_paragraphs_its_answer_by_itself(claims: list[Claim], paragraphs: list[str]) -> None:
    assert ["".join(claim.text or "+" for claim in some) for some in in_paragraphs(claims)] == paragraphs
