"""Origins of websites (``scheme://host[:port]``): checked when set, compared as a browser compares them."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origin(value: str) -> str:
    """An origin in the form that browsers send; ``ValueError`` (German) for everything else."""
    parts = _split(value)
    if parts is None or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(_unfit(value))
    host = _ascii(parts.hostname or "")
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host):  # numeric IPv6 has no place in a CSP
        raise ValueError(_unfit(value))
    if host.startswith("*.") and "." not in host[2:]:
        raise ValueError(f"„{value}“ ließe fremde Websites zu; nach „*.“ gehört ein ganzer Name wie example.de")
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_allowed(origin: str, allowed: Collection[str]) -> bool:
    """Whether an origin is on the list; ``https://*.example.de`` stands for all names below, not for itself."""
    return any(origin == pattern or _below(origin, pattern) for pattern in allowed)


def _below(origin: str, pattern: str) -> bool:
    scheme, star, rest = pattern.partition("://*.")
    return bool(star) and origin.startswith(f"{scheme}://") and origin.endswith(f".{rest}")


def _split(value: str) -> SplitResult | None:
    """The parts of an address; a port that is no port makes it none."""
    try:
        parts = urlsplit(value.strip())
        _ = parts.port
    except ValueError:
        return None
    return None if re.search(r"[\s;,'\"\\]", value.strip()) else parts


def _ascii(host: str) -> str:
    """Names with umlauts as browsers send them."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""


def _unfit(value: str) -> str:
    return (
        f"„{value}“ ist keine Herkunft; erwartet wird Schema und Name ohne Pfad, "
        "zum Beispiel https://www.hub.example oder https://*.hub.example"
    )
