"""Every route of the application and of both Gradio apps inside, tried through a real server, against a list."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.paths import DATA, ROOT, SCRIPTS

GOLDEN = DATA / "reachable.txt"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND")
CLOSED = (404, 405)
# What stands for a variable part of an address: something that exists, so that a 404 can only come from the door.
EXISTING = {
    "source_id": "zim-kooperationsprojekte",
    "session_hash": "abcdefgh12",
    "size": "192",
    "key": "x",
}


@pytest.fixture(scope="module")
def application(shipped_data: Path) -> Any:
    """Routes of the whole application, and how Gradio's own checks are set."""
    script = SCRIPTS / "list_routes.py"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(shipped_data)]
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def concrete(path: str, server: str) -> str:
    """A path with existing things in place of its variables."""
    version, script, style = existing_files(server)
    if path.endswith("/embed/{version}/{name}"):
        return path.format(version=version, name="embed.js")
    if path == "/widget-{version}.js":
        return "/widget.js"
    files = {"/assets/": script, "/static/": "img/logo.svg", "/svelte/": style}
    for folder, name in files.items():
        path = path.replace(folder + "{path:path}", folder + name)
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: EXISTING.get(found[1], "x"), path)


def existing_files(server: str) -> tuple[str, str, str]:
    embed, page = (httpx.get(server + path).text for path in ("/embed", "/"))
    version = re.search(r"embed/([0-9a-f]{12})/", embed)
    script, style = re.search(r"assets/([\w-]+\.js)", page), re.search(r"assets/([\w-]+\.css)", page)
    assert version
    assert script
    assert style
    return version[1], script[1], style[1]


def is_open(client: httpx.Client, method: str, address: str) -> bool:
    """Whether anything but "not here" comes back; streams are not waited for."""
    with client.stream(method, address, headers={"content-length": "0"} if method == "POST" else {}) as reply:
        return reply.status_code not in CLOSED


def addresses(application: Any, server: str) -> list[str]:
    return sorted({concrete(path or "/", server) for path in application["routes"]} | {"/static/chat.js"})


def test_the_walk_finds_the_routes_of_both_gradio_apps(application: Any) -> None:
    paths = """upload proxy={url_path:path} file={path_or_url:path} run/{api_name} call/{api_name} queue/join queue/data
    component_server deep_link reset cancel""".split()
    for prefix in ("", "/en"):
        assert {f"{prefix}/gradio_api/{path}" for path in paths} <= set(application["routes"])
        assert {f"{prefix}/{path}" for path in ("config", "monitoring", "login")} <= set(application["routes"])


def test_gradios_own_checks_are_on(application: Any) -> None:
    """Behind the door, too: a mounted app looks at paths in client data only when it counts as launched."""
    assert application["checks"] == [[True, [], 1024, False]] * 2


def test_only_what_the_pages_use_is_reachable(application: Any, server: str) -> None:
    version = existing_files(server)[0]
    reachable = []
    with httpx.Client(timeout=20) as client:
        for address in addresses(application, server):
            opened = [method for method in METHODS if is_open(client, method, server + address)]
            if opened:
                shown = re.sub(r"assets/[\w-]+\.(js|css)", r"assets/*.\1", address.replace(version, "*"))
                reachable.append(f"{shown} {' '.join(opened)}")
    assert "\n".join(sorted(set(reachable))) == GOLDEN.read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize(
    "name",
    [
        "gradio_api/upload", "gradio_api/upload_progress", "gradio_api/file=/etc/passwd", "gradio_api/deep_link",
        "gradio_api/proxy=http://example.org", "gradio_api/reset", "gradio_api/cancel", "gradio_api/component_server",
        "gradio_api/component_server/", "gradio_api/run/predict", "gradio_api/call/respond", "gradio_api/queue/status",
        "gradio_api/app_id", "gradio_api/stream/a/b/c/playlist.m3u8", "gradio_api/process_recording", "monitoring",
        "monitoring/summary", "login", "logout", "openapi.json", "docs", "redoc", "pwa_icon", "mcp",
        "gradio_api/mcp/sse",
        "gradio_api/vibe-code", "gradio_api/dev/reload", "gradio_api/runs", "gradio_api/openapi.json",
        "custom_component/x",
    ],
)  # fmt: skip
def test_what_gradio_offers_beyond_that_is_closed(server: str, language: str, name: str) -> None:
    for method in ("GET", "POST", "HEAD", "DELETE"):
        assert httpx.request(method, f"{server}{language}/{name}").status_code in CLOSED, method
