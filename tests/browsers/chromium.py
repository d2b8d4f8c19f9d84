"""Chromium without a window, over its DevTools protocol; it reaches this machine alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .protocol import Connection

_OPTIONS = (
    "--headless",
    "--remote-debugging-port=0",
    # It opens pages of the tests alone, often as root, in whose name it has no sandbox.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Chromium:
    """A Chromium that runs."""

    name = "chromium"

    def __init__(self, program: str, folder: Path, environment: Mapping[str, str]) -> None:
        command = [program, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
        self._connection = Connection.start(command, **environment)
        self._connection.on_event = self._take
        self._scripts: dict[str, list[str]] = {}

    def open(self, url: str, beforehand: str = "") -> ChromiumPage:
        """Open a page, in each frame of which the script `beforehand` runs first."""
        ask = self._connection.ask
        target = ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        scripts = self._scripts.setdefault(session, [])
        page = ChromiumPage(self._connection, target, session, scripts)
        page.ask("Debugger.enable")
        page.ask("Page.enable")
        page.ask("Page.addScriptToEvaluateOnNewDocument", source=beforehand)
        page.ask("Page.navigate", url=url)
        return page

    def close(self) -> None:
        """End the browser."""
        self._connection.end()

    def _take(self, event: dict[str, Any]) -> None:
        if event["method"] == "Debugger.scriptParsed":
            self._scripts.setdefault(event["sessionId"], []).append(event["params"]["url"])


class ChromiumPage:
    """A page; `scripts` are the URLs by which V8 reports what runs in it."""

    def __init__(
        self, connection: Connection, target: str, session: str, scripts: list[str]
    ) -> None:
        self._connection = connection
        self._target = target
        self._session = session
        self.scripts = scripts

    def ask(self, method: str, **parameters: object) -> Any:
        """Send a command that is about this page."""
        return self._connection.ask(method, parameters, self._session)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or what its promise gives."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def close(self) -> None:
        """Close the page."""
        self._connection.ask("Target.closeTarget", {"targetId": self._target})
