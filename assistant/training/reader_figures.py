"""What the reader makes of questions on cards that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from assistant.core.models import Reading
from assistant.training.decision_fit import area_under_curve
from assistant.training.evaluators import reranking_figures
from assistant.training.examples import Example
from assistant.training.reader import ReaderTrainer

DEPTH = 6


def reading_figures(
    trainer: ReaderTrainer, examples: Sequence[Example], nearest: Mapping[str, Sequence[int]], depth: int = DEPTH
) -> Iterator[str]:
    """Lines: how well answerable and other questions are told apart, which passage and sentence come first."""
    pairs = [(example, position) for example in examples for position in nearest[example.id][:depth]]
    readings = iter(trainer.read(pairs))
    read = {example.id: [(p, next(readings)) for p in nearest[example.id][:depth]] for example in examples}
    best = {name: max((reading.passage for _, reading in some), default=-9.0) for name, some in read.items()}
    yes = np.array([best[example.id] for example in examples if example.is_answerable])
    no = np.array([best[example.id] for example in examples if not example.is_answerable])
    yield f"Leser  auseinander: AUC {area_under_curve(yes, no):.3f}; " + ", ".join(
        f"bei {share:.0%} beantwortet {np.mean(no < np.quantile(yes, 1 - share)):.2f} abgelehnt"
        for share in (0.95, 0.9)
    )
    logits = {name: {position: reading.passage for position, reading in some} for name, some in read.items()}
    ranked = reranking_figures([example for example in examples if example.is_answerable], logits)
    yield "Leser  reiht: " + ", ".join(f"{name} {value:.3f}" for name, value in ranked.items())
    styles = dict.fromkeys(["all", *(example.style.split(":")[0] for example in examples if example.is_answerable)])
    for style in styles:
        some = [e for e in examples if e.is_answerable and style in ("all", e.style.split(":")[0])]
        card = [any(trainer.card_of(p) == e.card for p, _ in _best(read[e.id])[:1]) for e in some]
        hits = [_place_of_answer(e, read[e.id]) for e in some]
        yield (
            f"Leser  {style:10} {len(some):4}  Karte zuerst {np.mean(card):.3f}  Satz "
            + "  ".join(f"@{k} {np.mean([place <= k for place in hits]):.3f}" for k in (1, 2, 3, 5))
        )


def _best(read: Sequence[tuple[int, Reading]]) -> list[tuple[int, Reading]]:
    return sorted(read, key=lambda one: -one[1].passage)


def _place_of_answer(example: Example, read: Sequence[tuple[int, Reading]]) -> int:
    """The place of the first labelled sentence, by passage and sentence together."""
    ranked = sorted(
        (-(reading.passage + logit), position, place)
        for position, reading in read
        for place, logit in enumerate(reading.sentences)
        if logit is not None
    )
    for number, (_, position, place) in enumerate(ranked, start=1):
        if place in example.answers.get(position, ()):
            return number
    return 999
