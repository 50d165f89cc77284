"""What a question costs over the cost of embedding it, in one process and one run.

    python benchmarks/question.py [--rounds 5]

Prints medians in milliseconds and their ratio to embedding the same question alone.
The rounds alternate, so that other work on the machine touches all rows alike.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import httpx
import uvicorn

from assistant.bootstrap import Assistant, build_assistant, refresh_index
from assistant.evaluate import default_file, load_questions
from assistant.pipeline import ask, rank
from assistant.settings import load_settings
from assistant.web.app import build_app
from assistant.web.server import listen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), rate_limit_per_minute=0, global_rate_limit_per_minute=0)
        started = time.perf_counter()
        refresh_index(settings, lambda *_: None)
        first_index = time.perf_counter() - started
        assistant = build_assistant(settings)
        with httpx.Client(base_url=serve(assistant)) as client:
            figures = measure(assistant, client, options.rounds)
    figures["first_index_s"] = round(first_index, 2)
    print(json.dumps(figures, indent=1) if options.json else table(figures))


def measure(assistant: Assistant, client: httpx.Client, rounds: int) -> dict[str, object]:
    """Medians and 95th percentiles of each way over all single questions."""
    questions = [one.question for one in load_questions(default_file()) if not one.history and one.answerable]
    ways: dict[str, Callable[[str], object]] = {
        "embed": assistant.encoder.encode_query,
        "retrieve": lambda question: rank(assistant, question),
        "answer": lambda question: ask(assistant, question),
        "post_api_chat": lambda question: client.post("/api/chat", json={"question": question}),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for question in questions:
            for name, way in ways.items():
                started = time.perf_counter()
                way(question)
                if number:  # the first round warms dictionaries and caches
                    times[name].append((time.perf_counter() - started) * 1000)
    floor = median(times["embed"])
    return {
        name: {
            "p50_ms": round(median(values), 2),
            "p95_ms": round(quantiles(values, n=20)[-1], 2),
            "ratio": round(median(values) / floor, 2),
        }
        for name, values in times.items()
    }


def serve(assistant: Assistant) -> str:
    """The application on a free port, in a thread of this process."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(build_app(assistant), log_level="warning", access_log=False))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def table(figures: dict[str, object]) -> str:
    """The figures as text."""
    lines = [f"{'':<14} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>6}"]
    for name, row in figures.items():
        if isinstance(row, dict):
            lines.append(f"{name:<14} {row['p50_ms']:>8} {row['p95_ms']:>8} {row['ratio']:>6}")
        else:
            lines.append(f"{name:<14} {row}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
