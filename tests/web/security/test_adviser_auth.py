"""Who gets into the adviser area of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.serving import serving

pytestmark = pytest.mark.served

PASSWORD = "Überraschung: sicher"
PROFILE = {"profile": {"land": "Sachsen", "employees": 20}}
AREA = [("GET", "/berater"), ("POST", "/berater"), ("POST", "/berater/profil"), ("POST", "/berater/briefing"),
        ("POST", "/berater/suche"), ("POST", "/api/match"), ("POST", "/api/briefing")]  # fmt: skip


@pytest.fixture(scope="module")
def locked(shipped_data: Path) -> Iterator[str]:
    """A server with a password that listens on all addresses."""
    with serving(shipped_data, host="0.0.0.0", adviser_password=PASSWORD) as address:
        yield address


@pytest.mark.parametrize(("method", "path"), AREA)
def test_nothing_of_the_area_opens_without_the_password(locked: str, method: str, path: str) -> None:
    reply = httpx.request(method, locked + path, json=PROFILE if method == "POST" else None)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Basic ")
    assert reply.json()["error"]["code"] == "unauthorized"


def test_any_user_name_with_the_password_gets_in(locked: str) -> None:
    for name in ("", "beratung"):
        assert httpx.get(f"{locked}/berater", auth=(name, PASSWORD)).status_code == 200
        reply = httpx.post(f"{locked}/api/match", json=PROFILE, auth=(name, PASSWORD))
        assert reply.json()["programmes"]


def test_the_public_pages_stay_open_and_a_person_sees_a_page(locked: str) -> None:
    assert httpx.get(f"{locked}/healthz").status_code == 200
    reply = httpx.get(f"{locked}/berater", headers={"Accept": "text/html"})
    assert reply.headers["content-type"].startswith("text/html")
    assert "Kennwort" in reply.text


def test_the_area_is_never_framed(locked: str, shipped_data: Path) -> None:
    headers = httpx.get(f"{locked}/berater", auth=("", PASSWORD)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_repeated_failures_lock_out_even_with_the_right_password(shipped_data: Path) -> None:
    with serving(shipped_data, adviser_password=PASSWORD) as address:
        for _ in range(5):
            assert httpx.get(f"{address}/berater", auth=("x", "falsch")).status_code == 401
        for password in ("falsch", PASSWORD):
            reply = httpx.get(f"{address}/berater", auth=("x", password))
            assert reply.status_code == 429
            assert int(reply.headers["retry-after"]) > 0
        assert httpx.get(f"{address}/readyz").status_code == 200


@pytest.mark.parametrize("credentials", ["Basic !!!", "Basic", "Bearer x", "Basic " + "A" * 4000])
def test_broken_credentials_are_refused(locked: str, credentials: str) -> None:
    assert httpx.get(f"{locked}/berater", headers={"Authorization": credentials}).status_code in (401, 429)


@pytest.mark.parametrize(("method", "path"), AREA)
@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}, {"Host": "hub.example"}],
)
def test_without_a_password_only_this_machine_gets_in(
    server: str, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = httpx.request(method, server + path, headers=headers, json=PROFILE if method == "POST" else None)
    assert reply.status_code == 404
    assert httpx.get(f"{server}/berater").status_code == 200


def test_without_a_password_a_server_for_others_has_no_adviser_area(shipped_data: Path) -> None:
    with serving(shipped_data, host="0.0.0.0") as address:
        assert httpx.get(f"{address}/berater").status_code == 404
        assert httpx.post(f"{address}/api/match", json=PROFILE).status_code == 404
