"""Reading: which passages the reader sees, how it ranks them, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.core.models import ParsedQuery, Passage, Reading, RetrievalResult, ScoredPassage
from assistant.core.tuning import DEFAULT_TUNING
from assistant.index.calibration import Thresholds
from assistant.index.corpus import SearchableCorpus
from assistant.retrieval.decision import Decision, Logistic
from assistant.retrieval.reading import read, read_parts, relative_signal
from assistant.retrieval.retriever import Query
from tests.support.tiny_corpus import passage, scored, tiny_corpus

pytestmark = pytest.mark.usefixtures("cache_dir")
LIMITS = Thresholds(off_topic=1.0, no_evidence=1.2, weak=1.4, sentence=0.5)
PARSED = ParsedQuery("Was hilft?", "Was hilft?", "de", earlier=("Wir sind zu zehnt.",))
QUERY = Query(None, ("hilft",), "de", frozenset())
NOTHING = Logistic({}, 0.0)
DECISION = Decision(Logistic({"passage": 1.0}, 0.0), NOTHING, NOTHING, 0.1, 0.9, 0.6, 0.5, 0.3, 0.5)


class Listed:
    """A reader with a logit for each passage by its document, which notes what it is shown."""

    model_id = "listed"

    def __init__(self, **logits: float) -> None:
        self.logits, self.seen = logits, list[str]()

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        assert (question, tuple(earlier)) == (PARSED.question, PARSED.earlier)
        self.seen += [one.document_id for one in passages]
        return [Reading(self.logits.get(one.document_id, -2.0), (0.0,) * len(one.sentences)) for one in passages]


def found(*names: str, signal: float = 1.5, guides: Sequence[ScoredPassage] = ()) -> RetrievalResult:
    ranked = tuple(scored(passage(name), 1.5 - 0.01 * place) for place, name in enumerate(names))
    return RetrievalResult(ranked, "enough", signal, 0.5, guides=tuple(guides))


def corpus_of(evidence: RetrievalResult) -> SearchableCorpus:
    return tiny_corpus([one.passage for one in evidence.ranked], thresholds=LIMITS)


def names_after(evidence: RetrievalResult, reader: Listed, decision: Decision | None = DECISION) -> list[str]:
    done = read(evidence, PARSED, QUERY, corpus_of(evidence), reader, decision)
    return [one.passage.document_id for one in done.ranked]


def test_score_and_reading_rank_together() -> None:
    reader = Listed(a=0.0, b=1.5, c=0.5)
    assert names_after(found("a", "b", "c"), reader) == ["b", "c", "a"]
    done = read(found("a", "b"), PARSED, QUERY, corpus_of(found("a", "b")), reader, DECISION)
    assert done.ranked[0].score == pytest.approx(1.49 + 0.1 * 1.5)


def test_only_a_few_are_read() -> None:
    names = [f"k{number:02}" for number in range(20)]
    reader = Listed(k03=5.0)
    after = names_after(found(*names), reader)
    assert reader.seen == names[:6]
    assert after[0] == "k03"
    assert after[6:] == names[6:]


@pytest.mark.parametrize(("best", "seen"), [(-1.5, 12), (-0.5, 6)])
def test_more_may_be_read_where_all_are_clearly_no_answer(best: float, seen: int) -> None:
    names = [f"k{number:02}" for number in range(20)]
    reader = Listed(k02=best)
    evidence = found(*names)
    query = replace(QUERY, tuning=replace(DEFAULT_TUNING, read_passages_at_most=12))
    read(evidence, PARSED, query, corpus_of(evidence), reader, DECISION)
    assert reader.seen == names[:seen]


def test_generated_passages_are_not_read() -> None:
    evidence = found("a", "b")
    status = scored(passage("stand", document="a", generated=True), 1.6)
    evidence = replace(evidence, ranked=(status, *evidence.ranked))
    reader = Listed(a=1.0, b=2.0)
    assert names_after(evidence, reader) == ["b", "a", "a"]
    assert reader.seen == ["a", "b"]


@pytest.mark.parametrize(
    ("logit", "signal", "verdict"),
    [(5.0, 1.1, "enough"), (1.0, 1.1, "weak"), (-1.0, 1.5, "none"), (-1.0, 1.1, "none"), (-1.0, 0.9, "off_topic")],
)
def test_the_verdict_is_the_readers_and_what_is_foreign_the_calibrations(
    logit: float, signal: float, verdict: str
) -> None:
    evidence = found("a", signal=signal)
    assert read(evidence, PARSED, QUERY, corpus_of(evidence), Listed(a=logit), DECISION).sufficiency == verdict


def test_a_reader_without_a_decision_ranks_only() -> None:
    evidence = replace(found("a", "b"), sufficiency="weak")
    done = read(evidence, PARSED, QUERY, corpus_of(evidence), Listed(a=-9.0, b=9.0), None)
    assert [one.passage.document_id for one in done.ranked] == ["b", "a"]
    assert done.sufficiency == "weak"


@pytest.mark.parametrize("evidence", [replace(found("a"), lexical_only=True), found()])
def test_nothing_is_read_without_vectors_or_passages(evidence: RetrievalResult) -> None:
    reader = Listed()
    assert read(evidence, PARSED, QUERY, tiny_corpus([passage("a")]), reader, DECISION) == evidence
    assert reader.seen == []


def test_the_signal_is_measured_by_what_foreign_questions_reach() -> None:
    assert relative_signal(found("a", signal=1.2), LIMITS) == pytest.approx(0.0)
    assert relative_signal(found("a", signal=1.4), LIMITS) == pytest.approx(1.0)
    same = replace(LIMITS, weak=LIMITS.no_evidence)
    assert relative_signal(found("a", signal=1.3), same) > 1


def test_the_constants_of_reading_can_be_changed() -> None:
    names = [f"k{number:02}" for number in range(20)]
    reader = Listed()
    evidence = found(*names)
    query = replace(QUERY, tuning=replace(DEFAULT_TUNING, read_passages=2, read_passages_at_most=3))
    read(evidence, PARSED, query, corpus_of(evidence), reader, DECISION)
    assert reader.seen == names[:3]


class ByQuestion:
    """A reader with a logit for each question and document, which notes what was asked before."""

    model_id = "by question"

    def __init__(self, logits: dict[str, dict[str, float]]) -> None:
        self.logits, self.earlier = logits, list[tuple[str, ...]]()

    def read(self, question: str, earlier: Sequence[str], passages: Sequence[Passage]) -> list[Reading]:
        self.earlier.append(tuple(earlier))
        return [Reading(self.logits[question][one.document_id], ()) for one in passages]


def test_each_part_of_a_question_is_read_for_itself_after_the_whole_one() -> None:
    whole = "Wer zahlt das alles und wann endet es?"
    parsed = replace(PARSED, question=whole, standalone=whole)
    logits = {
        whole: {"a": 1.0, "b": 3.0},
        "Wer zahlt das alles": {"a": 4.0, "b": -4.0},
        "wann endet es": {"a": -4.0, "b": -3.0},
    }
    reader = ByQuestion(logits)
    evidence = found("a", "b")
    corpus = corpus_of(evidence)
    done = read(evidence, parsed, QUERY, corpus, reader, DECISION)
    parts = read_parts(done, parsed, QUERY, corpus, reader, DECISION)
    assert reader.earlier == [PARSED.earlier, (whole, *PARSED.earlier), (whole, *PARSED.earlier)]
    assert [(part, some.sufficiency, some.ranked[0].passage.document_id) for part, some in parts] == [
        ("Wer zahlt das alles", "enough", "a"),
        ("wann endet es", "none", "b"),
    ]
    assert parts[0][1].ranked[0].score == pytest.approx(1.5 + 0.1 * 4.0)


def test_a_question_for_one_thing_has_no_parts() -> None:
    evidence = found("a")
    corpus = corpus_of(evidence)
    done = read(evidence, PARSED, QUERY, corpus, Listed(a=2.0), DECISION)
    assert read_parts(done, PARSED, QUERY, corpus, Listed(a=2.0), DECISION) == ()
