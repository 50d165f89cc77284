"""Settings are read once, and what cannot be meant is refused with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.errors import SettingsError
from assistant.core.settings import Settings, load_settings, shipped_folder, variable_name


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.data_dir == Path(".netzlotse")
    assert settings.knowledge_dirs == (shipped_folder("knowledge"),)
    assert settings.rate_limit_per_minute == 20


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("NETZLOTSE_DATADIR", "NETZLOTSE_DATA_DIR"),
        ("NETZLOTSE_KNOWLEGDE_DIR", "NETZLOTSE_KNOWLEDGE_DIR"),
        ("NETZLOTSE_ALLOWED_ORIGIN", "NETZLOTSE_ALLOWED_ORIGINS"),
        ("netzlotse_contact_uri", "NETZLOTSE_CONTACT_URL"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_closest_name(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    monkeypatch.setenv(misspelt, "x")
    with pytest.raises(SettingsError, match=rf"{misspelt} .*{meant}\?"):
        load_settings()


def test_an_unknown_name_in_the_env_file_is_refused_with_the_closest_name() -> None:
    Path(".env").write_text("NETZLOTSE_IMPRINT=https://hub.example\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"NETZLOTSE_IMPRINT .*NETZLOTSE_IMPRINT_URL\?"):
        load_settings()


def test_names_of_other_programs_in_the_env_file_do_no_harm() -> None:
    Path(".env").write_text("COMPOSE_PROJECT_NAME=hub\nNETZLOTSE_ROOT_PATH=/lotse\n", encoding="utf-8")
    assert load_settings().root_path == "/lotse"


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("NETZLOTSE_RATE_LIMIT_PER_MINUTE=5\n", encoding="utf-8")
    assert load_settings().rate_limit_per_minute == 5
    monkeypatch.setenv("NETZLOTSE_RATE_LIMIT_PER_MINUTE", "7")
    assert load_settings().rate_limit_per_minute == 7


@pytest.mark.parametrize(("value", "meant"), [("", None), ("none", "none"), ("own/weights", Path("own/weights"))])
def test_weights_are_a_folder_or_none_at_all(
    monkeypatch: pytest.MonkeyPatch, value: str, meant: Path | str | None
) -> None:
    monkeypatch.setenv("NETZLOTSE_WEIGHTS", value)
    assert load_settings().weights == meant


@pytest.mark.parametrize("field", ["allowed_origins", "allowed_hosts"])
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("http://a.example", ("http://a.example",)),
        ("https://a.example,https://b.example", ("https://a.example", "https://b.example")),
        (" https://a.example/ , https://b.example ,", ("https://a.example", "https://b.example")),
    ],
)
def test_lists_are_split_at_commas(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str, parts: tuple[str, ...]
) -> None:
    monkeypatch.setenv(variable_name(field), text)
    assert getattr(load_settings(), field) == parts


def test_trusted_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETZLOTSE_TRUSTED_PROXIES", "10.0.0.7, 172.16.0.0/12,fd00::1")
    assert load_settings().trusted_proxies == ("10.0.0.7/32", "172.16.0.0/12", "fd00::1/128")
    monkeypatch.setenv("NETZLOTSE_TRUSTED_PROXIES", "proxy.example")
    with pytest.raises(SettingsError, match="NETZLOTSE_TRUSTED_PROXIES"):
        load_settings()


@pytest.mark.parametrize("field", ["contact_url", "imprint_url", "privacy_url"])
@pytest.mark.parametrize("value", ["hub.example", "javascript:alert(1)", "/impressum", " https://hub.example"])
def test_a_link_needs_a_safe_scheme(monkeypatch: pytest.MonkeyPatch, field: str, value: str) -> None:
    monkeypatch.setenv(variable_name(field), value)
    with pytest.raises(SettingsError, match=rf"{variable_name(field)} .*https://"):
        load_settings()


@pytest.mark.parametrize("value", ["https://hub.example/kontakt", "http://hub.example", "mailto:hub@hub.example"])
def test_usual_links_are_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NETZLOTSE_CONTACT_URL", value)
    assert load_settings().contact_url == value


def test_an_empty_link_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETZLOTSE_CONTACT_URL", "")
    assert load_settings().contact_url is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate_limit_per_minute", "-1"),
        ("rate_limit_per_minute", "viel"),
        ("shipped_knowledge", "vielleicht"),
        ("index_check_seconds", "0"),
        ("sessions", "0"),
    ],
)
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, field: str, value: str) -> None:
    monkeypatch.setenv(variable_name(field), value)
    with pytest.raises(SettingsError, match=variable_name(field)):
        load_settings()


@pytest.mark.parametrize(
    ("shipped", "own", "count"), [("true", True, 2), ("true", False, 1), ("false", True, 1), ("false", False, 0)]
)
def test_the_own_folder_comes_last_so_that_it_overrides(
    monkeypatch: pytest.MonkeyPatch, shipped: str, own: bool, count: int
) -> None:
    monkeypatch.setenv("NETZLOTSE_SHIPPED_KNOWLEDGE", shipped)
    if own:
        monkeypatch.setenv("NETZLOTSE_KNOWLEDGE_DIR", "own")
    folders = load_settings().knowledge_dirs
    assert len(folders) == count
    assert (Path("own") in folders[-1:]) == own


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_says_what_it_means(field: str) -> None:
    assert Settings.model_fields[field].description


def test_the_password_does_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETZLOTSE_ADVISER_PASSWORD", "sehr-geheim")
    assert "sehr-geheim" not in repr(load_settings())
