"""Copies, pages and maps stay true to the scripts of a folder, also when a run is stopped."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.rewriting.staging import Staging
from hatch_sentry_artifacts.cli import main
from tests.assets.debug_ids.support import FILES, MAP, SCRIPT, contents, write
from tests.assets.rewriting.test_integrity import sri


def test_compressed_copies_follow(folder: Path) -> None:
    write(
        folder,
        {
            "js/app.js.gz": gzip.compress(SCRIPT),
            "js/app.js.map.gz": gzip.compress(MAP),
            "app.css.gz": b"untouched",
        },
    )
    assert main(["inject", "static"]) == 0
    after = contents(folder)
    assert gzip.decompress(after["js/app.js.gz"]) == after["js/app.js"]
    assert gzip.decompress(after["js/app.js.map.gz"]) == after["js/app.js.map"]
    assert after["app.css.gz"] == b"untouched"
    # As if a run had been stopped before the copy.
    write(folder, {"js/app.js.gz": gzip.compress(SCRIPT)})
    assert main(["inject", "static"]) == 0
    assert contents(folder) == after


def test_integrity_hashes_and_their_pages_copies_follow(folder: Path) -> None:
    page = f'<script src="js/app.js" integrity="{sri(SCRIPT)}">'.encode()
    write(folder, {"index.html": page, "index.html.gz": gzip.compress(page)})
    assert main(["inject", "static"]) == 0
    after = contents(folder)
    assert after["index.html"] == page.replace(
        sri(SCRIPT).encode(), sri(after["js/app.js"]).encode()
    )
    assert gzip.decompress(after["index.html.gz"]) == after["index.html"]
    assert main(["inject", "static"]) == 0
    assert contents(folder) == after


def test_a_page_that_was_changed_before_a_run_was_stopped_stays_true(folder: Path) -> None:
    page = f'<script integrity="{sri(SCRIPT)}">'.encode()
    write(folder, {"index.html": page})
    main(["inject", "static"])
    after = contents(folder)
    write(folder, {"js/app.js": SCRIPT, "js/app.js.map": MAP})
    assert main(["inject", "static"]) == 0
    assert contents(folder) == after


def test_a_script_that_checks_others_is_refused_before_anything_changes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"js/loader.js": f'load("app.js","{sri(SCRIPT)}")'.encode()})
    before = contents(folder)
    assert main(["inject", "static"]) == 2
    assert contents(folder) == before
    assert "js/loader.js holds the integrity hash of static/js/app.js" in capsys.readouterr().err


def test_a_run_that_is_stopped_anywhere_is_finished_by_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f'<script integrity="{sri(SCRIPT)}">'.encode()
    files = {**FILES, "js/app.js.gz": gzip.compress(SCRIPT), "index.html": page}
    write(folder, files)
    main(["inject", "static"])
    done = contents(folder)
    commit = Staging.commit
    for stop in range(8):
        write(folder, files)
        left = [None] * stop

        def stopping(self: Staging, path: str, left: list[None] = left) -> None:
            if not left:
                raise KeyboardInterrupt
            left.pop()
            commit(self, path)

        with monkeypatch.context() as patched:
            patched.setattr(Staging, "commit", stopping)
            main(["inject", "static"])
        assert set(contents(folder)) == set(done)
        assert main(["inject", "static"]) == 0
        assert contents(folder) == done


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("tenths", range(2, 10))
def test_a_run_that_is_killed_is_finished_by_another(folder: Path, tenths: int) -> None:
    files: dict[str, bytes] = {}
    for number in range(300):
        reference = b"\n//# sourceMappingURL=%d.js.map\n" % number
        files[f"js/{number}.js"] = b"a(%d);" % number * 5000 + reference
        files[f"js/{number}.js.map"] = MAP[:-1] + b',"x":"' + b"x" * 50_000 + b'"}'
    write(folder, files)
    command = [sys.executable, "-m", "hatch_sentry_artifacts", "inject", "static"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(tenths / 10)  # wherever that is
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert main(["inject", "static"]) == 0
    after = contents(folder)
    assert set(after) == {*FILES, *files}
    for number in range(300):
        script, source_map = files[f"js/{number}.js"], files[f"js/{number}.js.map"]
        injected = inject(script, source_map)
        assert after[f"js/{number}.js"] == injected.script
        assert after[f"js/{number}.js.map"] == injected.source_map
