"""Rows of questions to examples over the passages of an index: which sections and sentences answer, which do not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.core.models import Language, Passage
from assistant.index.calibration import Calibration
from assistant.index.corpus import SearchableCorpus
from assistant.language.language_detection import detect_language
from assistant.operations.evaluate import default_file, load_questions
from assistant.operations.question_labels import FOLDER, Row, is_for_testing, question_files, read_rows

Part = Literal["training", "development", "test"]
GUIDES = "guides"
SITUATIONS = default_file().with_name("golden_situations.jsonl")
_SPLITS = 5  # the test fifth takes one remainder of this, see ``is_for_testing``
_DEVELOPMENT_SHARE = 8  # one in eight of the other cards only tells how training goes and fits the decision


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the turns before it, newest first, and what answers it.

    ``answers``: positions of the passages that answer, each with the places of its sentences that do (none where
    only the passage is known to answer); ``set_aside``: passages that may answer as well, so they teach nothing;
    ``sentences`` are the answering ones in words.
    """

    id: str
    card: str
    question: str
    earlier: tuple[str, ...]
    language: Language
    style: str
    answers: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    set_aside: frozenset[int] = frozenset()
    weight: float = 1.0
    sentences: tuple[str, ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Whether some passage answers."""
        return bool(self.answers)


def part_of(card: str) -> Part:
    """Which part the rows of a card belong to; all of its rows go together."""
    if is_for_testing(card):
        return "test"
    number = int(hashlib.sha256(card.encode()).hexdigest(), 16) // _SPLITS
    return "development" if number % _DEVELOPMENT_SHARE == 0 else "training"


def load_examples(folders: Sequence[Path], corpus: SearchableCorpus, part: Part) -> list[Example]:
    """The examples of one part; rows of cards that the index does not hold are left out."""
    wanted = "-test" if part == "test" else ""
    files = [path for path in question_files(folders) if path.stem.endswith("-test") == bool(wanted)]
    rows = (row for path in files for row in read_rows(path) if part_of(row["card"]) == part)
    return [_example(row, corpus) for row in rows if row["card"] in corpus.positions_of]


def _example(row: Row, corpus: SearchableCorpus) -> Example:
    turns: Sequence[str] = row.get("turns") or [row["question"]]
    style = row.get("style") or f"talk:{row['kind']}"
    language = detect_language(turns[-1], "en" if style == "english" else "de")
    answers = _find_answers([answer["sentence"] for answer in row["answers"]], row["card"], language, corpus)
    status = {position for position in corpus.positions_of[row["card"]] if _passage(corpus, position).generated}
    earlier = tuple(reversed(turns[:-1]))
    passages = corpus.snapshot.passages
    sentences = tuple(passages[p].sentences[place] for p, places in answers.items() for place in places)
    aside = frozenset(status - {*answers})
    return Example(row["id"], row["card"], turns[-1], earlier, language, style, answers, aside, sentences=sentences)


def _passage(corpus: SearchableCorpus, position: int) -> Passage:
    return corpus.snapshot.passages[position]


def _find_answers(
    sentences: Sequence[str], card: str, language: Language, corpus: SearchableCorpus
) -> dict[int, tuple[int, ...]]:
    """Where labelled sentences stand; for an English question also the English sentences that say the same."""
    found: dict[int, dict[int, None]] = {}
    for position in corpus.positions_of[card]:
        passage = _passage(corpus, position)
        for sentence in sentences:
            if sentence in passage.sentences:
                found.setdefault(position, {})[passage.sentences.index(sentence)] = None
    if language == "en":
        for position, place in _translations({p: tuple(v) for p, v in found.items()}, card, corpus):
            found.setdefault(position, {})[place] = None
    return {position: tuple(places) for position, places in found.items()}


def _translations(found: Mapping[int, Sequence[int]], card: str, corpus: SearchableCorpus) -> Iterator[tuple[int, int]]:
    """For each German sentence the nearest English one of its card."""
    space = corpus.snapshot.space
    offsets = space.sentence_offsets
    english = [
        (position, place)
        for position in corpus.positions_of[card]
        if _passage(corpus, position).language == "en" and not _passage(corpus, position).generated
        for place in range(len(_passage(corpus, position).sentences))
    ]
    if not english:
        return
    vectors = np.concatenate([space.sentence_vectors[offsets[p] + s : offsets[p] + s + 1] for p, s in english])
    for position, places in found.items():
        if _passage(corpus, position).language == "de":
            for place in places:
                row = offsets[position] + place
                yield english[int(np.argmax(vectors @ space.sentence_vectors[row : row + 1][0]))]


def heading_examples(corpus: SearchableCorpus) -> list[Example]:
    """Headings that are questions, as weak examples: their section answers, whichever of its sentences does."""
    return [
        Example(f"heading:{passage.id}", passage.document_id, passage.headings[-1], (), passage.language, "heading",
                {position: ()}, weight=0.5)
        for position, passage in enumerate(corpus.snapshot.passages)
        if _is_headed_by_question(passage) and part_of(passage.document_id) == "training"
    ]  # fmt: skip


def _is_headed_by_question(passage: Passage) -> bool:
    return bool(passage.headings) and passage.headings[-1].endswith("?") and not passage.generated


def guide_examples(corpus: SearchableCorpus) -> list[Example]:
    """The ways that people put a guide's question; its text answers, its other questions teach nothing."""
    examples = []
    for document in dict.fromkeys(p.document_id for p in corpus.snapshot.passages if p.kind == "guide"):
        if part_of(document) != "training":
            continue
        positions = corpus.positions_of[document]
        bodies = {position: () for position in positions if not _passage(corpus, position).generated}
        aside = frozenset(position for position in positions if position not in bodies)
        for position in aside:
            for number, question in enumerate(_passage(corpus, position).text.splitlines()):
                language = _passage(corpus, position).language
                name = f"guide:{document}:{language}:{number}"
                examples.append(Example(name, document, question, (), language, "guide", bodies, aside))
    return examples


def guide_situations(folders: Sequence[Path], corpus: SearchableCorpus) -> list[Example]:
    """Questions that people put in a guide's situation, in their own words, from ``questions/guides/``."""
    files = (path for folder in folders for path in sorted((folder / FOLDER / GUIDES).glob("*.jsonl")))
    examples = []
    for row in (row for path in files if not path.stem.endswith("-test") for row in read_rows(path)):
        guide, question = row["guide"], row["question"]
        if guide in corpus.positions_of and part_of(guide) == "training":
            positions = corpus.positions_of[guide]
            bodies = {position: () for position in positions if not _passage(corpus, position).generated}
            aside = frozenset(position for position in positions if position not in bodies)
            language = detect_language(question, "en" if row["style"] == "english" else "de")
            examples.append(Example(f"guide:{row['id']}", guide, question, (), language, "guide", bodies, aside))
    return examples


def foreign_examples(calibration: Calibration) -> list[Example]:
    """Questions that no source answers, those that every index is calibrated with."""
    return [
        Example(f"foreign:{number}", "", question, (), language, "foreign")
        for number, (language, question) in enumerate(calibration.nulls)
    ]


def golden_examples() -> tuple[list[Example], dict[str, tuple[str, ...]]]:
    """The golden questions of the development half, and for each the cards that answer it."""
    questions = load_questions(default_file())
    examples = [
        Example(
            f"golden:{one.id}",
            one.expected[0] if one.expected else "",
            one.question,
            tuple(turn.content for turn in reversed(one.turns) if turn.role == "user"),
            detect_language(one.question),
            "golden",
        )
        for one in questions
        if not any(name.startswith("kind:") for name in one.expected)
    ]
    cards = {f"golden:{one.id}": one.expected if one.answerable else () for one in questions}
    return examples, cards


def situation_examples() -> tuple[list[Example], dict[str, tuple[str, ...]]]:
    """Situations that somebody wrote who saw the guides' titles only, and for each the guide that is meant, if any."""
    rows = read_rows(SITUATIONS)
    examples = [
        Example(row["id"], row["guide"] or "", row["question"], (), detect_language(row["question"]), "situation")
        for row in rows
    ]
    return examples, {row["id"]: (row["guide"],) if row["guide"] else () for row in rows}


def count_by_style(examples: Iterable[Example]) -> dict[str, int]:
    """How many examples there are of each style."""
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.style] = counts.get(example.style, 0) + 1
    return dict(sorted(counts.items()))
