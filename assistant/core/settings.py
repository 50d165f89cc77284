"""Every setting, its default and its meaning; read once from the environment and ``.env``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.core.errors import SettingsError
from assistant.core.log_format import LogMode
from assistant.core.validation_messages import describe_error
from assistant.core.web_origins import parse_origin

PREFIX = "NETZLOTSE_"
LOCAL_METRICS = "local"
_SHORTEST_TOKEN = 16
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder(name: str) -> Path:
    """The shipped ``knowledge`` or ``prompts`` folder, in a checkout or inside a wheel."""
    beside = _PACKAGE.parent / name
    return beside if beside.is_dir() else _PACKAGE / "_shipped" / name


class Settings(BaseSettings):
    """Settings of one process. Environment variables are the field names with ``NETZLOTSE_`` in front."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(Path(".netzlotse"), description="Ordner für Index, Zwischenspeicher und eigene Dokumente")
    knowledge_dir: Path | None = Field(
        None, description="Eigener Wissensordner des Hubs: ergänzt, ersetzt (gleiche id) oder verbirgt (hidden: true)"
    )
    shipped_knowledge: bool = Field(True, description="false: nur das eigene Wissen verwenden")
    prompts_dir: Path | None = Field(None, description="Eigene Fassungen von Dateien aus prompts/")
    embedding_model: str | None = Field(
        None, description="sentence-transformers-Modell (Name oder Ordner) statt des eingebauten; braucht [models]"
    )
    weights: Path | Literal["none"] | None = Field(
        None, description="Ordner mit eigenen gelernten Gewichten statt der mitgelieferten; none: keine verwenden"
    )
    reader_model: str | None = Field(
        None, description="Cross-Encoder von sentence-transformers (Name oder Ordner) als Leser; braucht [models]"
    )
    chroma_url: SecretStr | None = Field(
        None,
        description="Chroma-Server statt der Ablage im Datenordner, etwa http://127.0.0.1:8000 oder "
        "https://name:kennwort@chroma.example; leer: Chroma im Datenordner",
    )
    chroma_token: SecretStr | None = Field(None, description="Bearer-Token für den Chroma-Server oder den Proxy davor")
    index_check_seconds: float = Field(
        2.0,
        gt=0,
        description="Sekunden zwischen zwei Blicken darauf, ob es einen neueren Index gibt; "
        "nach einem Fehler wird ein Mehrfaches davon gewartet",
    )
    model: str | None = Field(
        None,
        description="Sprachmodell als anbieter:modell, etwa ollama:qwen3, openai:…, mistralai:…, oder als Datei: "
        "local:/pfad/modell.gguf; leer: nur Zitate",
    )
    model_base_url: str | None = Field(None, description="Adresse einer OpenAI-kompatiblen Schnittstelle")
    model_api_key: SecretStr | None = Field(None, description="Schlüssel des Anbieters")
    contact_url: str | None = Field(None, description="Menschlicher Kontakt, der bei einer Absage genannt wird")
    imprint_url: str | None = Field(None, description="Impressum des Betreibers")
    privacy_url: str | None = Field(None, description="Datenschutzerklärung des Betreibers")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Websites, die den Chat einbetten dürfen, durch Komma getrennt, etwa https://www.hub.example "
        "oder https://*.hub.example; leer: nur dieser Rechner selbst",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hostnamen, unter denen der Dienst antwortet, durch Komma getrennt; leer: alle"
    )
    root_path: str = Field("", description="Pfad vor allen Adressen, wenn ein Proxy einen abschneidet")
    rate_limit_per_minute: int = Field(20, ge=0, description="Fragen je Adresse und Minute; 0: unbegrenzt")
    global_rate_limit_per_minute: int = Field(600, ge=0, description="Fragen insgesamt je Minute; 0: unbegrenzt")
    sessions: int = Field(
        500, ge=1, description="Gespräche je Sprache, die im Speicher bleiben; jedes braucht etwa 0,1 MB"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Adressen oder Netze von Proxys, deren X-Forwarded-For, -Proto, -Host gelten, durch Komma getrennt",
    )
    feedback: Literal["off", "feedback", "unanswered", "all"] = Field(
        "off", description="Bewertungen und/oder unbeantwortete Fragen (nur Stichwörter) aufbewahren"
    )
    feedback_days: int = Field(30, ge=1, le=30, description="Tage, nach denen beides gelöscht wird")
    operator: str | None = Field(None, description="Betreiber für /impressum: Name; Anschrift; Kontakt")
    adviser_password: SecretStr | None = Field(
        None, description="Kennwort von /berater (HTTP Basic, beliebiger Benutzername); leer: nur von diesem Rechner"
    )

    log: LogMode = Field(
        "plain", description="Eine Zeile je Anfrage ohne Inhalt, lesbar oder als JSON; off: nur Warnungen und Fehler"
    )
    metrics: SecretStr | None = Field(
        None,
        description="Messwerte für Prometheus unter /metrics: 'local' nur von diesem Rechner, sonst ein Kennwort "
        f"(mindestens {_SHORTEST_TOKEN} Zeichen), das als 'Authorization: Bearer …' mitkommt; leer: aus",
    )

    @field_validator("allowed_origins", "allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(parse_origin(origin) for origin in value))

    @field_validator("metrics")
    @classmethod
    def _local_or_token(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value() if value else ""
        if token and token != LOCAL_METRICS and len(token) < _SHORTEST_TOKEN:
            raise ValueError(f"muss 'local' sein oder ein Kennwort mit mindestens {_SHORTEST_TOKEN} Zeichen")
        return value if token else None

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(network, strict=False)) for network in value)

    @field_validator("contact_url", "imprint_url", "privacy_url")
    @classmethod
    def _link(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://", "mailto:")):
            raise ValueError("muss mit https://, http:// oder mailto: beginnen")
        return value or None

    @field_validator("chroma_url")
    @classmethod
    def _server_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            try:
                parts = urlsplit(value.get_secret_value())
                right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
            except ValueError:
                right = False
            if not right or parts.query or parts.fragment:
                raise ValueError("muss aussehen wie http://127.0.0.1:8000 oder https://name:kennwort@rechner")
        return value

    @field_validator(
        "weights",
        "reader_model",
        "chroma_url",
        "chroma_token",
        "model",
        "model_base_url",
        "model_api_key",
        "operator",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("model_base_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("muss mit https:// oder http:// beginnen")
        return value

    @property
    def takes_feedback(self) -> bool:
        """Whether visitors may judge answers."""
        return self.feedback in ("feedback", "all")

    @property
    def keeps_unanswered(self) -> bool:
        """Whether words of questions without a good answer are kept."""
        return self.feedback in ("unanswered", "all")

    @property
    def knowledge_dirs(self) -> tuple[Path, ...]:
        """Folders to load, the shipped one first so that a hub's own files override it."""
        shipped = (shipped_folder("knowledge"),) if self.shipped_knowledge else ()
        return shipped + ((self.knowledge_dir,) if self.knowledge_dir else ())


def load_settings(**overrides: object) -> Settings:
    """Read the settings; unknown or wrong ones raise ``SettingsError`` with the closest name."""
    _refuse_unknown_names(os.environ)
    _refuse_unknown_names(dotenv_values(".env"))
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def variable_name(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()


def _refuse_unknown_names(environment: Iterable[str]) -> None:
    known = [variable_name(field) for field in Settings.model_fields]
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(_unknown(name, known))


def _unknown(name: str, known: Sequence[str]) -> str:
    closest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)
    return f"Die Einstellung {name} gibt es nicht. Meinten Sie {closest[0]}?"


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    name = field.upper() if field.upper().startswith(PREFIX) else variable_name(field)
    if first["type"] == "extra_forbidden":
        return _unknown(name, [variable_name(known) for known in Settings.model_fields])
    return f"Die Einstellung {name} hat einen ungültigen Wert: {describe_error(first)}."
