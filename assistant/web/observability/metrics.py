"""Metrics for Prometheus: counts and times, nothing about a person or a question."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.types import Scope

from assistant.answering.runtime import AppContext
from assistant.core.errors import IndexUnavailableError
from assistant.core.models import Answer
from assistant.core.settings import LOCAL_METRICS, Settings
from assistant.web.security.adviser_auth import is_local, is_loopback

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self, assistant: AppContext) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._requests = Counter(
            "netzlotse_requests", "Replies by route and HTTP status", ["method", "route", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "netzlotse_request_seconds", "Time to the end of a reply", ["route"], buckets=_SECONDS, registry=registry
        )
        self._answers = Counter(
            "netzlotse_answers", "Answers by outcome", ["status", "mode", "channel"], registry=registry
        )
        self._answer_seconds = Histogram(
            "netzlotse_answer_seconds", "Time to the whole answer", ["mode"], buckets=_SECONDS, registry=registry
        )
        self._refused = Counter(
            "netzlotse_refused", "Requests refused for their number (429) or for load (503)", ["why"], registry=registry
        )
        self.in_progress = Gauge(
            "netzlotse_requests_in_progress", "Replies that have not ended; streams: open chat pages", ["kind"],
            registry=registry,
        )  # fmt: skip
        Gauge("netzlotse_threads", "Threads of the process", registry=registry).set_function(threading.active_count)
        registry.register(_IndexState(assistant))
        ProcessCollector(registry=registry)

    def count_reply(self, method: str, route: str, status: int, seconds: float, *, lasting: bool) -> None:
        """Count a reply; how long a stream was open says nothing about speed."""
        self._requests.labels(method, route, str(status)).inc()
        if not lasting:
            self._request_seconds.labels(route).observe(seconds)
        if status in (429, 503):
            self._refused.labels("rate_limited" if status == 429 else "busy").inc()

    def count_answer(self, answer: Answer, channel: str) -> None:
        """Count an answer or refusal."""
        self._answers.labels(answer.status, answer.mode, channel).inc()
        self._answer_seconds.labels(answer.mode).observe(answer.timings_ms.get("total", 0.0) / 1000)

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self.registry)


class _IndexState(Collector):
    """Age and size of the index that answers come from, read when somebody asks."""

    def __init__(self, assistant: AppContext) -> None:
        self._assistant = assistant

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What the index is like at this moment."""
        try:
            snapshot = self._assistant.live_index.corpus().snapshot
        except IndexUnavailableError:
            yield GaugeMetricFamily("netzlotse_index_ready", "1 when an index is loaded", 0)
            return
        age = time.time() - datetime.fromisoformat(snapshot.manifest.created).timestamp()
        yield GaugeMetricFamily("netzlotse_index_ready", "1 when an index is loaded", 1)
        yield GaugeMetricFamily("netzlotse_index_age_seconds", "Age of the index snapshot in use", age)
        yield GaugeMetricFamily("netzlotse_index_passages", "Passages in the index", len(snapshot.passages))
        yield GaugeMetricFamily("netzlotse_index_documents", "Sources in the index", len(snapshot.sources))


def may_see_metrics(scope: Scope, settings: Settings) -> bool:
    """Whether a request may read the metrics: from this machine, or with the token, as the setting says."""
    wanted = settings.metrics.get_secret_value() if settings.metrics else ""
    if not wanted or scope["method"] not in ("GET", "HEAD"):
        return False
    headers = Headers(scope=scope)
    if wanted == LOCAL_METRICS:
        return is_local(scope, headers) and is_loopback((scope.get("client") or ("",))[0])
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), wanted.encode())
