"""Integrity hashes in any text follow the content of scripts and maps that change."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest

from hatch_sentry_artifacts.assets.rewriting.injection import inject_files
from hatch_sentry_artifacts.assets.rewriting.shipment import prepare_shipment
from hatch_sentry_artifacts.errors import DistributionError
from tests.assets.debug_ids.support import MAP, SCRIPT, write

ALGORITHMS = ["sha256", "sha384", "sha512"]
SAME = b"same()"


def sri(content: bytes, algorithm: str = "sha384") -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def for_urls(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def injected(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all files after an injection into `app.js` and its map."""
    write(folder, {"app.js": SCRIPT, "app.js.map": MAP, **files})
    sources = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    inject_files(sources, ["app.js", "app.js.map"])
    return {path: file.read_bytes() for path, file in sources.items()}


def stripped(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all files that are shipped without the map."""
    write(folder / "p", {"app.js": SCRIPT, "app.js.map": MAP, **files})
    sources = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    shipment = prepare_shipment(
        sources,
        folder / "changed",
        include=["*.js", "*.map"],
        exclude=[],
        paths=None,
        inject=False,
        strip=True,
    )
    shipped = {**sources, **shipment.changed}
    return {path.removeprefix("p/"): file.read_bytes() for path, file in shipped.items()}


CHANGES = pytest.mark.parametrize("change", [injected, stripped])
Change = Callable[[Path, Mapping[str, bytes]], Mapping[str, bytes]]


@CHANGES
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("index.html", '<script src="app.js" integrity="{}" crossorigin></script>'),
        ("page.html", "<script integrity='sha1-x {} sha384-short'>"),
        ("page.jinja", "{{{{ x }}}}{}"),
        ("page.djhtml", "{}"),
        ("manifest.json", '{{"app.js": {{"file": "app.js", "integrity": "{}"}}}}'),
        ("pages.py", 'INTEGRITY = "{}"'),
        ("assets.yaml", "till: {}"),
        ("mail.txt", "{}"),
        ("app.webmanifest", "{}?option"),
    ],
)
def test_the_hash_of_a_changed_file_is_made_again(
    tmp_path: Path, change: Change, path: str, text: str, algorithm: str
) -> None:
    after = change(tmp_path, {path: f"{text.format(sri(SCRIPT, algorithm))} {sri(SAME)}".encode()})
    assert after["app.js"] != SCRIPT
    expected = text.format(sri(after["app.js"], algorithm))
    assert after[path].decode() == f"{expected} {sri(SAME)}"


@CHANGES
def test_other_ways_to_write_a_hash_are_understood(tmp_path: Path, change: Change) -> None:
    plain = sri(SCRIPT, "sha256")
    assert "/" in plain
    texts = {
        "a.json": plain.replace("/", "\\/"),
        "c.html": plain.replace("+", "-").replace("/", "_").rstrip("="),
        "c.txt": plain.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        "c.yaml": plain.replace("sha256", "SHA256").rstrip("="),
        "RECORD": "app.js,sha256=" + for_urls(SCRIPT) + ",9",
        "two.html": f"{plain} {sri(SCRIPT, 'sha512')}?x {sri(SAME)}",
        "d.toml": 'hash = "' + plain.partition("-")[2] + '"',
        "e.lock": "app.js sha256:" + hashlib.sha256(SCRIPT).hexdigest(),
        "f.lock": "app.js " + hashlib.sha384(SCRIPT).hexdigest().upper(),
        "g.lock": "app.js --hash=" + hashlib.sha512(SCRIPT).hexdigest(),
    }
    after = change(tmp_path, {path: text.encode() for path, text in texts.items()})
    new = sri(after["app.js"], "sha256")
    assert {path: after[path].decode() for path in texts} == {
        "a.json": new.replace("/", "\\/"),
        "c.html": new.replace("+", "-").replace("/", "_").rstrip("="),
        "c.txt": new.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        "c.yaml": new.replace("sha256", "SHA256").rstrip("="),
        "RECORD": "app.js,sha256=" + for_urls(after["app.js"]) + ",9",
        "two.html": f"{new} {sri(after['app.js'], 'sha512')}?x {sri(SAME)}",
        "d.toml": 'hash = "' + new.partition("-")[2] + '"',
        "e.lock": "app.js sha256:" + hashlib.sha256(after["app.js"]).hexdigest(),
        "f.lock": "app.js " + hashlib.sha384(after["app.js"]).hexdigest().upper(),
        "g.lock": "app.js --hash=" + hashlib.sha512(after["app.js"]).hexdigest(),
    }


@CHANGES
def test_compressed_pages_follow_with_and_without_their_originals(
    tmp_path: Path, change: Change
) -> None:
    page = sri(SCRIPT).encode()
    files = {"a.html": page, "a.html.gz": gzip.compress(page), "b.html.gz": gzip.compress(page)}
    after = change(tmp_path, files)
    new = sri(after["app.js"]).encode()
    assert after["a.html"] == new
    assert gzip.decompress(after["a.html.gz"]) == new
    assert gzip.decompress(after["b.html.gz"]) == new


def test_the_hash_of_a_map_that_changes_follows_too(tmp_path: Path) -> None:
    after = injected(tmp_path, {"manifest.json": sri(MAP).encode()})
    assert after["app.js.map"] != MAP
    assert after["manifest.json"] == sri(after["app.js.map"]).encode()


@CHANGES
def test_what_holds_no_such_hash_is_left_alone(tmp_path: Path, change: Change) -> None:
    files = {"index.html": sri(SAME).encode(), "image.png": b"\x89PNG\xff\0", "x.gz": b"\x1f\x8b"}
    after = change(tmp_path, files)
    assert {path: after[path] for path in files} == files


@CHANGES
@pytest.mark.parametrize("name", ["runtime.js", "ignored.mjs"])
def test_a_script_that_checks_others_is_refused(tmp_path: Path, change: Change, name: str) -> None:
    with pytest.raises(DistributionError, match=rf"{name} holds the integrity hash of .*app\.js"):
        change(tmp_path, {name: f'var hashes={{1:"{sri(SCRIPT)}"}}'.encode()})


@CHANGES
def test_what_is_no_text_but_holds_a_hash_is_refused(tmp_path: Path, change: Change) -> None:
    with pytest.raises(DistributionError, match=r"pages\.pyc is no text"):
        change(tmp_path, {"pages.pyc": b"\0\0" + sri(SCRIPT).encode()})


@CHANGES
def test_a_page_in_utf_16_that_holds_a_hash_is_refused(tmp_path: Path, change: Change) -> None:
    with pytest.raises(DistributionError, match=r"page\.html is no text in UTF-8"):
        change(tmp_path, {"page.html": sri(SCRIPT).encode("utf-16")})


@CHANGES
def test_a_file_that_is_called_like_its_hash_keeps_its_name(tmp_path: Path, change: Change) -> None:
    page = f'<script src="app.{hashlib.sha256(SCRIPT).hexdigest()}.js">'.encode()
    assert change(tmp_path, {"page.html": page})["page.html"] == page


@CHANGES
@pytest.mark.parametrize(
    ("spellings", "plain"),
    [
        ({"+": "&#43;", "/": "&#x2F;", "=": "&#61;"}, html.unescape),
        ({"+": "&plus;", "/": "&sol;", "=": "&equals;"}, html.unescape),
        ({"+": "\\u002b", "/": "\\/", "=": "\\u003D"}, lambda text: json.loads(f'"{text}"')),
        ({"+": "%2B", "/": "%2F", "=": "%3D"}, unquote),
    ],
)
def test_escaped_hashes_stay_escaped(
    tmp_path: Path, change: Change, spellings: dict[str, str], plain: Callable[[str], str]
) -> None:
    text = "".join(spellings.get(each, each) for each in sri(SCRIPT, "sha512"))
    after = change(tmp_path, {"page": text.encode()})
    new = after["page"].decode()
    assert plain(new) == sri(after["app.js"], "sha512")
    assert new.endswith(2 * spellings["="])
