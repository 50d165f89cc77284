"""Does a cited passage support a sentence that a language model wrote?

Numbers, dates, paragraph signs and names must stand in the source, or the sentence
falls. The rest is weighed: every content word must be said by the source, yes must not
become no, and "kann" must not become "muss".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from itertools import combinations

from assistant.answering.grounding.benefit_types import benefits_in
from assistant.answering.grounding.evidence_windows import CitedPassage, Window, nearest_sentence, windows_of
from assistant.answering.grounding.negation_and_modality import adds, contradicts_polarity, lists_more, overstates
from assistant.answering.grounding.number_attribution import misattributed, unstated_numbers
from assistant.answering.grounding.swapped_facts import swapped_names, swapped_numbers
from assistant.answering.grounding.word_alignment import Aligner, AnalyzedText, WordEncoder, own_scores, weakest_stretch
from assistant.core.models import Language, Passage
from assistant.index.embeddings import Embedder, Vectors
from assistant.language.language_detection import detect_language
from assistant.language.named_entities import EntityMatcher
from assistant.language.term_analyzer import TermAnalyzer

WEIGHTS = {"weakest": 9.5, "lowest": 7.5, "added": -3.3, "foreign": 1.9}
BIAS = -9.0
THRESHOLD = 0.5
CLOSE = 0.86
_ENDS = ".!?… "


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown, and what carries it.

    ``quotes`` are literal stretches of cited passages, best first, each with the number
    of its passage; ``closest`` is what could stand in the place of an unsupported one.
    """

    supported: bool
    reason: str
    quotes: tuple[tuple[int, str], ...] = ()
    closest: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against a sentence that holds no wrong number, name, sign or modality.

    Each content word needs a word of the source to itself; ``weakest`` is the lowest mean score of
    three words in a row, ``lowest`` that of a single word; ``added``: reasons and duties of its own;
    ``foreign``: 1 when the source is in the other language.
    """

    weakest: float
    lowest: float
    added: float
    foreign: float

    @property
    def probability(self) -> float:
        """How likely the sentence is supported."""
        return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in asdict(self).items())))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Windows that are tried together, and what came of it."""

    windows: tuple[Window, ...]
    reason: str
    probability: float


class ClaimVerifier:
    """Judges sentences against the passages that they cite; built once."""

    def __init__(
        self, embedder: Embedder, words: WordEncoder, analyzer: TermAnalyzer, names: Callable[[], EntityMatcher]
    ) -> None:
        """``embedder`` made the vectors of the index; ``words`` may be the same or one that shows words in context."""
        self._embedder = embedder
        self._aligner = Aligner(words, analyzer)
        self._same_space = id(words) == id(embedder)
        self._analyzer = analyzer
        self.names = names

    def knowing(self, names: EntityMatcher) -> ClaimVerifier:
        """The same with names of its own, for texts that are in no index yet."""
        other = copy(self)
        other.names = lambda: names
        return other

    def verify(self, sentence: str, cited: Sequence[CitedPassage], language: Language) -> Verdict:
        """Whether the cited passages carry the sentence: each alone first, then together."""
        if not cited:
            return Verdict(False, "uncited")
        if (literal := _literal(sentence, cited)) and _speaks(sentence, language):
            return Verdict(True, "", (literal,))
        claim, vector = self._read(sentence, language)
        trials = [self._best(claim, vector, number, cited_passage) for number, cited_passage in enumerate(cited)]
        best = max(trials, key=_rank)
        if best.reason and len(cited) > 1:
            best = max([best, *self._together(claim, trials, cited)], key=_rank)
        reason = "language" if not _speaks(sentence, language) else best.reason
        if not reason:
            return Verdict(True, "", tuple((window.cited, window.text) for window in best.windows))
        nearest = nearest_sentence(cited, vector)
        return Verdict(False, reason, closest=nearest[:2] if nearest and nearest[2] >= CLOSE else None)

    def features(self, sentence: str, cited: CitedPassage, language: Language) -> tuple[str, Features]:
        """Hard reason and features against the best window of one passage; for fitting."""
        claim, vector = self._read(sentence, language)
        trial = self._best(claim, vector, 0, cited)
        return self._rule_violation(claim, trial.windows, [cited]), self._features(
            claim, trial.windows, [cited.passage]
        )

    def _read(self, sentence: str, language: Language) -> tuple[AnalyzedText, Vectors]:
        """The sentence with its words, and its vector in the space of the index."""
        claim = self._aligner.read(sentence, language)
        return claim, claim.vector if self._same_space else self._embedder.encode_documents([sentence])[0]

    def _best(self, claim: AnalyzedText, vector: Vectors, number: int, cited: CitedPassage) -> _Trial:
        trials = [self._try(claim, (window,), [cited]) for window in windows_of(number, cited, vector)]
        return max(trials, key=_rank, default=_Trial((), "coverage", 0.0))

    def _together(
        self, claim: AnalyzedText, trials: Sequence[_Trial], cited: Sequence[CitedPassage]
    ) -> Iterator[_Trial]:
        windows = [trial.windows[0] for trial in sorted(trials, key=_rank, reverse=True) if trial.windows]
        for pair in combinations(windows[:3], 2):
            yield self._try(claim, pair, [cited[window.cited] for window in pair])

    def _try(self, claim: AnalyzedText, windows: tuple[Window, ...], cited: Sequence[CitedPassage]) -> _Trial:
        probability = self._features(claim, windows, [cited_passage.passage for cited_passage in cited]).probability
        reason = self._rule_violation(claim, windows, cited)
        if not reason and probability < THRESHOLD:
            reason = "coverage"
        return _Trial(windows, reason, probability)

    def _rule_violation(self, claim: AnalyzedText, windows: Sequence[Window], cited: Sequence[CitedPassage]) -> str:
        if unstated_numbers(claim.text, [window.text for window in windows]):
            return "number"
        source = " . ".join([f"{each.passage.header} . {each.passage.text}" for each in cited])
        if self.names().unmentioned(claim.text, source, claim.language) or self._unknown_long_form(
            claim, source, cited
        ):
            return "name"
        held = " ".join(window.text for window in windows)
        if swapped_numbers(claim.text, held):
            return "number"
        sentences = self._sources(windows, [cited_passage.passage for cited_passage in cited])
        if swapped_names(claim, sentences, self.names()):
            return "name"
        if benefits_in(claim.text) - benefits_in(f"{source} {held}"):
            return "benefit"
        return self._misstatement(claim, sentences)

    def _unknown_long_form(self, claim: AnalyzedText, source: str, cited: Sequence[CitedPassage]) -> bool:
        """Whether the claim spells out a name ("Gesetz gegen …") that the source has in no form."""
        spelt = self._analyzer.abbreviations(claim.text, claim.language)
        held = frozenset[str]().union(*(self._analyzer.terms(source, each.passage.language) for each in cited))
        return any(not self.names().same(name) & held for name in spelt)

    def _misstatement(self, claim: AnalyzedText, sources: Sequence[AnalyzedText]) -> str:
        """Why the claim says something else with the words of its sources."""
        matches = self._aligner.align(claim, sources)
        if misattributed(claim, sources):
            return "number"
        if contradicts_polarity(claim, sources, matches):
            return "negation"
        if overstates(claim.text, sources, matches):
            return "modality"
        own = dict(zip((match.word.start for match in matches), own_scores(matches), strict=True))
        return "coverage" if lists_more(claim, own) else ""

    def _sources(self, windows: Sequence[Window], passages: Sequence[Passage]) -> list[AnalyzedText]:
        pairs = zip(windows, passages, strict=True)
        return [self._aligner.read(text, passage.language) for window, passage in pairs for text in window.sentences]

    def _features(self, claim: AnalyzedText, windows: Sequence[Window], passages: Sequence[Passage]) -> Features:
        sources = self._sources(windows, passages)
        header = frozenset(
            term for passage in passages for term in self._analyzer.terms(passage.header, passage.language)
        )
        matches = self._aligner.align(claim, sources, header)
        scores = own_scores(matches)
        return Features(
            weakest=weakest_stretch(scores),
            lowest=min(scores),
            added=float(adds(claim.text, [source.text for source in sources])),
            foreign=float(all(source.language != claim.language for source in sources)),
        )


def _literal(sentence: str, cited: Sequence[CitedPassage]) -> tuple[int, str] | None:
    """The sentence of a cited passage that the claim repeats word for word; nothing proves it better."""
    said = sentence.rstrip(_ENDS)
    texts = ((number, text) for number, each in enumerate(cited) for text in each.passage.sentences)
    return next(((number, text) for number, text in texts if text.rstrip(_ENDS) == said), None)


def _rank(trial: _Trial) -> tuple[bool, float, int]:
    return not trial.reason, trial.probability, -sum(len(window.text) for window in trial.windows)


def _speaks(sentence: str, language: Language) -> bool:
    return detect_language(sentence, language) == language
