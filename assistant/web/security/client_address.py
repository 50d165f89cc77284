"""Who asks: the visitor's address, behind trusted proxies the one that they name, never kept in plain text."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from starlette.datastructures import Headers
from starlette.types import Scope

FORWARDING = re.compile(
    r"forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-.*|cf-connecting-ip|true-client-ip"
)
_DAY = 24 * 60 * 60
HOST = re.compile(r"[A-Za-z0-9._-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_trusted(address: str, proxies: Sequence[str]) -> bool:
    """Whether an address is that of a trusted proxy, or in a trusted network."""
    parsed = parse_address(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(one, strict=False) for one in proxies)


def parse_address(address: str) -> Address | None:
    """The address without port and zone, IPv4 also where it comes wrapped into IPv6; ``None``: it is none."""
    bare = re.sub(r"^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$", lambda found: found[1] or found[2], address.strip())
    try:
        parsed = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def apply_forwarded_headers(scope: Scope, proxies: Sequence[str]) -> Scope:
    """The request without forwarding headers; those of a trusted proxy first set address, scheme and host."""
    headers = Headers(scope=scope)
    plain = [
        (name, value) for name, value in scope["headers"] if not FORWARDING.fullmatch(name.decode("latin-1").lower())
    ]
    peer = (scope.get("client") or ("", 0))[0]
    if not is_trusted(peer, proxies):
        return {**scope, "headers": plain}
    scheme, host = (_last(headers, f"x-forwarded-{name}") for name in ("proto", "host"))
    if host and HOST.fullmatch(host):
        plain = [(name, value) for name, value in plain if name != b"host"] + [(b"host", host.encode())]
    return {
        **scope,
        "headers": plain,
        "scheme": scheme if scheme in ("http", "https") else scope["scheme"],
        "client": (_visitor(headers, proxies) or peer, 0),
    }


def _last(headers: Headers, name: str) -> str:
    """What the nearest proxy said; earlier entries may be the visitor's own invention."""
    return headers.getlist(name)[-1].rpartition(",")[2].strip() if name in headers else ""


def _visitor(headers: Headers, proxies: Sequence[str]) -> str:
    """The last address in ``X-Forwarded-For`` that is no trusted proxy."""
    forwarded = ",".join(headers.getlist("x-forwarded-for")).split(",")
    for one in reversed(forwarded):
        address = parse_address(one)
        if address is None:
            return ""
        if not is_trusted(str(address), proxies):
            return str(address)
    return ""


@dataclass(slots=True)
class AddressHasher:
    """Makes addresses countable without keeping them: hashed with a key of this process that changes every day."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _until: float = field(default_factory=lambda: time.monotonic() + _DAY)

    def hash_of(self, scope: Scope) -> bytes:
        """What stands for the visitor of a request; all addresses of an IPv6 network of 64 bits share one."""
        if time.monotonic() > self._until:
            self._key, self._until = secrets.token_bytes(16), time.monotonic() + _DAY
        address = (scope.get("client") or ("", 0))[0]
        return blake2b(visitor_network(address).encode(), key=self._key, digest_size=16).digest()


def visitor_network(address: str) -> str:
    """What one visitor can change at will counts once: an IPv4 address, an IPv6 network of 64 bits."""
    parsed = parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or address)
