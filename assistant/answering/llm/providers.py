"""From settings to a LangChain chat model: known providers, any OpenAI-compatible address, clear errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from assistant.answering.llm.client import LanguageModel, Limits
from assistant.answering.llm.llama_cpp_server import SLOTS, LocalModel
from assistant.core.errors import SettingsError
from assistant.core.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROVIDERS: Mapping[str, tuple[str, str]] = {
    "openai": ("langchain_openai", "netzlotse[openai]"),
    "local": ("langchain_openai", "netzlotse[local]"),
    "ollama": ("langchain_ollama", "netzlotse[ollama]"),
    "mistralai": ("langchain_mistralai", "netzlotse[mistralai]"),
    "anthropic": ("langchain_anthropic", "langchain-anthropic"),
    "azure_openai": ("langchain_openai", "netzlotse[openai]"),
    "google_genai": ("langchain_google_genai", "langchain-google-genai"),
    "groq": ("langchain_groq", "langchain-groq"),
    "deepseek": ("langchain_deepseek", "langchain-deepseek"),
    "huggingface": ("langchain_huggingface", "langchain-huggingface"),
}
"""Providers by name: their package, and what to install for it."""
TOKENS = 1500
_LOOK_UP_SECONDS = 3.0


def load_language_model(settings: Settings, limits: Limits | None = None) -> LanguageModel | None:
    """The configured model, or ``None`` where none is; raises ``SettingsError`` with the way out.

    Nothing is asked of the model yet: one that cannot be reached is noticed by ``assistant doctor``
    and by each answer, which then quotes.
    """
    if settings.model is None and settings.model_base_url is None:
        return None
    limits = limits or Limits()
    provider, name = _chosen(settings)
    if provider == "local":
        return _load_local(Path(name).expanduser(), settings, limits)
    return LanguageModel(_build(provider, name, settings, limits), name, limits)


def _load_local(path: Path, settings: Settings, limits: Limits) -> LanguageModel:
    """A model file; its process starts with the first request, so that commands that only search need no memory."""
    if settings.model_base_url:
        raise SettingsError("NETZLOTSE_MODEL=local:… und NETZLOTSE_MODEL_BASE_URL schließen sich aus; eine muss weg.")
    local = LocalModel(path)
    own = settings.model_copy(update={"model_base_url": local.base_url, "model_api_key": SecretStr(local.key)})
    # Who comes while all slots are taken gets quotes at once instead of waiting in vain.
    limits = replace(limits, at_once=SLOTS)
    return LanguageModel(_build("local", local.name, own, limits), local.name, limits, local)


def _chosen(settings: Settings) -> tuple[str, str]:
    """Provider and model name; behind an address without a provider everything is OpenAI-compatible."""
    text = settings.model or _only_model(settings)
    provider, colon, name = text.partition(":")
    if colon and name and provider in PROVIDERS:
        return provider, name
    if settings.model_base_url:
        return "openai", text
    known = ", ".join(PROVIDERS)
    raise SettingsError(
        f"NETZLOTSE_MODEL={text} nennt keinen bekannten Anbieter; erwartet wird anbieter:modell ({known})."
    )


def _only_model(settings: Settings) -> str:
    """The first model that an OpenAI-compatible server offers; such servers often hold just one."""
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        url = f"{(settings.model_base_url or '').rstrip('/')}/models"
        return str(httpx.get(url, headers=headers, timeout=_LOOK_UP_SECONDS).json()["data"][0]["id"])
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return "default"


def _build(provider: str, name: str, settings: Settings, limits: Limits) -> BaseChatModel:
    package, install = PROVIDERS[provider]
    try:
        import_module(package)
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise SettingsError(f'Für NETZLOTSE_MODEL={provider}:… fehlt ein Paket: pip install "{install}"') from error
    options = _OPTIONS.get(provider, _plain_options)(settings, limits)
    try:
        compatible = "openai" if provider == "local" else provider
        chat: BaseChatModel = init_chat_model(name, model_provider=compatible, **options)
        return chat
    except Exception as error:  # a provider's own error may quote the key
        message = f"Das Sprachmodell {provider}:{name} lässt sich nicht einrichten; prüfen Sie NETZLOTSE_MODEL_API_KEY."
        raise SettingsError(message) from error


def _key(settings: Settings) -> dict[str, Any]:
    return {"api_key": settings.model_api_key} if settings.model_api_key else {}


def _plain_options(settings: Settings, limits: Limits) -> dict[str, Any]:
    address = {"base_url": settings.model_base_url} if settings.model_base_url else {}
    return {"max_tokens": TOKENS, "timeout": limits.gap, "max_retries": 0, **address, **_key(settings)}


def _mistral_options(settings: Settings, limits: Limits) -> dict[str, Any]:
    return {**_plain_options(settings, limits), "timeout": int(limits.total), "temperature": 0}


def _ollama_options(settings: Settings, limits: Limits) -> dict[str, Any]:
    address = {"base_url": settings.model_base_url} if settings.model_base_url else {}
    # A thinking model would spend the time limits on thoughts that nobody sees.
    client: dict[str, Any] = {"timeout": limits.gap}
    if settings.model_api_key:  # Ollama itself knows no key, a proxy in front of it may
        client["headers"] = {"Authorization": f"Bearer {settings.model_api_key.get_secret_value()}"}
    return {"num_predict": TOKENS, "temperature": 0, "reasoning": False, "client_kwargs": client, **address}


def _openai_options(settings: Settings, limits: Limits) -> dict[str, Any]:
    options = {**_plain_options(settings, limits), "http_client": _bounded_client(limits), "stream_usage": False}
    if settings.model_base_url:
        options.setdefault("api_key", "none")  # servers of one's own often want no key, the package always does
        options["temperature"] = 0  # newest models of OpenAI itself accept the default only
    return options


_OPTIONS: Mapping[str, Callable[[Settings, Limits], dict[str, Any]]] = {
    "openai": _openai_options,
    "local": _openai_options,
    "ollama": _ollama_options,
    "mistralai": _mistral_options,
}


def _bounded_client(limits: Limits) -> Any:
    """An HTTP client that gives up on a stream that only sends comments, and follows no redirect with the key."""
    import httpx2  # the HTTP library of the openai package

    class BoundedStream(httpx2.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream, self._end = stream, monotonic() + limits.total

        def __iter__(self) -> Iterator[bytes]:
            for part in self._stream:
                if monotonic() > self._end:
                    raise httpx2.ReadTimeout("the answer took too long")
                yield part

        def close(self) -> None:
            self._stream.close()

    class BoundedTransport(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            response = super().handle_request(request)
            response.stream = BoundedStream(response.stream)
            return response

    timeout = httpx2.Timeout(limits.gap, connect=min(5.0, limits.first_token))
    return httpx2.Client(transport=BoundedTransport(), timeout=timeout, follow_redirects=False)
