"""Every constant that decides which passages and sentences an answer is made of.

All were found on the development half of the golden questions, ``assistant/operations/golden_questions.jsonl``,
with the shipped knowledge and its embedding model. Try another value with ``assistant eval --set NAME=VALUE``.

Scores are those of ``index.scoring``: a cosine, half a cosine and a tenth of a word score, in practice 1.1 to 1.4.
Margins, bonuses and penalties are in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """The constants of retrieval and of choosing sentences."""

    # --- Retrieval -------------------------------------------------------------------------------------------------

    # Passages that a question is answered from.
    retrieval_depth: int = 20

    # No document has more than `passages_per_document` of the first `diverse_places` passages while others are there.
    passages_per_document: int = 2
    diverse_places: int = 5

    # What passages of the area that the question asks for ("wer hilft", "Zuschuss") are brought forward by.
    passage_area_bonus: float = 0.03

    # What sources for single Länder are held back by where the question names none.
    regional_penalty: float = 0.02

    # An ended programme that fits by this much better than all that may answer is what was asked for.
    meant_margin: float = 0.02

    # Without vectors: the share of the question's words, weighed by rarity, that the best passage must hold.
    least_coverage: float = 0.4

    # --- Choosing sentences ----------------------------------------------------------------------------------------

    # An answer holds at most so many sentences and words.
    max_sentences: int = 5
    max_words: int = 120

    # Sentences of at least so many characters say something by themselves; longer ones than the other are no quotes.
    min_sentence_characters: int = 25
    max_quote_characters: int = 400

    # Sentences of one document: a citation, not a copy. More of one that the question calls by name.
    quotes_per_document: int = 2
    quotes_per_named_document: int = 3

    # Sentences are taken from passages that score within this of the best one …
    passage_margin: float = 0.09

    # … and are worth within this of the sentence that comes first.
    value_margin: float = 0.16

    # Only so many of the best sentences are looked at.
    considered_sentences: int = 40

    # What a sentence is worth more when it holds all words of the question.
    coverage_weight: float = 0.06

    # What an English sentence is worth more for an English question.
    english_bonus: float = 0.04

    # One of these is added when the next sentence is chosen, the first that applies. Who asks the question over a
    # section, as the suggested questions do, wants that section: more than all others together.
    heading_bonus: float = 2.0
    # The question calls the document by name.
    named_bonus: float = 1.0
    # An operator's original text is quoted rather than our digest of it.
    document_bonus: float = 0.06
    # The sentence is of the area that the question asks for.
    sentence_area_bonus: float = 0.05
    # The sentence is of a kind of source that no chosen one is of.
    new_kind_bonus: float = 0.03

    # Two sentences say the same when they share more than this share of the shorter one's terms.
    near_duplicate_share: float = 0.75


DEFAULT_TUNING = Tuning()
