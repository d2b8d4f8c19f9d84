"""Firefox without a window, over WebDriver BiDi; it reaches this machine alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .protocol import Connection

# Whatever is not on this machine goes to a proxy that is not there.
_SETTINGS: dict[str, object] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.allow_hijacking_localhost": False,
    "network.dns.disabled": True,
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """A Firefox that runs."""

    name = "firefox"

    def __init__(self, program: str, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        lines = [f'user_pref("{key}", {json.dumps(value)});' for key, value in _SETTINGS.items()]
        (folder / "user.js").write_text("\n".join(lines), "utf-8")
        command = [program, "--headless", "--no-remote", "--profile", str(folder)]
        self._connection = Connection.start(
            [*command, "--remote-debugging-port=0"], "/session", **environment
        )
        self._connection.ask("session.new", {"capabilities": {}})

    def open(self, url: str, beforehand: str = "") -> FirefoxPage:
        """Open a page, in each frame of which the script `beforehand` runs first."""
        ask = self._connection.ask
        context = ask("browsingContext.create", {"type": "tab"})["context"]
        declaration = f"() => {{ {beforehand} }}"
        preload = {"functionDeclaration": declaration, "contexts": [context]}
        ask("script.addPreloadScript", preload)
        ask("browsingContext.navigate", {"context": context, "url": url, "wait": "none"})
        return FirefoxPage(self._connection, context)

    def close(self) -> None:
        """End the browser."""
        self._connection.end()


class FirefoxPage:
    """A page."""

    def __init__(self, connection: Connection, context: str) -> None:
        self._connection = connection
        self._context = context

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or what its promise gives."""
        answer = self._connection.ask(
            "script.evaluate",
            {
                "expression": f"Promise.resolve({expression}).then((it) => JSON.stringify(it))",
                "target": {"context": self._context},
                "awaitPromise": True,
            },
        )
        assert answer["type"] == "success", answer["exceptionDetails"]
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    def close(self) -> None:
        """Close the page."""
        self._connection.ask("browsingContext.close", {"context": self._context})
