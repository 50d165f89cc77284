"""Scripts and styles of the widget: read once, compressed once, addressed by their content."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from assistant.web.resources import STATIC

FOLDER = STATIC / "embed"
WIDGET = "widget.js"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    compressed: bytes
    media_type: str

    @property
    def version(self) -> str:
        """Twelve digits that change with the content."""
        return sha256(self.body).hexdigest()[:12]

    @property
    def integrity(self) -> str:
        """Value of an ``integrity`` attribute."""
        return "sha384-" + b64encode(sha384(self.body).digest()).decode()


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, and the version of those that the pages load together."""

    files: Mapping[str, Asset]
    version: str


def load_assets(folder: Path = FOLDER) -> Assets:
    """Read and compress the files of a folder."""
    files = {path.name: _load_asset(path) for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
    together = sha256(b"".join(name.encode() + asset.body for name, asset in files.items()))
    return Assets(files, together.hexdigest()[:12])


def send_asset(asset: Asset, request: Request, cache: str) -> Response:
    """A file, compressed when the browser takes it; 304 when the browser has it already."""
    etag = f'W/"{asset.version}"'
    headers = {"Cache-Control": cache, "ETag": etag, "Vary": "Accept-Encoding"}
    if asset.version in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        compressed = headers | {"Content-Encoding": "gzip"}
        return Response(asset.compressed, media_type=asset.media_type, headers=compressed)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def _load_asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), _TYPES[path.suffix])
