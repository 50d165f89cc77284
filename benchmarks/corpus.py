"""Knowledge folders of any size: the shipped knowledge, a part of it, or much more around it.

What is added is made from shipped sentences with exchanged nouns, always the same for the
same size. Embedding 100,000 passages would take hours, so the vectors of what is added are
made as well: three quarters the vector of the sentence that a text was made from, one
quarter that of another one. They lie where real vectors lie, but they are not real; the
report says how near they are to those of a sample that is embedded.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.core.models import Passage
from assistant.core.settings import shipped_folder
from assistant.index.embedding_cache import CachingEmbedder, VectorCache, vector_key
from assistant.index.snapshot_builder import embedded_text
from assistant.ingestion.chunking import chunk_document
from assistant.ingestion.knowledge_loader import load_card, load_knowledge
from assistant.operations.evaluate import default_file, load_questions

SECTIONS = 100
SENTENCES = 3
EXCHANGED = 0.4
OTHER = 0.25
_NOUN = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{5,}\b")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Shipped German sentences with their vectors ``(n, d)``, and the nouns in them."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    nouns: Sequence[str]


def shipped_passages() -> list[Passage]:
    return [one for document in load_knowledge([shipped_folder("knowledge")]) for one in chunk_document(document)]


def shipped_sentences(embedder: CachingEmbedder) -> Sentences:
    passages = (one for one in shipped_passages() if one.language == "de" and not one.generated)
    texts = list(dict.fromkeys(text for one in passages for text in one.sentences if 40 < len(text) < 300))
    nouns = sorted({noun for text in texts for noun in _NOUN.findall(text)})
    return Sentences(texts, embedder.encode(texts), nouns)


def write_part(folder: Path, passages: int) -> None:
    """Copy shipped files, those that the golden questions ask for first, until there are about so many passages."""
    shipped = shipped_folder("knowledge")
    asked = {one for question in load_questions(default_file()) for one in question.expected}
    files = [
        (path, load_card(path)) for path in sorted(shipped.rglob("*.md")) if path.read_text("utf-8").startswith("---")
    ]
    files.sort(key=lambda one: one[1].source.id not in asked)
    count = 0
    for path, document in files:
        if count < passages:
            _copy(path, shipped, folder)
            count += len(chunk_document(document))
    for path in (*shipped.rglob("*.yaml"), *shipped.rglob("*.yml")):
        _copy(path, shipped, folder)


def _copy(path: Path, root: Path, folder: Path) -> None:
    target = folder / path.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def write_added(folder: Path, passages: int, sentences: Sentences, model_id: str, cache: VectorCache) -> None:
    """Write files of 100 sections each until there are so many passages, and put their vectors into the cache."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(20261123)
    for number, start in enumerate(range(0, passages, SECTIONS)):
        sections = [_section(chance, sentences) for _ in range(min(SECTIONS, passages - start))]
        path = folder / f"bericht-{number:05}.md"
        path.write_text(_file(number, sections), encoding="utf-8")
        _cache_vectors(path, sections, sentences, model_id, cache)


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    texts: Sequence[str]
    origins: Sequence[int]


def _section(chance: random.Random, sentences: Sentences) -> _Section:
    origins = chance.sample(range(len(sentences.texts)), SENTENCES)
    texts = [_NOUN.sub(lambda found: _noun(found, chance, sentences), sentences.texts[one]) for one in origins]
    return _Section(" und ".join(chance.sample(list(sentences.nouns), 2)), texts, origins)


def _noun(found: re.Match[str], chance: random.Random, sentences: Sentences) -> str:
    return chance.choice(sentences.nouns) if chance.random() < EXCHANGED else found[0]


def _file(number: int, sections: Sequence[_Section]) -> str:
    head = f"---\nid: bericht-{number:05}\nkind: literature\ntitle: Bericht {number + 1} aus der Praxis\n---\n"
    return head + "".join(f"\n## {one.heading}\n\n{' '.join(one.texts)}\n" for one in sections)


def _cache_vectors(
    path: Path, sections: Sequence[_Section], sentences: Sentences, model_id: str, cache: VectorCache
) -> None:
    chance = np.random.default_rng(int(path.stem.removeprefix("bericht-")))
    origin = {text: one for section in sections for text, one in zip(section.texts, section.origins, strict=True)}
    keys, vectors = [], []
    for passage in chunk_document(load_card(path)):
        found = [_near(sentences.vectors, origin.get(text), chance) for text in passage.sentences]
        texts = (*passage.sentences, embedded_text(passage))
        keys += [vector_key(model_id, "passage", text) for text in texts]
        vectors += [*found, np.mean(found, axis=0)]
    array = np.array(vectors, dtype=np.float32)
    cache.put(keys, array / np.linalg.norm(array, axis=1, keepdims=True))


def _near(vectors: NDArray[np.float32], place: int | None, chance: np.random.Generator) -> NDArray[np.float32]:
    """A vector between that of a sentence and that of another one; parts that were cut anew get any sentence's."""
    first, other = (
        vectors[chance.integers(len(vectors)) if place is None else place],
        vectors[chance.integers(len(vectors))],
    )
    return np.asarray((1 - OTHER) * first + OTHER * other, dtype=np.float32)


def sample(folder: Path, count: int) -> Iterator[Passage]:
    """Passages from the start of an added folder."""
    for path in sorted(folder.glob("bericht-*.md")):
        for passage in chunk_document(load_card(path)):
            if not count:
                return
            count -= 1
            yield passage
