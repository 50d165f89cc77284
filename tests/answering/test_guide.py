"""A guide that ranks first is the answer: whole, in its order, each sentence with the cards that prove it."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.guide import guide_claims, leading_guide
from assistant.answering.pipeline import ask, search_passages, stream
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant
from assistant.core.models import Answer, RetrievalResult, StatementProof
from assistant.core.tuning import DEFAULT_TUNING, Tuning
from assistant.retrieval.decision import Decision, Logistic
from assistant.web.site.source import source_page
from tests.conftest import SMALL_KNOWLEDGE, BuildIndex, own_settings, write_files
from tests.support.guide_texts import ENGLISH, GUIDE, PROVEN, UNPROVEN
from tests.support.tiny_corpus import passage, scored, tiny_corpus

QUESTION = "Wer zahlt, wenn zwei Betriebe sich eine Maschine teilen?"


@pytest.fixture(scope="module")
def with_guide(build_index: BuildIndex, tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    folder: Path = tmp_path_factory.mktemp("guides")
    knowledge = write_files(folder / "knowledge", SMALL_KNOWLEDGE | {"guides/werkstatt-teilen.md": GUIDE})
    build_index(knowledge, folder / "data")
    return build_assistant(own_settings(knowledge, folder / "data"))


def test_the_proven_sentences_are_shown_in_order_each_with_its_card(with_guide: AppContext) -> None:
    answer = ask(with_guide, QUESTION)
    assert (answer.status, answer.guide, answer.mode) == ("answered", "werkstatt-teilen", "extractive")
    assert answer.text == f"{PROVEN[0]} [1]\n\n{PROVEN[1]} [2] {PROVEN[2]} [3]"
    assert [one.id for one in answer.citations] == ["werkstattvertrag", "werkstattvertrag", "fraeshub"]
    for citation in answer.citations:
        assert citation.quote in citation.passage
        assert citation.kind != "guide"


def test_an_unproven_sentence_is_shown_nowhere(with_guide: AppContext) -> None:
    page = bytes(source_page("werkstatt-teilen", with_guide).body).decode()
    found = search_passages(with_guide, "Alle Nachbarn bekommen 900.000 Euro", 50)
    shown = " ".join([ask(with_guide, QUESTION).text, page, *(hit["text"] for hit in found)])
    assert "900.000" not in shown
    assert UNPROVEN not in shown


def test_pieces_add_up_to_the_answer(with_guide: AppContext) -> None:
    *deltas, answer = stream(with_guide, QUESTION)
    assert isinstance(answer, Answer)
    assert "".join(delta.text for delta in deltas) == answer.text


def test_an_english_question_gets_the_english_part(with_guide: AppContext) -> None:
    answer = ask(with_guide, "Who pays when two firms share a machine?")
    assert answer.text == f"{ENGLISH} [1]"
    assert answer.citations[0].id == "position-paper/kooperationen"


def test_what_a_card_answers_best_is_quoted_from_the_card(with_guide: AppContext) -> None:
    without_weights = replace(with_guide, reader=None, decision=None, question_adapter=None)
    answer = ask(without_weights, "Wie viel Prozent zahlt der Netzbonus Neu?")
    assert answer.guide is None
    assert "netzbonus-neu" in {one.id for one in answer.citations}
    assert "guide" not in {one.kind for one in answer.citations}


def test_search_finds_guides_and_keeps_to_kinds(with_guide: AppContext) -> None:
    (best, *_) = search_passages(with_guide, QUESTION, 5, ["guide"])
    assert (best["id"], best["kind"]) == ("werkstatt-teilen", "guide")
    assert all(hit["kind"] == "support" for hit in search_passages(with_guide, QUESTION, 5, ["support"]))


def test_the_page_of_a_guide_names_the_cards_behind_each_sentence(with_guide: AppContext) -> None:
    page = html.unescape(bytes(source_page("werkstatt-teilen", with_guide).body).decode())
    positions = [page.index(sentence) for sentence in PROVEN]
    assert positions == sorted(positions)
    assert page.count('Belegt durch <a href="/quelle/werkstattvertrag">Was regelt ein Werkstattvertrag?</a>: „') == 2
    assert "Unser Nachbar hat eine Fräse" not in page


LIMITS = Tuning(guide_cosine=0.88, guide_lead=0.004)


def evidence(cosine: float = 0.9, score: float = 1.4, rival: float = 1.3, card: float = 1.3) -> RetrievalResult:
    guides = (
        scored(passage("leit", "Ein Satz.", kind="guide"), score, (0.5,)),
        scored(passage("fragen", "Eine Frage?", document="leit", kind="guide"), score - 0.2, (cosine,)),
        scored(passage("anderer", "Noch einer.", kind="guide"), rival, (0.99,)),
    )
    ranked = (scored(passage("karte", "Etwas anderes."), card, (0.99,)),)
    return RetrievalResult(ranked, "enough", 1.0, 0.0, guides=tuple(sorted(guides, key=lambda one: -one.score)))


@pytest.mark.parametrize(
    ("found", "leads"),
    [
        (evidence(), True),
        (evidence(cosine=0.88), True),
        (evidence(cosine=0.879), False),
        (evidence(rival=1.396), True),
        (evidence(rival=1.397), False),
        (evidence(rival=1.5), False),
        (evidence(card=1.4), True),
        (evidence(card=1.41), False),
        (replace(evidence(), sufficiency="weak"), True),
        (replace(evidence(), sufficiency="none"), False),
        (replace(evidence(), sufficiency="off_topic"), False),
        (replace(evidence(), lexical_only=True), False),
        (replace(evidence(), guides=()), False),
        (replace(evidence(), ranked=()), True),
    ],
)
def test_a_guide_leads_only_when_it_is_clearly_meant(found: RetrievalResult, leads: bool) -> None:
    assert (leading_guide(found, LIMITS) == "leit") is leads


def test_a_quote_that_its_card_holds_no_more_takes_its_sentence_along() -> None:
    corpus = tiny_corpus([passage("karte", "Ein Satz.", "Noch einer.")])
    proofs = (
        StatementProof("Bleibt.", "de", (("karte#karte", "Ein Satz."), ("karte#karte", "Noch einer."))),
        StatementProof("Geht.", "de", (("karte#karte", "Stand einmal da."),)),
        StatementProof("Geht auch.", "de", (("weg#weg", "Ein Satz."),)),
    )
    corpus = replace(corpus, snapshot=replace(corpus.snapshot, proofs={"leit": proofs}))
    claims = guide_claims("leit", "en", corpus)
    assert [(claim.text, claim.quote) for claim in claims] == [("Bleibt.", "Ein Satz."), ("", "Noch einer.")]


def test_an_index_without_the_guide_has_nothing_to_say() -> None:
    assert guide_claims("leit", "de", tiny_corpus([passage("karte", "Ein Satz.")])) == ()


def guides(**scores: float) -> RetrievalResult:
    """Guides with these scores, text and questions alike, beside a card with 1.3."""
    found = [
        scored(passage(f"{name}-{part}", document=name, kind="guide", generated=part == "fragen"), score)
        for name, score in scores.items()
        for part in ("text", "fragen")
    ]
    return RetrievalResult((scored(passage("karte"), 1.3),), "none", 1.5, 0.5, guides=tuple(found))


@pytest.mark.parametrize(
    ("evidence", "signal", "guide"),
    [
        (guides(a=1.36, b=1.33), 0.0, "a"),
        (guides(a=1.36, b=1.33), -1.1, None),
        (guides(a=1.29), 0.0, None),
        (guides(), 0.0, None),
    ],
)
def test_a_decision_shows_the_guide_that_is_nearer_than_any_card(
    evidence: RetrievalResult, signal: float, guide: str | None
) -> None:
    nothing = Logistic({}, 0.0)
    decision = Decision(nothing, nothing, Logistic({"ahead": 40.0}, 0.0), 0.0, 0.9, 0.5, 0.5, 0.3, shown_guide=0.7)
    assert leading_guide(evidence, DEFAULT_TUNING, decision, signal) == guide
