"""A real Chromium that opens pages from the disk, cut off from any network.

The browser is Debian's package or whatever the system has; without one the tests that need it are
skipped and say so, and fail where `CI` is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MISSING = "Chromium is not installed (apt-get install chromium): no page was opened in a browser."


@dataclass
class Opened:
    """A page in the browser.

    Attributes:
        page: The page itself.
        requests: Every address that it asked for.
        complaints: What its console and scripts complained about.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None and os.environ.get("CI"):
        pytest.fail(_MISSING)
    if path is None:
        pytest.skip(_MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, *, width: int = 1280, **context: Any) -> Iterator[Opened]:
    """Open a file in a window of its own, offline.

    Args:
        browser: The browser.
        path: The file.
        width: Of the window, in pixels.
        context: More of how it is opened, such as `color_scheme`.
    """
    size = {"width": width, "height": 900}
    with browser.new_context(offline=True, viewport=size, **context) as window:  # type: ignore[arg-type]
        found = Opened(window.new_page())
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.goto(path.as_uri())
        yield found
