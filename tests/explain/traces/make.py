"""Makes the traces here: runs `throws.js` in Chromium, Firefox and Node.js.

Usage: python -m tests.explain.traces.make (needs chromium, firefox-esr and node).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.explain.traces import HERE

TIMEOUT = 90.0
PAGE = b"""<!doctype html><script src="/static/throws.js?v=1"></script><script>
collected.then((traces) => fetch("/done", { method: "POST", body: JSON.stringify(traces) }))
</script>"""
NODE = "import(process.argv[1]).then(() => collected).then((t) => console.log(JSON.stringify(t)))"
BROWSERS = {
    "chromium": ["chromium", "--headless=new", "--no-sandbox", "--user-data-dir=FOLDER", "URL"],
    "firefox": ["firefox-esr", "--headless", "--no-remote", "--profile", "FOLDER", "URL"],
}


class Page(BaseHTTPRequestHandler):
    """Serves the page and its script, and takes what they found."""

    done = threading.Event()
    found: object = None

    def do_GET(self) -> None:
        self.send_response(200)
        is_script = self.path.startswith("/static/throws.js")
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.end_headers()
        self.wfile.write((HERE / "throws.js").read_bytes() if is_script else PAGE)

    def do_POST(self) -> None:
        Page.found = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        Page.done.set()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


def main() -> None:
    """Write a file of traces for each engine."""
    run_node()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}/"
    for engine, command in BROWSERS.items():
        browse(command, origin)
        write(engine, Page.found, origin, "https://shop.example/")
    server.shutdown()


def run_node() -> None:
    """Run the script as a module in a folder with a space."""
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder, "my app", "static", "throws.mjs")
        module.parent.mkdir(parents=True)
        module.write_bytes((HERE / "throws.js").read_bytes())
        command = ["node", "-e", NODE, module.as_uri()]
        done = subprocess.run(command, check=True, timeout=TIMEOUT, capture_output=True)
        write("node", json.loads(done.stdout), Path(folder).as_uri(), "file:///srv")


def browse(command: list[str], url: str) -> None:
    """Open the page in a browser, until it has sent its traces."""
    Page.done.clear()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        words = [word.replace("FOLDER", folder).replace("URL", url) for word in command]
        browser = subprocess.Popen(
            words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": folder},
            start_new_session=True,
        )
        try:
            if not Page.done.wait(TIMEOUT):
                raise SystemExit(f"{command[0]} sent no traces")
        finally:
            os.killpg(browser.pid, signal.SIGTERM)
            browser.wait(TIMEOUT)


def write(engine: str, found: object, origin: str, shown: str) -> None:
    """Write the traces, with addresses that say nothing of the machine."""
    text = json.dumps(found, indent=1).replace(origin, shown)
    (HERE / f"{engine}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
