"""Figures of the check of claims over labelled sentences, and the fit of its weights.

``python -m assistant.operations.evaluate_claim_verifier`` prints precision and recall for all files,
``python -m assistant.operations.evaluate_claim_verifier --fit`` fits the weights on the first two
(needs scikit-learn, which only the tests install) and cross-validates them. The labelled sentences
belong to the tests, so this runs in a checkout only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.answering.grounding.claim_verifier import Features
from assistant.answering.grounding.evidence_windows import CitedPassage
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.models import Language, Passage
from assistant.core.settings import load_settings
from assistant.language.language_detection import detect_language
from assistant.language.sentence_splitter import split_sentences

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "evaluation"
DEVELOPMENT, HOLDOUT, FRESH, UNSEEN, NUMBER_WORDS = (
    FOLDER / f"claims{name}.jsonl" for name in ("", "_holdout", "_fresh", "_unseen", "_number_words")
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, the passage that it cites, and whether people say that it is supported."""

    id: str
    document: str
    passage: str
    sentence: str
    language: Language
    label: str
    kind: str

    @property
    def is_supported(self) -> bool:
        """The right answer."""
        return self.label == "supported"


def load_claims(file: Path) -> list[Labelled]:
    """Read a JSON lines file."""
    return [Labelled(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def cite(assistant: AppContext, text: str, document: str = "") -> CitedPassage:
    """A text as a cited passage, with the title of its document and vectors as the index has them."""
    source = assistant.live_index.corpus().snapshot.sources.get(document)
    sentences, language = split_sentences(text), detect_language(text)
    title = source.title if source else ""
    passage = Passage(document, document, "document", title, "", (), text, sentences, language)
    return CitedPassage(passage, assistant.embedder.encode_documents(sentences))


def figures(assistant: AppContext, file: Path) -> dict[str, Any]:
    """Precision and recall of "supported", and the share of each kind that was caught."""
    rows = load_claims(file)
    passed = [_is_passed(assistant, row) for row in rows]
    right = sum(row.is_supported for row, is_passed in zip(rows, passed, strict=True) if is_passed)
    kinds = sorted({row.kind for row in rows if not row.is_supported})
    return {
        "count": len(rows),
        "precision": round(right / max(1, sum(passed)), 4),
        "recall": round(right / max(1, sum(row.is_supported for row in rows)), 4),
        "caught": {
            kind: _share_caught([is_passed for row, is_passed in zip(rows, passed, strict=True) if row.kind == kind])
            for kind in kinds
        },
    }


def _is_passed(assistant: AppContext, row: Labelled) -> bool:
    cited = cite(assistant, row.passage, row.document)
    return assistant.claim_verifier.verify(row.sentence, [cited], row.language).supported


def _share_caught(passed: Sequence[bool]) -> float:
    return round(passed.count(False) / len(passed), 4)


def _rows(assistant: AppContext, file: Path) -> Iterator[tuple[Features, bool]]:
    """What the weights decide on: rows that no hard rule rejects."""
    for row in load_claims(file):
        reason, features = assistant.claim_verifier.features(
            row.sentence, cite(assistant, row.passage, row.document), row.language
        )
        if not reason:
            yield features, row.is_supported


def fit(assistant: AppContext, *files: Path) -> Mapping[str, Any]:
    """Weights of a logistic regression over the rows that no hard rule rejects, and its cross-validated accuracy."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = [row for file in files for row in _rows(assistant, file)]
    table, labels = [list(asdict(features).values()) for features, _ in rows], [label for _, label in rows]
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    scores = cross_val_score(model, table, labels, cv=8, scoring="balanced_accuracy")
    model.fit(table, labels)
    scale, regression = model[0], model[1]
    weights = regression.coef_[0] / scale.scale_
    names = list(asdict(rows[0][0]))
    return {
        "weights": {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)},
        "bias": round(float(regression.intercept_[0] - weights @ scale.mean_), 2),
        "balanced_accuracy": round(float(scores.mean()), 3),
        "rows": len(rows),
    }


def main(arguments: Sequence[str]) -> None:
    """Print figures or a fit as JSON."""
    if not DEVELOPMENT.is_file():
        raise SystemExit(f"Die Beispielsätze liegen nicht in {FOLDER}: Dieser Befehl läuft nur in einem Checkout.")
    settings = load_settings()
    assistant = build_assistant(settings)
    refresh_index(settings, lambda *_: None, assistant=assistant)
    if "--fit" in arguments:
        print(json.dumps(fit(assistant, DEVELOPMENT, HOLDOUT), indent=2))
        return
    for file in (DEVELOPMENT, HOLDOUT, FRESH, UNSEEN, NUMBER_WORDS):
        print(file.name, json.dumps(figures(assistant, file), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
