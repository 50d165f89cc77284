"""One Chromium for all pages that are looked at one after the other; each test gets a context of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """It ends with the package: while it runs, no other test could start an event loop."""
    with chromium() as browser:
        yield browser
