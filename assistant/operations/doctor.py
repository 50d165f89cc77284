"""Does everything work that answering needs, and if not, how is it mended?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.runtime import AppContext
from assistant.bootstrap import build_assistant
from assistant.core.errors import AssistantError, ModelError
from assistant.core.models import Passage
from assistant.core.settings import Settings
from assistant.index.question_adapter import open_question_adapter
from assistant.index.reader import open_reader
from assistant.ingestion.knowledge_loader import load_knowledge

_TEST: tuple[tuple[str, str], ...] = (("system", "Sie antworten mit einem Wort."), ("human", "Antworten Sie: bereit"))
_PASSAGE = Passage(
    "doctor",
    "doctor",
    "document",
    "Probe",
    "",
    (),
    "Partner finden Sie im Netzwerk.",
    ("Partner finden Sie im Netzwerk.",),
)
_LEARNED = "NETZLOTSE_WEIGHTS und NETZLOTSE_READER_MODEL prüfen oder das Paket neu installieren: make serve."
REMEDIES: Mapping[str, str] = {
    "busy": "Der Anbieter nimmt gerade nichts an (429): Kontingent prüfen oder später noch einmal versuchen.",
    "denied": "Der Schlüssel wird abgelehnt: NETZLOTSE_MODEL_API_KEY prüfen.",
    "unknown": "Modell oder Adresse fehlt dort: NETZLOTSE_MODEL und NETZLOTSE_MODEL_BASE_URL prüfen (oft fehlt /v1).",
    "refused": "Der Anbieter lehnt die Anfrage ab: Modellname, Adresse und Rechte des Schlüssels prüfen.",
    "unreachable": "Nicht erreichbar: Läuft der Dienst, stimmt NETZLOTSE_MODEL_BASE_URL, sperrt eine Firewall?",
    "slow": "Das erste Wort kommt zu spät: kleineres Modell, mehr Rechenleistung oder anderer Anbieter.",
    "stalled": "Die Antwort stockt: Auslastung des Modells prüfen.",
    "cut": "Die Antwort bricht ohne Ende-Zeichen ab: Proxy oder Server vor dem Modell prüfen.",
    "malformed": "Was zurückkommt, ist nicht das Protokoll des Anbieters: Adresse prüfen.",
    "filtered": "Der Anbieter filtert selbst eine harmlose Anfrage: anderes Modell wählen.",
    "endless": "Das Modell findet kein Ende: anderes Modell wählen.",
    "empty": "Das Modell antwortet leer: anderes Modell wählen.",
    "broken": "Die Modelldatei lässt sich nicht laden: vollständig? Reicht der Speicher? Sonst ein kleineres Modell.",
    "failed": "Das Modell antwortet nicht wie erwartet: Anbieter, Modell und Versionen der Pakete prüfen.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried; ``remedy`` is empty when it works."""

    name: str
    works: bool
    message: str
    remedy: str = ""


def diagnose(settings: Settings) -> Iterator[Finding]:
    """Try data folder, knowledge, embeddings, learned parts, index and language model, one after the other."""
    yield _tried("Datenordner", lambda: _writable(settings.data_dir), "Rechte und freien Platz prüfen.")
    yield _tried("Wissen", lambda: _readable(settings), "assistant check nennt Datei und Feld.")
    try:
        assistant = build_assistant(settings)
    except AssistantError as error:
        yield Finding("Einrichtung", False, str(error), "Die genannte Einstellung oder Datei berichtigen.")
        return
    yield _tried("Embeddings", lambda: _embedding(assistant), "Paket neu installieren: make serve.")
    yield _tried("Frage-Adapter", lambda: _question_adapter(assistant), _LEARNED)
    yield _tried("Leser", lambda: _reader(assistant), _LEARNED)
    yield _tried("Index", lambda: _index(assistant), "assistant index")
    yield _language_model(assistant)


def _tried(name: str, attempt: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, True, attempt())
    except AssistantError as error:
        return Finding(name, False, str(error), remedy)
    except Exception as error:  # whatever it is, a person has to be told what to do
        return Finding(name, False, f"geht nicht ({type(error).__name__})", remedy)


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"\0" * 1024)
        file.flush()
    return f"{folder} ist beschreibbar"


def _readable(settings: Settings) -> str:
    return f"{len(load_knowledge(settings.knowledge_dirs))} Quellen gelesen"


def _embedding(assistant: AppContext) -> str:
    return f"{assistant.embedder.model_id}, {_milliseconds(assistant.embedder.encode_query):.0f} ms je Frage"


def _question_adapter(assistant: AppContext) -> str:
    """Opened once more where it is missing, so that the reason is named."""
    settings, embedder = assistant.settings, assistant.embedder
    adapter = assistant.question_adapter or open_question_adapter(settings, settings.data_dir / "cache", embedder)
    if adapter is None:
        return "keiner; Fragen werden kodiert wie Passagen"
    return f"{adapter.model_id}, {_milliseconds(adapter.encode):.0f} ms je Frage"


def _reader(assistant: AppContext) -> str:
    settings = assistant.settings
    reader = assistant.reader or open_reader(settings, settings.data_dir / "cache", assistant.embedder)
    if reader is None:
        return "keiner; es entscheiden Vektoren und Wörter"
    return f"{reader.model_id}, {_milliseconds(lambda text: reader.read(text, (), [_PASSAGE])):.0f} ms je Passage"


def _milliseconds(compute: Callable[[str], object]) -> float:
    """How long a text takes once the model is warm."""
    compute("Aufwärmen")
    start = time.perf_counter()
    compute("Wie finden kleine Unternehmen Partner?")
    return (time.perf_counter() - start) * 1000


def _index(assistant: AppContext) -> str:
    snapshot = assistant.live_index.corpus().snapshot
    return f"{len(snapshot.sources)} Quellen, {len(snapshot.passages)} Passagen"


def _language_model(assistant: AppContext) -> Finding:
    if assistant.model is None:
        return Finding("Sprachmodell", True, "nicht eingerichtet; Antworten bestehen aus Zitaten")
    start = time.perf_counter()
    try:
        chunks = assistant.model.stream(_TEST)
        next(chunks)
        first = time.perf_counter() - start
        for _ in chunks:
            pass
    except ModelError as error:
        return Finding(
            "Sprachmodell", False, f"{assistant.model.name}: keine Antwort ({error.code})", REMEDIES[error.code]
        )
    return Finding("Sprachmodell", True, f"{assistant.model.name} antwortet, erstes Wort nach {first:.1f} s")
