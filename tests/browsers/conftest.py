"""Browsers of this machine, the frameworks, and the front ends: each made once."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.wheelhouse import make_once

from .chromium import Chromium
from .events import EventServer
from .firefox import Firefox
from .protocol import Browser
from .shops import Shop
from .tools import Tools, clean_environment, make_tools

_PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
_KINDS: dict[str, Callable[[str, Path, dict[str, str]], Browser]] = {
    "chromium": Chromium,
    "firefox": Firefox,
}
# Tests of this folder have to run there; read before fixtures hide the variable.
_HAS_TO_RUN = bool(os.environ.get("CI")) and sys.platform == "linux"


@pytest.fixture(scope="session")
def tools(shared: Path) -> Tools:
    if sys.platform == "win32":
        pytest.skip("the environment's programs are called as on Linux and macOS")
    return Tools(make_once(shared / "browsers", make_tools))


@pytest.fixture(scope="module")
def site(shop: Shop, tools: Tools) -> Iterator[str]:
    """Serve the module's `shop`."""
    with shop.served(tools) as url:
        yield url


@pytest.fixture(scope="session")
def start_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Browser]]:
    """Give what starts a browser, or returns the one that runs."""
    folder = tmp_path_factory.mktemp("profiles")
    running: dict[str, Browser] = {}
    with ExitStack() as stack:

        def start(name: str) -> Browser:
            if name not in running:
                arguments = (_program(name), folder / name, clean_environment(folder))
                running[name] = _KINDS[name](*arguments)
                stack.callback(running[name].close)
            return running[name]

        yield start


@pytest.fixture(scope="session")
def event_server() -> Iterator[EventServer]:
    with EventServer() as server:
        yield server


def _program(browser: str) -> str:
    names = _PROGRAMS[browser]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        reason = f"no browser: {' or '.join(names)} is not installed"
        if _HAS_TO_RUN:
            pytest.fail(f"{reason}, and where CI is set these tests have to run")
        pytest.skip(reason)
    return found
