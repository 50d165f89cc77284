"""The same documents and questions, found by what people would use instead:  make bench-peers

Every way embeds with the product's encoder, so what differs is how text is cut, stored and
ranked. A peer gets each document as Markdown with title and headings, its recipe as its own
documentation has it, and ten results. A result counts when it comes from a document that
the golden question expects; follow-ups are left out, because the peers do not rewrite them.

LangChain's reranking gets the product's reader as its cross-encoder, because another one would
come from a model hub. NETZLOTSE_READER_MODEL names one (a hub name or a folder): then the product
reads with it, and LangChain does, too, by its own class.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.embeddings import Embeddings

from assistant.answering.pipeline import ask, retrieve_passages
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.models import Document, Passage
from assistant.core.settings import load_settings, shipped_folder
from assistant.index.reader import Reader, load_reader
from assistant.ingestion.knowledge_loader import load_knowledge
from assistant.language.sentence_splitter import split_sentences
from assistant.operations.evaluate import Question, default_file, load_questions
from benchmarks.__main__ import machine
from benchmarks.measure import alternating, say
from benchmarks.reading import describe_learned, without_reading

COUNT = 10
RERANKED = 20
"""So many results of the vector search a reranker gets, as in LangChain's documentation of it."""
HOLDOUT = Path(__file__).resolve().parents[1] / "tests" / "data" / "evaluation" / "holdout.jsonl"
RESULTS = Path(__file__).with_name("results")
Search = Callable[[str], Sequence[str]]
Build = Callable[[Sequence[Document], Any, Path], Search]
PACKAGES = ("langchain", "langchain-chroma", "rank-bm25", "llama-index-core", "txtai")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=0, help="so many of each set; 0: all")
    parser.add_argument("--output", type=Path, default=RESULTS / "peers.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="netzlotse-peers-", ignore_cleanup_errors=True) as folder:
        figures = compare(Path(folder), options.rounds, options.questions or None)
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    print(report(figures))
    say(f"JSON: {options.output}")


def compare(work: Path, rounds: int, count: int | None) -> dict[str, Any]:
    """Quality and time of every way."""
    settings = load_settings(data_dir=work / "data")
    assistant = build_assistant(settings)
    refresh_index(settings, lambda *_: None, assistant=assistant)
    documents = load_knowledge([shipped_folder("knowledge")])
    sets = {"questions": _answerable(default_file())[:count], "holdout": _answerable(HOLDOUT)[:count]}
    searches = _own_searches(assistant)
    index_seconds: dict[str, float] = {}
    for name, build in (PEERS | _reranking_peers(assistant)).items():
        say(f"   {name}: index")
        started = time.perf_counter()
        searches[name] = build(documents, assistant.embedder, work / name)
        index_seconds[name] = round(time.perf_counter() - started, 1)
    aliases = {alias: one.source.id for one in documents for alias in one.source.aliases}
    quality = {
        name: {kind: _quality(search, questions, aliases) for kind, questions in sets.items()}
        for name, search in searches.items()
    }
    say("   times")
    ways = _ways(assistant, searches)
    times = alternating(ways, [one.question for one in sets["questions"]], rounds)
    packages = {name: version(name) for name in PACKAGES}
    return {
        "machine": machine() | packages,
        "learned": describe_learned(assistant),
        "documents": len(documents),
        "index_s": index_seconds,
        "quality": quality,
        "times": times,
    }


def _own_searches(assistant: AppContext) -> dict[str, Search]:
    def search(asked: AppContext) -> Search:
        return lambda text: [one.passage.document_id for one in retrieve_passages(asked, text)]

    read = {"netzlotse, read": search(assistant)} if assistant.reader else {}
    return {"netzlotse": search(without_reading(assistant))} | read


def _reranking_peers(assistant: AppContext) -> dict[str, Build]:
    """LangChain with the product's reader, if there are weights for it, and with the model of the settings, if any."""
    settings = assistant.settings
    peers: dict[str, Build] = {}
    reader = assistant.reader
    if settings.reader_model is not None:
        shipped = settings.model_copy(update={"reader_model": None})
        reader = load_reader(shipped, settings.data_dir / "cache", assistant.embedder)
    if reader is None:
        say("   no learned weights for a reader: no peer is reranked by it")
    else:
        peers[BY_OUR_READER] = partial(langchain_reranked, cross_encoder=ReaderCrossEncoder(reader))
    if settings.reader_model is not None:
        from langchain_community.cross_encoders import HuggingFaceCrossEncoder

        model = HuggingFaceCrossEncoder(model_name=settings.reader_model)
        peers[f"langchain, reranked by {settings.reader_model}"] = partial(langchain_reranked, cross_encoder=model)
    return peers


def _answerable(file: Path) -> list[Question]:
    return [one for one in load_questions(file) if one.answerable and one.expected and not one.history]


def _quality(search: Search, questions: Sequence[Question], aliases: dict[str, str]) -> dict[str, float]:
    """recall@5 and MRR@10 over results; a result is right when its document is expected."""
    first = []
    for one in questions:
        expected = {*one.expected, *(aliases[name] for name in one.expected if name in aliases)}
        found = list(search(one.question))[:COUNT]
        first.append(next((place for place, name in enumerate(found, start=1) if name in expected), None))
    return {
        "recall_at_5": round(fmean(bool(place and place <= 5) for place in first), 3),
        "mrr_at_10": round(fmean(1 / place if place else 0.0 for place in first), 3),
    }


def _ways(assistant: AppContext, searches: dict[str, Search]) -> dict[str, Callable[[str], None]]:
    def discard(work: Callable[[str], object]) -> Callable[[str], None]:
        return lambda question: [work(question)].clear()

    whole = {"netzlotse, whole answer": discard(lambda question: ask(assistant, question))}
    found = {name: discard(search) for name, search in searches.items()}
    return {"embed": discard(assistant.embedder.encode_query), **found, **whole}


def _markdown(document: Document) -> str:
    parts = [f"# {document.source.title}"]
    for section in document.sections:
        parts += [f"## {heading}" for heading in section.headings[-1:]] + [section.text]
    return "\n\n".join(parts)


def langchain_plain(documents: Sequence[Document], embedder: Embeddings, folder: Path) -> Search:
    """RecursiveCharacterTextSplitter, Chroma, similarity search."""
    store, _ = _langchain(documents, embedder, folder)
    return lambda question: [one.metadata["id"] for one in store.similarity_search(question, k=COUNT)]


def langchain_ensemble(documents: Sequence[Document], embedder: Embeddings, folder: Path) -> Search:
    """The same with BM25 beside it, ranks fused half and half."""
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    store, chunks = _langchain(documents, embedder, folder)
    words = BM25Retriever.from_documents(chunks, k=COUNT)
    both = EnsembleRetriever(retrievers=[words, store.as_retriever(search_kwargs={"k": COUNT})], weights=[0.5, 0.5])
    return lambda question: [one.metadata["id"] for one in both.invoke(question)]


def langchain_reranked(
    documents: Sequence[Document], embedder: Embeddings, folder: Path, cross_encoder: BaseCrossEncoder
) -> Search:
    """The same vector search, its first results ranked anew by a cross-encoder."""
    from langchain_classic.retrievers import ContextualCompressionRetriever
    from langchain_classic.retrievers.document_compressors import CrossEncoderReranker

    store, _ = _langchain(documents, embedder, folder)
    reranker = CrossEncoderReranker(model=cross_encoder, top_n=COUNT)
    retriever = store.as_retriever(search_kwargs={"k": RERANKED})
    both = ContextualCompressionRetriever(base_compressor=reranker, base_retriever=retriever)
    return lambda question: [one.metadata["id"] for one in both.invoke(question)]


class ReaderCrossEncoder(BaseCrossEncoder):
    """The product's reader as LangChain wants a cross-encoder: a score for each pair of question and text."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        """The logit of each text as an answer to its question; headings in it are read as the header."""
        scores: list[float] = []
        for question, pairs in groupby(text_pairs, key=lambda pair: pair[0]):
            passages = [_as_passage(text) for _, text in pairs]
            scores += [reading.passage for reading in self._reader.read(question, (), passages)]
        return scores


def _as_passage(markdown: str) -> Passage:
    """A passage as the reader knows them: headings in front, then sentences."""
    lines = [line for line in markdown.split("\n") if line.strip()]
    title, *headings = [line.lstrip("# ") for line in lines if line.startswith("#")] or [""]
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return Passage("", "", "literature", title, "", tuple(headings), text, split_sentences(text))


def _langchain(documents: Sequence[Document], embedder: Embeddings, folder: Path) -> tuple[Any, list[Any]]:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document as Text
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    texts = [Text(_markdown(one), metadata={"id": one.source.id}) for one in documents]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(texts)
    store = Chroma.from_documents(
        chunks, embedder, persist_directory=str(folder), collection_metadata={"hnsw:space": "cosine"}
    )
    return store, chunks


def llamaindex_chroma(documents: Sequence[Document], embedder: Embeddings, folder: Path) -> Search:
    """Its default sentence splitter, Chroma as vector store, top-k retriever."""
    import chromadb
    from llama_index.core import Document as Text
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.langchain import LangchainEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(str(folder)).create_collection("peer", metadata={"hnsw:space": "cosine"})
    index = VectorStoreIndex.from_documents(
        [Text(text=_markdown(one), metadata={"id": one.source.id}) for one in documents],
        storage_context=StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection)),
        embed_model=LangchainEmbedding(embedder),
        transformations=[SentenceSplitter()],
    )
    retriever = index.as_retriever(similarity_top_k=COUNT)
    return lambda question: [one.node.metadata["id"] for one in retriever.retrieve(question)]


def txtai_hybrid(documents: Sequence[Document], embedder: Any, folder: Path) -> Search:
    """Paragraphs in its hybrid index of vectors (faiss) and BM25."""
    from txtai import Embeddings as Index

    is_query = False

    def transform(texts: Sequence[str]) -> Any:
        return embedder.encode_query(texts[0])[None] if is_query else embedder.encode_documents(list(texts))

    rows = list(_paragraphs(documents))
    index = Index(method="external", transform=transform, hybrid=True, content=False)
    index.index((number, text, None) for number, (_, text) in enumerate(rows))

    def search(question: str) -> list[str]:
        nonlocal is_query
        is_query = True
        return [rows[number][0] for number, _ in index.search(question, COUNT)]

    return search


def _paragraphs(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    for document in documents:
        for paragraph in _markdown(document).split("\n\n"):
            if paragraph.strip() and not paragraph.startswith("#"):
                yield document.source.id, f"{document.source.title}. {paragraph}"


BY_OUR_READER = "langchain, reranked by our reader"
PEERS: dict[str, Build] = {
    "langchain": langchain_plain,
    "langchain, ensemble with BM25": langchain_ensemble,
    "llamaindex": llamaindex_chroma,
    "txtai, hybrid": txtai_hybrid,
}


def report(figures: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| way | p50 ms | ratio to embedding | recall@5 | MRR@10 | held out: recall@5 | MRR@10 | index s |"]
    lines.append("|" + "---|" * 8)
    for name, time_of in figures["times"].items():
        quality = figures["quality"].get(name, {})
        cells = [name, time_of["p50_ms"], time_of["ratio"]]
        cells += [quality[kind][one] if quality else "" for kind in ("questions", "holdout") for one in QUALITY]
        lines.append("| " + " | ".join(map(str, [*cells, figures["index_s"].get(name, "")])) + " |")
    return "\n".join(lines)


QUALITY = ("recall_at_5", "mrr_at_10")

if __name__ == "__main__":
    main()
