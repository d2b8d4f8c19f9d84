"""Integrity hashes in pages, manifests and import maps follow the content of the scripts."""

from __future__ import annotations

import base64
import hashlib

import pytest

from hatch_sentry_artifacts.assets.rewriting.integrity import recompute_integrity
from hatch_sentry_artifacts.errors import DistributionError

OLD, NEW, SAME = b"old()>>?", b"new()", b"same()"
CHANGED = [("app.js", OLD, NEW)]


def sri(content: bytes, algorithm: str = "sha384") -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a/index.html", '<script src="app.js" integrity="{}" crossorigin></script>'),
        ("a/index.html", "<script integrity='sha1-x {} sha384-short'>"),
        ("manifest.json", '{{"app.js": {{"file": "app.js", "integrity": "{}"}}}}'),
        ("page.j2", '<script type="importmap">{{"integrity":{{"/app.js":"{}"}}}}</script>'),
        ("app.webmanifest", "{}?option"),
    ],
)
def test_the_hash_of_a_changed_file_is_recomputed(path: str, text: str, algorithm: str) -> None:
    texts = {path: (text.format(sri(OLD, algorithm)) + sri(SAME)).encode()}
    expected = text.format(sri(NEW, algorithm)) + sri(SAME)
    assert recompute_integrity(CHANGED, texts) == {path: expected.encode()}


def test_escapes_of_json_and_html_are_understood() -> None:
    old = next(  # one with all characters that are ever escaped
        each
        for each in (b"%d" % number for number in range(10_000))
        if all(character in sri(each, "sha256") for character in "+/=")
    )
    plain = sri(old, "sha256")
    texts = {
        "a.json": plain.replace("/", "\\/").encode(),
        "b.html": plain.replace("+", "&#43;").replace("/", "&#x2F;").replace("=", "&#61;").encode(),
        "c.html": plain.replace("+", "-").replace("/", "_").rstrip("=").encode(),
    }
    new = sri(NEW, "sha256").encode()
    assert recompute_integrity([("app.js", old, NEW)], texts) == {
        "a.json": new.replace(b"/", b"\\/"),
        "b.html": new,
        "c.html": new,
    }


def test_what_holds_no_such_hash_is_left_alone() -> None:
    texts = {
        "index.html": sri(SAME).encode(),
        "old.txt": sri(OLD).encode(),
        "image.png": b"\x89PNG\xff",
        "app.js": OLD,
    }
    assert recompute_integrity(CHANGED, texts) == {}


def test_a_script_that_checks_others_is_refused() -> None:
    texts = {"runtime.js": f'var hashes={{1:"{sri(OLD)}"}}'.encode()}
    with pytest.raises(DistributionError, match=r"runtime\.js holds the integrity hash of app\.js"):
        recompute_integrity(CHANGED, texts)
