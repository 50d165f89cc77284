"""Whether the addresses that sources cite still answer; run on demand only, never by the tests against the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from assistant.core.models import Document

_SOFT_404 = re.compile(
    r"<title>[^<]*(?:404|nicht gefunden|not found|seite existiert nicht|fehlerseite)|page not found", re.I
)
_READ_CHARACTERS = 50_000
_AT_ONCE = 8
_SECONDS = 15.0


def check_links(documents: Iterable[Document], report: Callable[[int, int], None]) -> Iterator[tuple[str, str]]:
    """Pairs of source id and problem for every address that fails; ``report(done, total)`` on the way."""
    citing: dict[str, list[str]] = {}
    for document in documents:
        for address in filter(None, (document.source.url, *document.source.evidence)):
            citing.setdefault(address, []).append(document.source.id)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, (address, problem) in enumerate(zip(citing, pool.map(link_problem, citing), strict=True), start=1):
            report(done, len(citing))
            if problem:
                yield ", ".join(citing[address]), f"{address}: {problem}"


def link_problem(address: str) -> str:
    """Empty when the page answers; else what is wrong, also for pages that say 404 with status 200."""
    import httpx

    try:
        reply = httpx.get(
            address, follow_redirects=True, timeout=_SECONDS, headers={"user-agent": "Netzlotse link check"}
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"nicht erreichbar ({type(error).__name__})"
    if reply.status_code >= 400:
        return f"antwortet mit {reply.status_code}"
    if _SOFT_404.search(reply.text[:_READ_CHARACTERS]):
        return "die Seite meldet „nicht gefunden“"
    if _is_home(str(reply.url)) and not _is_home(address):
        return "leitet auf die Startseite um"
    return ""


def _is_home(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path.strip("/") in ("", "de", "en", "index.html") and not parts.query
