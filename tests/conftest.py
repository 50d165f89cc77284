"""What tests share: the real encoder, a small invented knowledge folder, and assistants over real indexes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from assistant.answering.llm.llama_cpp_server import LocalModel
from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant, refresh_index
from assistant.core.models import Language
from assistant.core.settings import Settings, load_settings
from assistant.index.builder import BuildResult
from assistant.index.embedding_engines import load_embeddings
from assistant.index.embeddings import EncoderEmbeddings
from assistant.index.question_adapter import load_question_adapter
from assistant.index.reader import load_reader
from assistant.language.lemmatizer import lemma, set_cache_dir
from tests.support.hub import Hub, hub_website
from tests.support.paths import TESTS
from tests.support.serving import serving
from tests.support.shared import build_once, copy_data, run_folder, take_cache
from tests.support.small_model import small_model

SMALL_KNOWLEDGE = {
    "position-paper/kooperationen.md": """---
id: position-paper/kooperationen
kind: position_paper
title: Kooperationen eingehen
section: (3) Kooperationen eingehen
section_number: 3
as_of: 2019
topics: [cooperation]
---

Kleine Hersteller gewinnen durch Kooperationen Zugang zu Wissen und Maschinen.

## Was ist Coopetition?

Coopetition bedeutet, dass Wettbewerber in einem Feld zusammenarbeiten und in anderen Feldern Konkurrenten bleiben.

## English

Small manufacturers gain access to knowledge and machines by cooperating.

### What is coopetition?

Coopetition means that competitors work together in one field and remain rivals in others.
""",
    "cooperation/werkstattvertrag.md": """---
id: werkstattvertrag
kind: cooperation
area: contracts
title: "Was regelt ein Werkstattvertrag?"
aliases: [werkstattvereinbarung]
---

Ein Werkstattvertrag regelt, wer eine gemeinsam genutzte Maschine bezahlt und wer für Ausfälle haftet.

## Wann endet ein Werkstattvertrag?

Ein Werkstattvertrag endet mit einer Kündigungsfrist von 6 Monaten.
""",
    "support/fraeshub.md": """---
id: fraeshub
kind: support
title: Fräshub Mittelland
offer_type: hub
cost: kostenfrei
related: [werkstattvertrag]
---

Der Fräshub Mittelland berät Zerspaner kostenfrei zur Weiterbildung ihrer Beschäftigten.
""",
    "funding/netzbonus-alt.md": """---
id: netzbonus-alt
kind: funding
title: Netzbonus Alt
level: bund
provider: Erfundenes Ministerium
type: grant
status: ended
valid_until: 2022-12-31
successor: netzbonus-neu
---

Der Netzbonus Alt bezuschusste Produktionsnetzwerke mit höchstens 10.000 Euro.
""",
    "funding/netzbonus-neu.md": """---
id: netzbonus-neu
kind: funding
title: Netzbonus Neu
short_title: Netzbonus
level: bund
provider: Erfundenes Ministerium
type: grant
status: continuous
as_of: 2025-03-15
amount:
  rates: [{percent_max: 45, what: Projektkosten}]
  caps: [{eur: 25000, what: je Unternehmen}]
---

Der Netzbonus bezuschusst Produktionsnetzwerke mit 45 Prozent der Projektkosten.

Höchstens 25.000 Euro erhält jedes Unternehmen aus dem Netzbonus.
""",
    "funding/messegeld.md": """---
id: messegeld
kind: funding
title: Messegeld
level: bund
provider: Erfundenes Ministerium
type: grant
status: open
valid_until: 2023-06-30
successor: netzbonus-neu
---

Das Messegeld bezahlt gemeinsame Messestände kleiner Hersteller im Ausland.
""",
    "funding/sachsen-lernscheck.md": """---
id: sachsen-lernscheck
kind: funding
title: Lernscheck Sachsen
level: land
land: Sachsen
provider: Erfundene Landesbank
type: training
status: open
---

Der Lernscheck Sachsen bezahlt die Hälfte der Kosten einer Weiterbildung an Robotern.
""",
    "literature/fiktiv-2020.md": """---
id: fiktiv-2020
kind: literature
title: Netze der Fertigung
authors: [Erika Fiktiv]
year: 2020
used_in: [position-paper/kooperationen]
---

Erika Fiktiv beschreibt in „Netze der Fertigung“ (2020), wie Vertrauen zwischen Zulieferern entsteht.
""",
    "README.md": "For editors; no knowledge.\n",
}
SERVED = {"server", "hub", "local_model"}
BuildIndex = Callable[[Path, Path], BuildResult]


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write knowledge files, given by their path inside the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def own_settings(folder: Path, data_dir: Path) -> Settings:
    """Settings for an index of one folder only."""
    return load_settings(data_dir=data_dir, knowledge_dir=folder, shipped_knowledge=False)


@pytest.fixture(scope="session", autouse=True)
def _plain_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the developer's shell or ``.env`` reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("NETZLOTSE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The cache of the run: networks and dictionaries are unpacked once, and kept for the next run where that may be.

    Both are named by their content and checked when they are opened, so that an old one is never taken for a new one.
    """
    folder = run_folder(tmp_path_factory) / "cache"
    cache = getattr(request.config, "cache", None)  # missing with ``-p no:cacheprovider``
    kept = cache.mkdir("unpacked") if cache else None

    def unpack(fresh: Path) -> None:
        set_cache_dir(kept or fresh)
        for language in get_args(Language):
            lemma("Haus", language)
        encoder = load_embeddings(None, kept or fresh)
        load_question_adapter(load_settings(), kept or fresh, encoder)
        load_reader(load_settings(), kept or fresh, encoder)
        if kept:
            take_cache(kept, fresh)
            for path in (fresh / "cache").iterdir():
                path.rename(fresh / path.name)

    build_once(folder, unpack)
    set_cache_dir(folder)
    return folder


@pytest.fixture(scope="session")
def embedder(cache_dir: Path) -> EncoderEmbeddings:
    return load_embeddings(None, cache_dir)


@pytest.fixture(scope="session")
def small_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind, an ended and an expired programme with their successor, one of a Land; read only."""
    return write_files(tmp_path_factory.mktemp("small") / "knowledge", SMALL_KNOWLEDGE)


@pytest.fixture
def own_knowledge(tmp_path: Path) -> Path:
    """A copy of the small knowledge that a test may change."""
    return write_files(tmp_path / "knowledge", SMALL_KNOWLEDGE)


@pytest.fixture(scope="session")
def build_index(embedder: EncoderEmbeddings, cache_dir: Path) -> BuildIndex:
    """Index a folder into a data folder; the unpacked encoder and known vectors are taken along."""

    def build(folder: Path, data_dir: Path) -> BuildResult:
        if not (data_dir / "cache").exists():
            take_cache(cache_dir, data_dir)
        return refresh_index(own_settings(folder, data_dir), lambda *_: None)

    return build


@pytest.fixture(scope="session")
def small_index(small_knowledge: Path, build_index: BuildIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an index of the small knowledge, built once for a run; a test works on a copy of it."""
    return build_once(run_folder(tmp_path_factory) / "small", lambda fresh: build_index(small_knowledge, fresh))


@pytest.fixture(scope="session")
def small_assistant(small_knowledge: Path, small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    """An assistant over the small knowledge."""
    data_dir = copy_data(small_index, tmp_path_factory.mktemp("small") / "data")
    return build_assistant(own_settings(small_knowledge, data_dir))


@pytest.fixture(scope="session")
def shipped_data(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an index of the shipped knowledge."""

    def build(fresh: Path) -> None:
        take_cache(cache_dir, fresh)
        refresh_index(load_settings(data_dir=fresh), lambda *_: None)

    built = build_once(run_folder(tmp_path_factory) / "shipped", build)
    return copy_data(built, tmp_path_factory.mktemp("shipped") / "data")


@pytest.fixture(scope="session")
def assistant(shipped_data: Path) -> AppContext:
    """The assistant over the shipped knowledge."""
    return build_assistant(load_settings(data_dir=shipped_data))


@pytest.fixture(scope="session")
def server(shipped_data: Path) -> Iterator[str]:
    """The address of a real server over the shipped knowledge."""
    with serving(shipped_data) as address:
        yield address


@pytest.fixture(scope="session")
def local_model() -> Iterator[LocalModel]:
    """A real small model behind its own server."""
    with small_model() as model:
        yield model


@pytest.fixture(scope="session")
def hub(shipped_data: Path) -> Iterator[Hub]:
    """A website on http://hub.localhost that may embed the assistant; under other names it may not."""
    links = {"contact_url": "kontakt", "privacy_url": "ds", "imprint_url": "impressum"}
    settings = {name: f"https://hub.example/{path}" for name, path in links.items()}
    with hub_website() as hub, serving(shipped_data, allowed_origins=hub.origin(), **settings) as hub.assistant:
        yield hub


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, a browser or other processes, so that ``make test-fast`` can leave it out.

    Files with such tests come first, then those with slow ones: of a run in several processes, the many quick ones
    fill the end evenly.
    """
    kinds: dict[Path, set[str]] = {}
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in ("browser", "server") or SERVED & set(getattr(item, "fixturenames", ())):
            item.add_marker("served")
        kinds.setdefault(item.path, set()).update(marker.name for marker in item.iter_markers())
    items.sort(key=lambda item: ("served" not in kinds[item.path], "slow" not in kinds[item.path]))
