"""Origins: what may be written into the setting, and what then counts as allowed."""

from __future__ import annotations

import pytest

from assistant.core.errors import SettingsError
from assistant.core.settings import load_settings
from assistant.core.web_origins import is_allowed, parse_origin


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://www.hub.example", "https://www.hub.example"),
        ("HTTPS://WWW.Hub.Example", "https://www.hub.example"),
        ("https://hub.example:443", "https://hub.example"),
        ("http://hub.example:80", "http://hub.example"),
        ("http://localhost:7922", "http://localhost:7922"),
        ("http://127.0.0.1:7922", "http://127.0.0.1:7922"),
        ("https://*.hub.example", "https://*.hub.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written: str, meant: str) -> None:
    assert parse_origin(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "*", "https://*", "https://*.example", "hub.example", "//hub.example", "null", "ftp://hub.example", "https://",
        "https://hub.example/chat", "https://hub.example?x", "https://hub.example#x", "https://me@hub.example",
        "https://hub.example:port", "https://hub.example:99999", "https://hub example", "https://hub.example;script-src",
        "https://a.*.example", "https://hub..example", "https://-hub.example", "https://[::1]", "javascript://x.example",
        "https://'self'",
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_german(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETZLOTSE_ALLOWED_ORIGINS", f"https://good.example,{written}")
    with pytest.raises(SettingsError, match=r"NETZLOTSE_ALLOWED_ORIGINS hat einen ungültigen Wert: „.*"):
        load_settings()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://hub.example", True),
        ("https://www.regio.example", True),
        ("https://a.b.regio.example", True),
        ("https://regio.example", False),
        ("https://evilregio.example", False),
        ("http://hub.example", False),
        ("http://www.regio.example", False),
        ("https://hub.example:8443", False),
        ("https://www.regio.example:8443", False),
        ("https://hub.example.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_listed_websites_are_allowed(origin: str, allowed: bool) -> None:
    assert is_allowed(origin, ("https://hub.example", "https://*.regio.example")) is allowed


def test_an_empty_list_allows_nobody() -> None:
    assert not is_allowed("https://hub.example", ())
