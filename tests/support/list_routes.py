"""What the application consists of, printed as JSON: ``list_routes.py DATA_DIR``.

A process of its own, because Gradio opens event loops that it never closes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.bootstrap import build_assistant
from assistant.core.settings import load_settings
from assistant.web.app import build_app


def routes(holder: Any, prefix: str = "") -> Iterator[str]:
    """Addresses of all routes below an app or router, those of mounted apps and included routers too."""
    for route in holder.routes:
        inner = getattr(route, "app", None)
        if included := getattr(route, "original_router", None):
            yield from routes(included, prefix)
        elif inner is not None and hasattr(inner, "routes"):
            yield from routes(inner, prefix + route.path)
        elif hasattr(route, "path"):
            yield prefix + route.path
        else:
            raise AssertionError(f"a route of a new sort: {route!r}")


def main() -> None:
    app: Any = build_app(build_assistant(load_settings(data_dir=Path(sys.argv[1]))))
    while not hasattr(app, "routes"):  # the layers in front
        app = app._app
    pages = [route.app.blocks for route in app.routes if hasattr(getattr(route, "app", None), "blocks")]
    checks = [[page.has_launched, page.allowed_paths, page.max_file_size, page.run_history] for page in pages]
    print(json.dumps({"routes": sorted(set(routes(app))), "checks": checks}))


if __name__ == "__main__":
    main()
