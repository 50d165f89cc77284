"""Who may enter the adviser area: with a password over HTTP Basic, without one only people at this machine."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import Scope

from assistant.core.settings import Settings
from assistant.web.errors import NOT_FOUND, HTTPRefusal
from assistant.web.security.client_address import FORWARDING, AddressHasher, apply_forwarded_headers

PROTECTED = re.compile(r"/berater(?:/.*)?|/api/(?:match|briefing)(?:/.*)?")
ATTEMPTS = 5
LOCKED_SECONDS = 15 * 60
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Netzlotse Beratung", charset="UTF-8"'}


@dataclass(slots=True)
class AdviserAuth:
    """Checks every request to the adviser area; ``loopback`` says whether the server listens on this machine only."""

    settings: Settings
    loopback: bool
    _failures: dict[bytes, list[float]] = field(default_factory=dict)
    _visitors: AddressHasher = field(default_factory=AddressHasher)

    def __call__(self, scope: Scope) -> None:
        """Let the request through or raise ``HTTPRefusal``."""
        if not PROTECTED.fullmatch(scope["path"]):
            return
        headers = Headers(scope=scope)
        password = self.settings.adviser_password
        if password is None or not password.get_secret_value():
            if not (self.loopback and is_local(scope, headers)):
                raise HTTPRefusal(404, "not_found", NOT_FOUND)
            return
        visitor = self._visitors.hash_of(apply_forwarded_headers(scope, self.settings.trusted_proxies))
        self._check_password(headers, visitor, password.get_secret_value())

    def _check_password(self, headers: Headers, address: bytes, password: str) -> None:
        recent = [at for at in self._failures.get(address, []) if at > time.monotonic() - LOCKED_SECONDS]
        if len(recent) >= ATTEMPTS:
            wait = round(recent[-1] + LOCKED_SECONDS - time.monotonic())
            message = f"Zu viele Fehlversuche. Bitte versuchen Sie es in {wait // 60 + 1} Minuten wieder."
            raise HTTPRefusal(429, "locked", message, {"Retry-After": str(max(1, wait))})
        given = read_password(headers)
        if given is not None and secrets.compare_digest(given.encode(), password.encode()):
            self._failures.pop(address, None)
            return
        if given is not None:
            self._remember(address, recent)
        raise HTTPRefusal(401, "unauthorized", "Der Beraterbereich braucht ein Kennwort.", _CHALLENGE)

    def _remember(self, address: bytes, recent: list[float]) -> None:
        now = time.monotonic()
        if len(self._failures) > 10_000:
            self._failures = {one: at for one, at in self._failures.items() if at[-1] > now - LOCKED_SECONDS}
        self._failures[address] = [*recent, now]


def is_local(scope: Scope, headers: Headers) -> bool:
    """A request from this machine to this machine, by its address and name, that nobody forwarded."""
    if any(FORWARDING.fullmatch(name) for name in headers):
        return False
    host = re.sub(r":\d+$", "", headers.get("host", "")).strip("[]")
    return host == "localhost" or (is_loopback(host) and is_loopback((scope.get("client") or ("",))[0]))


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine only."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_password(headers: Headers) -> str | None:
    """The password of HTTP Basic, with any user name; ``None`` when there is none."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
