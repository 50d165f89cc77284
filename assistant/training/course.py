"""The stages of ``make train`` in their order: adapter, reader, decision, card."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.settings import load_settings
from assistant.index.calibration import load_calibration
from assistant.index.corpus import SearchableCorpus
from assistant.index.e5_checkpoint import Checkpoint, read_checkpoint, weights_file
from assistant.index.e5_network import join_network
from assistant.index.e5_quantisation import quantise_network
from assistant.index.learned_weights import DECISION_FILE, QUESTION_ADAPTER_FILE, READER_FILE, write_checksums
from assistant.index.reader import reader_feed
from assistant.index.unigram_tokenizer import UnigramTokenizer
from assistant.training.adapter import AdapterTrainer, hits_by_style
from assistant.training.corpus_vectors import CorpusVectors, corpus_vectors
from assistant.training.decision_fit import fit_decision, read_all, write_decision
from assistant.training.evaluators import retrieval_figures
from assistant.training.examples import (
    Example,
    count_by_style,
    foreign_examples,
    golden_examples,
    guide_examples,
    guide_situations,
    heading_examples,
    load_examples,
    situation_examples,
)
from assistant.training.model_card import write_model_card
from assistant.training.network import device, keep_memory
from assistant.training.reader import ReaderTrainer, nearest_passages
from assistant.training.reader_figures import reading_figures

_PAIRS_OBSERVED = 200
_HARDLY_MEANT, _GUIDE_PLACE = 4, 12  # the fifth to eighth guide stands among the strangers
STAGES = ("adapter", "reader", "decision", "card")


@dataclass(frozen=True, slots=True)
class Options:
    """What may be changed on the command line."""

    seed: int = 20261128
    adapter_passes: int = 6
    reader_passes: int = 3
    fresh: bool = False
    at_most: int | None = None


class Course:
    """One training run over the shipped knowledge."""

    def __init__(self, options: Options, work: Path | None, out: Path | None) -> None:
        self.options = options
        self.settings = load_settings()
        self.work = work or self.settings.data_dir / "training"
        self.out = out or Path(__file__).parents[1] / "index" / "weights" / "candidate"
        if options.fresh:
            shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True, exist_ok=True)
        self.out.mkdir(parents=True, exist_ok=True)
        keep_memory()
        torch.manual_seed(options.seed)

    def run(self, stages: Sequence[str]) -> None:
        """The stages asked for, in their order."""
        for stage in STAGES:
            if stage in stages:
                getattr(self, f"train_{stage}")()

    @cached_property
    def assistant(self) -> AppContext:
        """The assistant over an index of the knowledge as it is now."""
        assistant = build_assistant(self.settings)
        refresh_index(self.settings, lambda *_: None, assistant=assistant)
        return assistant

    @cached_property
    def corpus(self) -> SearchableCorpus:
        """That index."""
        return self.assistant.live_index.corpus()

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The weights that everything starts from."""
        return read_checkpoint(weights_file().read_bytes())

    @cached_property
    def tokenizer(self) -> UnigramTokenizer:
        """The tokenizer of the encoder."""
        return UnigramTokenizer(self.checkpoint.pieces, self.checkpoint.scores, self.checkpoint.replacements)

    @cached_property
    def vectors(self) -> CorpusVectors:
        """Passages and sentences of the index as tensors."""
        return corpus_vectors(self.corpus, device())

    @cached_property
    def training(self) -> list[Example]:
        """What is learned from."""
        rows = load_examples(self.settings.knowledge_dirs, self.corpus, "training")
        more = [
            *heading_examples(self.corpus),
            *guide_examples(self.corpus),
            *guide_situations(self.settings.knowledge_dirs, self.corpus),
            *foreign_examples(load_calibration()),
        ]
        return self._some(rows) + self._some(more)

    def _some(self, examples: list[Example]) -> list[Example]:
        """As many as the options allow, drawn by their seed."""
        if self.options.at_most is None or len(examples) <= self.options.at_most:
            return examples
        return random.Random(self.options.seed).sample(examples, self.options.at_most)

    @cached_property
    def development(self) -> list[Example]:
        """What only tells how it goes."""
        return self._some(load_examples(self.settings.knowledge_dirs, self.corpus, "development"))

    @cached_property
    def adapter(self) -> AdapterTrainer:
        """The adapter, trained as far as its checkpoint goes."""
        return AdapterTrainer(self.checkpoint, self.tokenizer, self.vectors, self.options.seed)

    def train_adapter(self) -> None:
        """Learn the adapter and write it; figures on cards that it was not trained on."""
        print("Beispiele:", count_by_style(self.training), flush=True)
        before = self.hits("vorher")
        self.adapter.train(self.training, self.work, self.options.adapter_passes, 4e-4, self.options.seed)
        np.savez_compressed(self.out / QUESTION_ADAPTER_FILE, **self.adapter.weights())  # type: ignore[arg-type]
        write_checksums(self.out)
        self.note("adapter", [*before, *self.hits("nachher")])

    @cached_property
    def reader(self) -> ReaderTrainer:
        """The reader, trained as far as its checkpoint goes."""
        passages = self.corpus.snapshot.passages
        return ReaderTrainer(self.checkpoint, self.tokenizer, passages, self.corpus.positions_of, self.options.seed)

    def train_reader(self) -> None:
        """Learn the reader from what the adapter finds; figures on cards that neither was trained on."""
        self.adapter.restore(self.work)
        nearest = self.find_nearest(self.training)
        self.reader.train(self.training, nearest, self.work, self.options.reader_passes, 8e-5, self.options.seed)
        self.save_reader()
        self.show_readings()

    def save_reader(self) -> None:
        """The reader in 8 bits; real pairs of the training part show which channels stand out."""
        some = self.training[:: max(1, len(self.training) // _PAIRS_OBSERVED)]
        nearest = self.find_nearest(some)
        pairs = [(example, nearest[example.id][0]) for example in some if nearest[example.id]]
        words = self.checkpoint.words
        feeds = [reader_feed(words, row) for row in self.reader.inputs(pairs)]
        network = quantise_network(self.checkpoint, join_network(self.reader.tensors()), feeds)
        np.savez_compressed(self.out / READER_FILE, **network)  # type: ignore[arg-type]
        write_checksums(self.out)

    def show_readings(self) -> None:
        """What the reader makes of the cards that it was not trained on."""
        found = self.find_nearest(self.development)
        self.note("reader", list(reading_figures(self.reader, self.development, found)))

    def note(self, stage: str, figures: object) -> None:
        """Print figures and keep them for the model card."""
        (self.work / f"{stage}.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False), "utf-8")
        lines = figures if isinstance(figures, list) else [json.dumps(figures, indent=2)]
        print("\n".join(lines), flush=True)

    def train_decision(self) -> None:
        """Fit what parts answers from near-misses, with adapter and reader as they will run."""
        assistant = build_assistant(self.settings.model_copy(update={"weights": self.out}))
        if assistant.reader is None or assistant.question_adapter is None:
            raise SystemExit(f"In {self.out} fehlen Frage-Adapter oder Leser; bitte zuerst trainieren.")
        golden, cards = golden_examples()
        reads = read_all(assistant, [*self.development, *self._some(golden)], cards)
        situations, guides = situation_examples()
        decision, figures = fit_decision(reads, read_all(assistant, self._some(situations), guides))
        write_decision(decision, self.out / DECISION_FILE)
        write_checksums(self.out)
        self.note("decision", figures)

    def train_card(self) -> None:
        """The model card: what the weights are, what they were learned from, how well they do."""
        passes = {"adapter": self.options.adapter_passes, "reader": self.options.reader_passes}
        training, development = count_by_style(self.training), count_by_style(self.development)
        write_model_card(self.out, self.work, self.options.seed, passes, training, development)

    def find_nearest(self, examples: Sequence[Example]) -> dict[str, list[int]]:
        """The passages nearest to each question by the adapted vector; a guide among them that is hardly meant."""
        vectors = torch.tensor(self.adapter.encode(examples)).to(device())
        guides = self.vectors.guides.cpu().numpy()
        generated = np.array([passage.generated for passage in self.corpus.snapshot.passages])
        doubled = self.vectors.doubled.cpu().numpy()
        nearest = {}
        for start in range(0, len(examples), 256):
            scores = self.vectors.cosines(vectors[start : start + 256])[0].cpu().numpy()
            for example, row in zip(examples[start : start + 256], scores, strict=True):
                allowed = ~generated & ~(doubled & (example.language == "de"))
                of_guides = nearest_passages(np.where(allowed & guides, row, -10))
                of_cards = nearest_passages(np.where(allowed & ~guides, row, -10))
                if example.style == "guide":
                    nearest[example.id] = of_guides
                else:
                    stranger = of_guides[_HARDLY_MEANT:][len(example.question) % _HARDLY_MEANT :][:1]
                    nearest[example.id] = [*of_cards[:_GUIDE_PLACE], *stranger, *of_cards[_GUIDE_PLACE:]]
        return nearest

    def hits(self, label: str) -> list[str]:
        """Lines: how often the right card comes first, among three, among five: dense only."""
        answerable = [e for e in self.development if e.is_answerable]
        questions = self.adapter.encode(answerable)
        scores, _ = self.vectors.cosines(torch.tensor(questions).to(device()))
        german = torch.tensor([example.language == "de" for example in answerable]).to(device())
        scores = scores.masked_fill((german[:, None] & self.vectors.doubled) | self.vectors.guides, -10)
        table = {example.id: row for example, row in zip(answerable, scores.cpu().numpy(), strict=True)}
        cards = [passage.document_id for passage in self.corpus.snapshot.passages]
        searched = (~self.vectors.doubled & ~self.vectors.guides).cpu().numpy()
        cosine = retrieval_figures(answerable, questions, self.vectors.passages.cpu().numpy(), searched)
        return [
            f"{label:8} Abschnitte, nur Kosinus: " + ", ".join(f"{name} {value:.3f}" for name, value in cosine.items()),
            *(
                f"{label:8} {style:10} {count:4}  @1 {first:.3f}  @3 {three:.3f}  @5 {five:.3f}"
                for style, (first, three, five, count) in sorted(hits_by_style(table, answerable, cards).items())
            ),
        ]
