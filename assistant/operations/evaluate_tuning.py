"""How much each constant of ``core.tuning`` matters: the figures with it off, halved and doubled.

``python -m assistant.operations.evaluate_tuning`` prints a Markdown table over the development half of the golden
questions; it takes about ten minutes. Its last two columns count the answers whose text changes: of the golden
questions, and of every fifth question that is the heading of a section, as visitors get them suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import fmean

from assistant.answering.pipeline import ask
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.errors import EmbeddingError
from assistant.core.settings import load_settings
from assistant.core.tuning import Tuning
from assistant.index.embeddings import UnavailableEmbedder
from assistant.operations.evaluate import (
    Question,
    Row,
    answer_all,
    claims,
    default_file,
    load_questions,
    summarise,
    with_constants,
)

FIGURES = ("recall_at_5", "cites_expected", "answered_in_scope", "refused_out_of_scope")
WORDS_ONLY = ("least_coverage",)
"""Constants that matter only where vectors cannot be used."""
NO_LIMIT = 10_000
"""In the place of a limit: more than there is of anything."""
UNLIMITED = (
    "retrieval_depth",
    "passages_per_document",
    "meant_margin",
    "max_sentences",
    "max_words",
    "max_quote_characters",
    "quotes_per_document",
    "quotes_per_named_document",
    "passage_margin",
    "value_margin",
    "near_duplicate_share",
)
"""Constants that are limits: off means that nothing is limited. All others are off at 0."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of the golden questions, and the texts that answer the headings."""

    rows: Sequence[Row]
    headings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What comes of a constant at a value, beside what comes of all as they are."""

    name: str
    value: str
    outcome: Outcome
    base: Outcome

    @property
    def sentences(self) -> float:
        """Cited sentences of an answer on average, with those on the state of a source."""
        return fmean(len(list(claims(row.answer.text))) for row in self.outcome.rows if row.answered)

    @property
    def changed(self) -> int:
        """How many golden questions get another text."""
        pairs = zip(self.outcome.rows, self.base.rows, strict=True)
        return sum(row.answer.text != before.answer.text for row, before in pairs)

    @property
    def changed_headings(self) -> int:
        """How many headings get another text."""
        return sum(text != before for text, before in zip(self.outcome.headings, self.base.headings, strict=True))

    def to_markdown(self) -> str:
        """The row of the table."""
        figures = summarise(self.outcome.rows)
        shares = [f"{figures[name]:.3f}" for name in FIGURES]
        counts = [f"{self.sentences:.2f}", str(self.changed), str(self.changed_headings)]
        return f"| {' | '.join([self.name, self.value, *shares, *counts])} |"


@dataclass(frozen=True, slots=True)
class Ablation:
    """Tries constants with one assistant."""

    assistant: AppContext
    questions: Sequence[Question]
    headings: Sequence[str]

    def try_each(self, title: str, names: Sequence[str]) -> Iterator[Trial]:
        """What comes of all as they are, then of each of these constants changed."""
        base = self._outcome({})
        yield Trial(title, "", base, base)
        for name in names:
            for label, value in other_values(name, getattr(self.assistant.tuning, name)).items():
                yield Trial(name, label, self._outcome({name: value}), base)

    def _outcome(self, changes: Mapping[str, float]) -> Outcome:
        assistant = with_constants(self.assistant, changes)
        texts = [ask(assistant, heading).text for heading in self.headings]
        return Outcome(answer_all(assistant, self.questions), texts)


def try_all(assistant: AppContext, questions: Sequence[Question], headings: Sequence[str]) -> Iterator[Trial]:
    """All constants; those that matter without vectors only are tried without them."""
    names = [field.name for field in fields(Tuning) if field.name not in WORDS_ONLY]
    yield from Ablation(assistant, questions, headings).try_each("as they are", names)
    by_words = replace(assistant, embedder=UnavailableEmbedder(EmbeddingError("tried without vectors")))
    yield from Ablation(by_words, questions, headings).try_each("without vectors", WORDS_ONLY)


def headings_asked(assistant: AppContext) -> list[str]:
    """Every fifth heading that is a question."""
    headings = (one for passage in assistant.live_index.corpus().snapshot.passages for one in passage.headings[-1:])
    return [*dict.fromkeys(heading for heading in headings if heading.endswith("?"))][::5]


def other_values(name: str, value: float) -> dict[str, float]:
    """What a constant is tried at: off, a half and twice its value, by the text that the table shows."""
    kind = type(value)
    off = kind(NO_LIMIT if name in UNLIMITED else 0)
    return {"off": off} | {f"{other:g}": other for other in (kind(value / 2), kind(value * 2))}


def main() -> None:
    """Print the table row by row."""
    assistant = build_assistant(load_settings())
    refresh_index(assistant.settings, lambda *_: None, assistant=assistant)
    headings = ("constant", "value", *FIGURES, "sentences", "changed", "headings")
    print(f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}")
    for trial in try_all(assistant, load_questions(default_file()), headings_asked(assistant)):
        print(trial.to_markdown(), flush=True)


if __name__ == "__main__":
    main()
