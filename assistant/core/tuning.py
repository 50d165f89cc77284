"""Every constant that decides which passages and sentences an answer is made of.

All were chosen on the development half of the golden questions, ``assistant/operations/golden_questions.jsonl``, with
the shipped knowledge and embedding model; where the questions cannot tell, the comment gives the reason instead.
How much each matters was measured by ``python -m assistant.operations.evaluate_tuning``: the figures with it off,
halved and doubled, in ``docs/benchmarks.md``. "Flat" names the values tried that move no figure; "one question" is one
of the 105 that have an answer. Another value can be tried with ``assistant eval --set NAME=VALUE``.

Scores are those of ``index.scoring``, in practice 1.1 to 1.5. Margins, bonuses and penalties are in the same unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches

from assistant.core.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Tuning:
    """The constants of retrieval and of choosing sentences; each comment says what it does and how flat it lies."""

    # --- Retrieval -------------------------------------------------------------------------------------------------

    # Passages that a question is answered from. Flat from 10 to all there are.
    retrieval_depth: int = 20

    # No document has more than this of the first `diverse_places` passages while others are there. 1 finds two
    # questions more, no limit one less; two sections of one document often answer together.
    passages_per_document: int = 2

    # As many as `recall@5` looks at. 2 and 0 find one question less, 10 is flat.
    diverse_places: int = 5

    # What passages of the area that the question asks for ("wer hilft", "Zuschuss") are brought forward by. 0, 0.015
    # and 0.06 all find one question more, with other sources on top; no value is clearly better.
    passage_area_bonus: float = 0.03

    # What sources for single Länder are held back by where the question names none. On cards that nothing was trained
    # on, 0.06 cites the right one first as often as 0.02 (.56) and 0.12 less often (.54); from 0.06 on a question that
    # names no Land hardly gets the programme of one.
    regional_penalty: float = 0.06

    # What programmes and offers that take no applications at present are held back by: one that does helps more. No
    # figure moves; without it seven golden answers change.
    paused_penalty: float = 0.04

    # An ended programme that fits by this much better than all that may answer is what was asked for. Flat from 0.01
    # to 0.04; without it one question less is found.
    meant_margin: float = 0.02

    # Without vectors: the share of the question's words, weighed by rarity, that the best passage must hold. Below,
    # four foreign questions get an answer; 0.8 leaves one question in nine answered.
    least_coverage: float = 0.4

    # --- With the question adapter ----------------------------------------------------------------------------------

    # The share of the plain question vector beside the adapted one. On cards that nothing was trained on, 0 finds the
    # right card first for .59 of the questions, 0.5 for .62, 0.7 for .63; keywords need it most.
    plain_share: float = 0.5

    # The weight of words then (``LEXICAL_WEIGHT`` without an adapter): 0.12 finds .61, 0.2 and 0.25 .62.
    adapted_lexical_weight: float = 0.2

    # What passages of the documents that the last answer cited are brought forward by. Of 56 conversations, 0 cites the
    # right card first in .48, 0.02 and 0.04 in .50, and three more near-misses are told apart.
    subject_bonus: float = 0.02

    # --- Reading ---------------------------------------------------------------------------------------------------

    # So many of the best passages are read, and so many where all of them are clearly no answer. Each costs some ten
    # milliseconds of one core; the right section is among the first six for .76 of the questions, twelve for .84, but
    # what parts answers from near-misses is as good after six.
    read_passages: int = 6
    read_passages_at_most: int = 6

    # Where a question asks several things, so many of the best passages are read again for each of them.
    read_passages_of_part: int = 4

    # Below this logit a passage is clearly no answer. Only matters where more may be read.
    clear_reading: float = -1.0

    # What a logit of a reader other than the shipped one adds to the score of a passage.
    foreign_reader_weight: float = 0.02

    # An answer has at most so many sentences that the reader chose, from so many documents.
    read_sentences: int = 4
    read_documents: int = 2

    # --- Guides ----------------------------------------------------------------------------------------------------

    # A guide is shown when it ranks first and one of its questions or sentences is as near as this to the question.
    # Questions are nearer to questions than to the cards that answer them, so ranking first says little. Of 45
    # situations that somebody else made up, 0.88 shows the right guide for 14 and no wrong one, 0.89 for 11.
    guide_cosine: float = 0.88

    # … and its best passage scores better by this than that of the next guide, or it may be the other one that is
    # meant. 0.004 shows the right guide for three situations more, and guides for 7 % of factual questions, not 4 %.
    guide_lead: float = 0.016

    # --- Choosing sentences ----------------------------------------------------------------------------------------

    # An answer has at most so many chosen sentences. 2 lose seven expected sources, 10 gain one; answers grow by a
    # sentence on average.
    max_sentences: int = 5

    # … and so many words. 60 lose four expected sources; flat from here on, but 25 answers grow.
    max_words: int = 120

    # A shorter sentence says nothing by itself. Flat from 0 to 50: shipped sentences are whole ones. It keeps the
    # fragments of added documents out ("Siehe Anlage 2.").
    min_sentence_characters: int = 25

    # A longer one is no quotation any more. 200 lose three expected sources; flat from here on, since no shipped
    # sentence is longer. It is meant for added documents, which may be anyone's work.
    max_quote_characters: int = 400

    # Sentences of one document: a citation, not a copy. 1 gains an expected source, 4 and no limit lose one; a second
    # sentence of the best source reads better than one of a third source.
    quotes_per_document: int = 2

    # The same of a document that the question calls by name. Flat; but two thirds of the answers to headings change.
    quotes_per_named_document: int = 3

    # Sentences are taken from passages that score within this of the best one. Flat from 0.045 to all; wider, a
    # third of the answers to headings get sentences on other subjects.
    passage_margin: float = 0.09

    # Further sentences are worth within this of the first. Flat from 0.08 to all; wider, one golden answer changes
    # and seven of the answers to headings, which get sentences on other subjects.
    value_margin: float = 0.16

    # What a sentence is worth more when it holds all words of the question. Flat from here to 0.12; 0 and 0.03 lose
    # two expected sources.
    coverage_weight: float = 0.06

    # What an English sentence is worth more for an English question, since cosines across languages are low. Flat from
    # 0 to 0.08; without it twelve answers change, eleven of them to more German sentences.
    english_bonus: float = 0.04

    # One of the following is added to the value of a sentence when the next one is chosen, the first that applies.

    # The question is the heading over the sentence: who asks it, as a suggested question does, wants that section.
    # No golden question is one; without the bonus five of six answers to headings change. It must be clearly
    # more than `named_bonus`, since headings call documents by name.
    heading_bonus: float = 2.0

    # The question calls the document by name. Flat from 0.5 to 1; 0 loses one expected source.
    named_bonus: float = 1.0

    # The sentence is of an added document: the original is quoted rather than our digest of it. No golden question
    # is about one.
    document_bonus: float = 0.06

    # The sentence is of the area that the question asks for. Flat at 0 and 0.1, 0.025 loses one expected
    # source; without it 15 answers change.
    sentence_area_bonus: float = 0.05

    # The sentence is of a kind of source that no chosen one is of. Flat from 0 to 0.03, 0.06 loses one expected
    # source; without it 33 answers change, and all together draw on 163 kinds instead of 199.
    new_kind_bonus: float = 0.03

    # Two sentences say the same when they share more than this of the shorter one's terms. Flat from here to 1, where
    # 15 answers change and say things twice; 0.375 loses one expected source.
    near_duplicate_share: float = 0.75


DEFAULT_TUNING = Tuning()


def parse_changes(assignments: Iterable[str]) -> dict[str, int | float]:
    """``NAME=VALUE`` of each constant that shall be another; a ``SettingsError`` lists the names, the closest first."""
    return dict(map(_parse_change, assignments))


def _parse_change(assignment: str) -> tuple[str, int | float]:
    name, _, text = (part.strip() for part in assignment.partition("="))
    defaults = {field.name: field.default for field in fields(Tuning)}
    closest_first = get_close_matches(name, defaults, n=len(defaults), cutoff=0.0)
    if name not in defaults:
        raise SettingsError(f"Die Konstante '{name}' gibt es nicht; möglich sind {', '.join(closest_first)}.")
    number_type = int if isinstance(defaults[name], int) else float
    try:
        value: int | float = number_type(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        wanted = "eine ganze Zahl" if number_type is int else "eine Zahl"
        names = ", ".join(closest_first)
        raise SettingsError(f"'{name}' braucht {wanted} ab 0, nicht '{text}'; möglich sind {names}.")
    return name, value
