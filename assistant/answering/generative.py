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
CHARACTERS = 6000
_END = re.compile(r"[.!?…:][\"“”»«)]*$")
_SHORT = 15


@dataclass(frozen=True, slots=True)
class PromptContext:
    """What a model may write from: the passages by number (from 1), and what is needed to prove its sentences."""

    question: str
    ranked: tuple[ScoredPassage, ...]
    cited: tuple[CitedPassage, ...]
    floor: float


def choose_material(question: str, evidence: RetrievalResult, quotes: Draft, context: AnswerContext) -> PromptContext:
    """The passages that the quoting draft rests on, then the next best, as many as a small model can read."""
    quoted = {claim.passage.id for group in quotes.groups for paragraph in group.paragraphs for claim in paragraph}
    readable = [one for one in evidence.ranked if not one.passage.generated]
    ordered = sorted(readable, key=lambda one: one.passage.id not in quoted)
    chosen: list[ScoredPassage] = []
    for one in ordered[:PASSAGES]:
        if chosen and sum(len(other.passage.text) for other in (*chosen, one)) > CHARACTERS:
            break
        chosen.append(one)
    sentences = context.corpus.snapshot.space.sentence_vectors
    cited = (
        CitedPassage(one.passage, sentences[one.first_sentence : one.first_sentence + len(one.passage.sentences)])
        for one in chosen
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
            title=sanitize(one.passage.header).replace('"', "'"),
            text=sanitize(one.passage.text),
        )
        for number, one in enumerate(material.ranked, start=1)
    )
    asked = prompts.render("model_question", language, passages=passages, question=sanitize(material.question))
    return [("system", prompts.render("model_answer", language)), ("human", asked)]


class GroundedGeneration:
    """An answer while a model writes it: iterate over its proven paragraphs, then see how it went."""

    def __init__(
        self, model: LanguageModel, check: ClaimVerifier, material: PromptContext, context: AnswerContext
    ) -> None:
        self.model_name = model.name
        self.stats = GenerationStats()
        self._chunks = model.stream(answer_messages(material, context))
        self._check = check
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
        claims, outcome = self._judged(sentence)
        if not claims or self._is_repeated(claims[0]) or not self._may_quote(claims):
            claims = ()
        outcome = outcome if claims else "dropped"
        self.stats = self.stats.counting(outcome)
        return claims

    def _judged(self, sentence: GeneratedSentence) -> tuple[tuple[Claim, ...], str]:
        known = [number - 1 for number in sentence.numbers if 1 <= number <= len(self._material.cited)]
        if not known or len(known) < len(sentence.numbers) or _is_unfit(sentence.text):
            return (), "dropped"
        text = sentence.text if _END.search(sentence.text) else f"{sentence.text}."
        cited = [self._material.cited[place] for place in known]
        verdict = self._check.verify(text, cited, self._context.language)
        if verdict.supported:
            claims = [self._claim("", known[place], quote) for place, quote in verdict.quotes]
            return (replace(claims[0], text=text), *claims[1:]), "shown"
        if verdict.closest and self._answers(known[verdict.closest[0]], verdict.closest[1]):
            place, quote = verdict.closest
            return (self._claim(quote, known[place], quote),), "replaced"
        return (), "dropped"

    def _claim(self, text: str, place: int, quote: str) -> Claim:
        ranked = self._material.ranked[place]
        return Claim(text, quote, ranked.passage, ranked.score)

    def _answers(self, place: int, quote: str) -> bool:
        """Whether a literal sentence speaks to the question more than to foreign ones."""
        ranked = self._material.ranked[place]
        scores = dict(zip(ranked.passage.sentences, ranked.sentence_scores, strict=True))
        return scores.get(quote, 0.0) >= self._material.floor

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
