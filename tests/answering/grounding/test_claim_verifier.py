"""A sentence is supported only by a source that says the same: numbers, names, yes and no, may and must."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.evidence_windows import QUOTE_CHARACTERS, CitedPassage
from assistant.answering.grounding.word_alignment import LoneWords
from assistant.answering.runtime import AppContext
from assistant.core.models import Language
from assistant.language.language_detection import detect_language
from assistant.operations.evaluate_claim_verifier import (
    DEVELOPMENT,
    FRESH,
    HOLDOUT,
    NUMBER_WORDS,
    UNSEEN,
    cite,
    figures,
)
from tests.support.claim_cases import CASES

ROWS = [(passage, row[0], row[2:].split(" ", 1)) for passage, rows in CASES.items() for row in rows]
SUPPORTED = [(passage, *rest) for passage, sign, rest in ROWS if sign == "+"]
REFUSED = [(passage, *rest[1].split(" ", 1)) for passage, sign, rest in ROWS if sign == "-"]
BANK = next(passage for passage in CASES if passage.startswith("Bürgschaftsbanken verbürgen"))
SAB = next(passage for passage in CASES if passage.startswith("Anträge auf Clusterförderung"))


def shipped(assistant: AppContext, document: str) -> list[CitedPassage]:
    """Passages of a shipped source as the index holds them."""
    snapshot = assistant.live_index.corpus().snapshot
    space = snapshot.space
    rows = [row for row, passage in enumerate(snapshot.passages) if passage.document_id == document]
    return [
        CitedPassage(
            snapshot.passages[row],
            space.sentence_vectors[space.sentence_offsets[row] : space.sentence_offsets[row + 1]],
        )
        for row in rows
    ]


@pytest.mark.parametrize(("passage", "language", "sentence"), SUPPORTED)
def test_what_a_source_says_in_other_words_is_supported(
    assistant: AppContext, passage: str, language: Language, sentence: str
) -> None:
    verdict = assistant.claim_verifier.verify(sentence, [cite(assistant, passage)], language)
    assert (verdict.supported, verdict.reason) == (True, "")


@pytest.mark.parametrize(("passage", "language", "sentence"), REFUSED)
def test_what_a_source_does_not_say_is_refused(
    assistant: AppContext, passage: str, language: Language, sentence: str
) -> None:
    verdict = assistant.claim_verifier.verify(sentence, [cite(assistant, passage)], language)
    assert not verdict.supported
    assert verdict.reason
    assert not verdict.quotes


@pytest.mark.parametrize(
    ("document", "sentence", "language", "reason"),
    [
        ("buergschaftsbanken", "Bürgschaftsbanken verbürgen bis zu 85 Prozent des Kredits.", "de", "number"),
        ("buergschaftsbanken", "Die L-Bank gibt eine Rückbürgschaft für Bürgschaftsbanken.", "de", "name"),
        ("buergschaftsbanken", "Bürgschaftsbanken verbürgen immer bis 2 Mio. Euro.", "de", "modality"),
        ("buergschaftsbanken", "The guarantee covers up to 80 percent of the loan.", "de", "language"),
        ("sn-clusterfoerderung", "Die SAB nimmt keine Anträge auf Clusterförderung mehr an.", "de", "negation"),
    ],
)
def test_the_reason_says_what_is_wrong(
    assistant: AppContext, document: str, sentence: str, language: Language, reason: str
) -> None:
    assert assistant.claim_verifier.verify(sentence, shipped(assistant, document), language).reason == reason


@pytest.mark.parametrize(
    ("passage", "sentence", "reason"),
    [
        ("Der BME leitet KOINNO.", "KOINNO wird vom BME geleitet.", ""),
        ("Der BME leitet KOINNO.", "KOINNO leitet den BME.", "name"),
        (
            "Das Heft stammt von Haimo Huhle und Frauke Goll.",
            "Frauke Goll und Haimo Huhle haben das Heft verfasst.",
            "",
        ),
        (
            "BIG-Transfer fördert Aufträge, BIG-FuE fördert eigene Projekte der Entwicklung.",
            "BIG-FuE fördert eigene Projekte der Entwicklung, BIG-Transfer fördert Aufträge.",
            "",
        ),
        (
            "BIG-Transfer fördert Aufträge, BIG-FuE fördert eigene Projekte der Entwicklung.",
            "BIG-FuE fördert Aufträge, BIG-Transfer fördert eigene Projekte der Entwicklung.",
            "name",
        ),
        ("Gefördert wird in Sachsen-Anhalt.", "In Sachsen-Anhalt wird gefördert.", ""),
        ("Gefördert wird in Sachsen-Anhalt.", "In Sachsen wird gefördert.", "name"),
        ("Funding is available in Nordrhein-Westfalen.", "Funding is available in North Rhine-Westphalia.", ""),
        ("Funding is available in Nordrhein-Westfalen.", "Funding is available in Westphalia.", "name"),
    ],
)
def test_names_may_change_places_only_with_their_words(
    assistant: AppContext, passage: str, sentence: str, reason: str
) -> None:
    language = detect_language(sentence)
    assert assistant.claim_verifier.verify(sentence, [cite(assistant, passage)], language).reason in (
        reason,
        "coverage",
    )
    if reason == "name":
        assert assistant.claim_verifier.verify(sentence, [cite(assistant, passage)], language).reason == "name"


def test_a_sentence_without_citation_is_uncited(assistant: AppContext) -> None:
    assert assistant.claim_verifier.verify("Das ist so.", [], "de").reason == "uncited"


def test_quotes_are_literal_short_and_only_from_the_passages_that_carry(assistant: AppContext) -> None:
    cited = [cite(assistant, SAB), cite(assistant, BANK)]
    verdict = assistant.claim_verifier.verify("Bürgschaftsbanken verbürgen maximal 80 % eines Kredits.", cited, "de")
    assert [number for number, _ in verdict.quotes] == [1]
    assert all(quote in cited[number].passage.text for number, quote in verdict.quotes)
    assert all(len(quote) <= QUOTE_CHARACTERS for _, quote in verdict.quotes)


def test_two_passages_may_carry_a_sentence_together(assistant: AppContext) -> None:
    cited = [cite(assistant, SAB), cite(assistant, BANK)]
    sentence = (
        "Die SAB nimmt in Sachsen laufend Anträge auf Clusterförderung an, und Bürgschaftsbanken verbürgen bis zu "
        "80 Prozent des Kredits."
    )
    assert not assistant.claim_verifier.verify(sentence, cited[:1], "de").supported
    assert {number for number, _ in assistant.claim_verifier.verify(sentence, cited, "de").quotes} == {0, 1}


def test_the_closest_sentence_stands_in_for_a_refused_one(assistant: AppContext) -> None:
    verdict = assistant.claim_verifier.verify(
        "Bürgschaftsbanken verbürgen bis zu 90 Prozent.", [cite(assistant, BANK)], "de"
    )
    assert verdict.closest == (0, BANK)


def test_a_foreign_sentence_has_no_closest(assistant: AppContext) -> None:
    cited = [cite(assistant, BANK)]
    assert assistant.claim_verifier.verify("Der Igel schläft im Winter unter Laub.", cited, "de").closest is None


@pytest.mark.slow
def test_every_shipped_sentence_is_supported_by_its_own_passage(assistant: AppContext) -> None:
    passages = [
        one for document in ("exist", "zim-innovationsnetzwerke", "gwb-1") for one in shipped(assistant, document)
    ]
    judged = [
        (sentence, assistant.claim_verifier.verify(sentence, [one], one.passage.language).reason)
        for one in passages
        for sentence in one.passage.sentences
        if not one.passage.generated
    ]
    assert judged
    assert [row for row in judged if row[1]] == []


def test_an_encoder_that_sees_no_context_still_catches_wrong_facts(assistant: AppContext) -> None:
    live_index, analyzer = assistant.live_index, assistant.analyzer
    assert live_index.corpus()
    check = ClaimVerifier(assistant.embedder, LoneWords(assistant.embedder), analyzer, assistant.claim_verifier.names)
    assert check.verify(BANK, [cite(assistant, BANK)], "de").supported
    assert check.verify(BANK.replace("80", "85"), [cite(assistant, BANK)], "de").reason == "number"


def test_word_vectors_fit_the_text_vector(assistant: AppContext) -> None:
    vectors = assistant.embedder.encode_documents([BANK])
    assert np.allclose(cite(assistant, BANK).vectors, vectors)


@pytest.mark.parametrize(
    ("file", "precision", "recall", "sure"),
    [(DEVELOPMENT, 0.97, 0.76, 1.0), (HOLDOUT, 0.97, 0.63, 1.0), (FRESH, 0.94, 0.8, 0.8), (UNSEEN, 0.94, 0.85, 0.8)],
)
@pytest.mark.slow
def test_precision_and_recall_hold(
    assistant: AppContext, file: object, precision: float, recall: float, sure: float
) -> None:
    found = figures(assistant, file)  # type: ignore[arg-type]
    assert found["precision"] >= precision
    assert found["recall"] >= recall
    assert found["caught"]["wrong_number"] >= sure
    assert found["caught"]["swapped_name"] >= sure


@pytest.mark.slow
def test_a_number_in_words_must_have_the_value_of_the_source(assistant: AppContext) -> None:
    found = figures(assistant, NUMBER_WORDS)
    assert found["caught"] == {"number_word": 1.0}
    assert found["precision"] == 1.0
    assert found["recall"] >= 0.75


def test_what_a_source_says_word_for_word_is_proven_by_it(assistant: AppContext) -> None:
    denied = "Rücknahmesysteme sind möglich, wenn ihr Nutzen messbar ist; ein Freifahrtschein ist das nicht."
    for sentence in (denied, denied.rstrip(".")):
        verdict = assistant.claim_verifier.verify(sentence, [cite(assistant, f"Das ist neu. {denied}")], "de")
        assert verdict.supported
        assert verdict.quotes == ((0, denied),)
    assert not assistant.claim_verifier.verify(denied, [cite(assistant, denied.replace(" nicht", ""))], "de").supported
