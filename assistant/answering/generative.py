"""A language model writes over numbered passages; only what they prove becomes part of the draft."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.answering.draft import AnswerContext, Draft
from assistant.answering.extractive import status_claims
from assistant.answering.grounding.claim_verifier import ClaimVerifier
from assistant.answering.grounding.evidence_windows import CitedPassage
from assistant.answering.llm.client import LanguageModel, Message
from assistant.answering.llm.sanitize import _ADDRESS, sanitize
from assistant.answering.sentence_stream import GeneratedSentence, written_sentences
from assistant.core.errors import ModelError
from assistant.core.models import Claim, GenerationStats, RetrievalResult, ScoredPassage

PASSAGES = 6
CHARACTERS = 6000  # of all passages: with rules and question what a small model's window of 4,096 tokens holds
_END = re.compile(r"[.!?…:][\"“”»«)]*$")
_SHORT = 15


@dataclass(frozen=True, slots=True)
class PromptContext:
    """What a model may write from: the passages by number (from 1), and what is needed to prove its sentences."""

    question: str
    ranked: tuple[ScoredPassage, ...]
    cited: tuple[CitedPassage, ...]
    sentence_threshold: float


def choose_material(question: str, evidence: RetrievalResult, quotes: Draft, context: AnswerContext) -> PromptContext:
    """The passages that the quoting draft rests on, then the next best, as many as a small model can read."""
    quoted = {claim.passage.id for group in quotes.groups for paragraph in group.paragraphs for claim in paragraph}
    readable = [scored for scored in evidence.ranked if not scored.passage.generated]
    ordered = sorted(readable, key=lambda scored: scored.passage.id not in quoted)
    chosen: list[ScoredPassage] = []
    for scored in ordered[:PASSAGES]:
        if chosen and sum(len(other.passage.text) for other in (*chosen, scored)) > CHARACTERS:
            break
        chosen.append(scored)
    vectors = context.corpus.snapshot.space.sentence_vectors
    cited = (
        CitedPassage(
            scored.passage, vectors[scored.first_sentence : scored.first_sentence + len(scored.passage.sentences)]
        )
        for scored in chosen
    )
    return PromptContext(question, tuple(chosen), tuple(cited), evidence.sentence_threshold)


def answer_messages(material: PromptContext, context: AnswerContext) -> list[Message]:
    """System and user message: numbered passages between tags, then the question; never an address of a page."""
    prompts, language = context.prompts, context.language
    passages = "\n".join(
        prompts.render(
            "model_passage",
            language,
            number=str(number),
            title=sanitize(scored.passage.header).replace('"', "'"),
            text=sanitize(scored.passage.text),
        )
        for number, scored in enumerate(material.ranked, start=1)
    )
    asked = prompts.render("model_question", language, passages=passages, question=sanitize(material.question))
    return [("system", prompts.render("model_answer", language)), ("human", asked)]


class GroundedGeneration:
    """An answer while a model writes it: iterate over its proven paragraphs, then see how it went."""

    def __init__(
        self, model: LanguageModel, verifier: ClaimVerifier, material: PromptContext, context: AnswerContext
    ) -> None:
        self.model_name = model.name
        self.stats = GenerationStats()
        self._chunks = model.stream(answer_messages(material, context))
        self._verifier = verifier
        self._material = material
        self._context = context
        self._seen: set[str] = set()
        self._quoted: set[tuple[str, str]] = set()
        self._noted: set[str] = set()

    def __iter__(self) -> Iterator[tuple[bool, tuple[Claim, ...]]]:
        """Whether a paragraph opens, and one sentence with its quotes, as soon as it is proven."""
        try:
            for sentence in written_sentences(self._chunks):
                if claims := self._prove(sentence):
                    yield sentence.starts_paragraph, self._with_state(claims)
        except ModelError as error:
            self.stats = replace(self.stats, failure=error.code)

    def _prove(self, sentence: GeneratedSentence) -> tuple[Claim, ...]:
        """The sentence with what carries it, the quote that can stand in its place, or nothing."""
        claims, outcome = self._judge(sentence)
        if not claims or self._is_repeated(claims[0]) or not self._may_quote(claims):
            claims = ()
        outcome = outcome if claims else "dropped"
        self.stats = self.stats.counting(outcome)
        return claims

    def _judge(self, sentence: GeneratedSentence) -> tuple[tuple[Claim, ...], str]:
        known = [number - 1 for number in sentence.numbers if 1 <= number <= len(self._material.cited)]
        if not known or len(known) < len(sentence.numbers) or _is_unfit(sentence.text):
            return (), "dropped"
        text = sentence.text if _END.search(sentence.text) else f"{sentence.text}."
        cited = [self._material.cited[index] for index in known]
        verdict = self._verifier.verify(text, cited, self._context.language)
        if verdict.supported:
            claims = [self._claim("", known[cited_as], quote) for cited_as, quote in verdict.quotes]
            return (replace(claims[0], text=text), *claims[1:]), "shown"
        if verdict.closest and self._answers(known[verdict.closest[0]], verdict.closest[1]):
            cited_as, quote = verdict.closest
            return (self._claim(quote, known[cited_as], quote),), "replaced"
        return (), "dropped"

    def _claim(self, text: str, index: int, quote: str) -> Claim:
        scored = self._material.ranked[index]
        return Claim(text, quote, scored.passage, scored.score)

    def _answers(self, index: int, quote: str) -> bool:
        """Whether a literal sentence speaks to the question more than to foreign ones."""
        scored = self._material.ranked[index]
        scores = dict(zip(scored.passage.sentences, scored.sentence_scores, strict=True))
        return scores.get(quote, 0.0) >= self._material.sentence_threshold

    def _is_repeated(self, claim: Claim) -> bool:
        key = " ".join(re.findall(r"\w+", claim.text.lower()))
        new = key not in self._seen
        self._seen.add(key)
        return not new

    def _may_quote(self, claims: tuple[Claim, ...]) -> bool:
        """Whether no document is quoted more often than an answer may."""
        new = {(claim.passage.document_id, claim.quote) for claim in claims}
        counts = Counter(document for document, _ in self._quoted | new)
        if max(counts.values()) > self._context.tuning.quotes_per_named_document:
            return False
        self._quoted |= new
        return True

    def _with_state(self, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """After a document's first sentence what must be known about its state: ended, or to be checked."""
        added: list[Claim] = []
        for claim in claims:
            if claim.passage.document_id not in self._noted:
                self._noted.add(claim.passage.document_id)
                source = self._context.corpus.snapshot.sources[claim.passage.document_id]
                added += status_claims(source, [claim], self._context)
        return (*claims, *added)


def _is_unfit(text: str) -> bool:
    """Too short to say anything, holding an address, or broken by a wrong encoding."""
    return len(text) < _SHORT or bool(_ADDRESS.search(text)) or "\ufffd" in text


def is_enough(stats: GenerationStats) -> bool:
    """Whether an answer can stand by itself: the model finished, and most of what it wrote is proven."""
    kept = stats.shown + stats.replaced
    return stats.failure is None and stats.shown > 0 and stats.dropped <= kept
