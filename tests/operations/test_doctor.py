"""The doctor says what works and how to mend what does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.core.settings import Settings, load_settings
from assistant.operations.doctor import REMEDIES, Finding, diagnose
from tests.support.faulty_model import FaultyModel, faulty_model
from tests.support.learned import write_weights
from tests.support.shared import take_cache

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> Iterator[FaultyModel]:
    with faulty_model() as server:
        yield server


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnose(settings)}


def test_everything_works_without_a_language_model(shipped_data: Path) -> None:
    found = findings(load_settings(data_dir=shipped_data))
    assert list(found) == ["Datenordner", "Wissen", "Embeddings", "Frage-Adapter", "Leser", "Index", "Sprachmodell"]
    assert all(one.works and not one.remedy for one in found.values())
    assert "nicht eingerichtet" in found["Sprachmodell"].message


@pytest.mark.parametrize(("fault", "code"), [("good", ""), ("401", "denied"), ("malformed", "malformed")])
def test_the_language_model_is_tried(shipped_data: Path, model: FaultyModel, fault: str, code: str) -> None:
    model.behave(fault)
    found = findings(load_settings(data_dir=shipped_data, **model.settings()))["Sprachmodell"]
    assert found.works == (not code)
    assert found.remedy == REMEDIES.get(code, "")


def test_a_missing_index_names_the_command(tmp_path: Path) -> None:
    found = findings(load_settings(data_dir=tmp_path))["Index"]
    assert (found.works, found.remedy) == (False, "assistant index")


def test_an_unknown_provider_is_a_finding(shipped_data: Path) -> None:
    found = findings(load_settings(data_dir=shipped_data, model="nobody:x"))["Einrichtung"]
    assert not found.works
    assert "nobody" in found.message


def test_learned_parts_are_named_or_why_they_are_missing(cache_dir: Path, tmp_path: Path) -> None:
    take_cache(cache_dir, tmp_path)
    weights = write_weights(tmp_path / "weights")
    found = findings(load_settings(data_dir=tmp_path, weights=weights))
    assert found["Leser"].message.startswith("reader-int8-onnx/")
    assert found["Frage-Adapter"].message.startswith("question-adapter-int8-onnx/")
    (weights / "reader.npz").write_bytes(b"damaged")
    found = findings(load_settings(data_dir=tmp_path, weights=weights))
    assert found["Frage-Adapter"].works
    assert not found["Leser"].works
    assert "Prüfsumme" in found["Leser"].message
    assert "NETZLOTSE_WEIGHTS" in found["Leser"].remedy
    found = findings(load_settings(data_dir=tmp_path, weights="none"))
    assert [found[name].message.partition(";")[0] for name in ("Leser", "Frage-Adapter")] == ["keiner", "keiner"]
