"""Security headers: the same strict ones on every page, and what single paths need differently."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders

from assistant.core.settings import Settings

LASTING = re.compile(r"/embed/|/widget[^/]*\.js$")
FILES = re.compile(r"(?:/en)?/(?:assets|static)/")
ADVISER = re.compile(r"/berater.*|/api/(?:match|briefing)")
_OURS = ("access-control-allow-origin", "set-cookie", "server")
_UNUSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone",
    "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_A_YEAR = "max-age=31536000"


def set_headers(headers: MutableHeaders, path: str, settings: Settings, *, secure: bool) -> None:
    """Set what every reply carries; headers of inner layers that open something are taken away."""
    for name in [name for name in headers if name.startswith("access-control-") or name in _OURS]:
        del headers[name]
    for name, value in ({"Content-Security-Policy": content_policy()} | COMMON | frame_headers(path, settings)).items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = _A_YEAR
    if LASTING.match(path):
        headers.setdefault("Cache-Control", "no-store")
    elif not FILES.match(path):
        headers["Cache-Control"] = "no-store"


def content_policy(ancestors: Iterable[str] = ()) -> str:
    """The content security policy of a page that this host and ``ancestors`` may put into a frame."""
    own_and_others = ("'self'", *ancestors)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'self'; "
        f"form-action 'self'; frame-ancestors {' '.join(own_and_others)}"
    )


def frame_headers(path: str, settings: Settings) -> dict[str, str]:
    """What other websites may: frame the embeddable page if allowed, load the widget's script; never the adviser area.

    The frame also fits into pages that isolate themselves (COEP), because it does so, too.
    """
    if path == "/embed":
        return {
            "Content-Security-Policy": content_policy(settings.allowed_origins),
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    if ADVISER.fullmatch(path):
        policy = content_policy().replace("frame-ancestors 'self'", "frame-ancestors 'none'")
        return {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    if re.fullmatch(r"/widget[^/]*\.js", path):
        return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return {}
