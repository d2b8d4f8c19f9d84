"""What is uploaded of maps without texts, and what findings say of texts and maps on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Finding
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.original_sources.embedding import open_embedding
from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from tests.assets.debug_ids.support import OTHER_ID, contents, write
from tests.support import make_wheel

STATIC = "shop/static/"
SCRIPT = b"a()\n//# sourceMappingURL=app.js.map\n"


def source_map(*sources: str, more: str = "") -> bytes:
    names = json.dumps(sources)
    return f'{{"version":3,"sources":{names},"names":[],"mappings":"AAAA"{more}}}'.encode()


@dataclass(frozen=True)
class Uploaded:
    """What is uploaded, by path below shop/static; size and sha1 are those of the content."""

    files: dict[str, bytes]
    deflated: set[str]
    findings: list[Finding]

    @property
    def messages(self) -> list[str]:
        return [str(finding).removeprefix(STATIC) for finding in self.findings]


class Shop:
    """A project in whose wheel the folder `web` is `shop/static`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()

    def upload(
        self,
        files: Mapping[str, bytes],
        on_disk: Mapping[str, bytes],
        *,
        embed: bool = True,
        tree: bool = True,
    ) -> Uploaded:
        root = write(self.folder / "project", {**on_disk})
        wheel = make_wheel(self.folder, files={STATIC + path: files[path] for path in files})
        before = (contents(root), wheel.read_bytes())
        places = SourceTree(root, lambda path: root / "web" / path.removeprefix(STATIC))
        found: dict[str, bytes] = {}
        with ExitStack() as stack:
            distribution = stack.enter_context(open_distribution(wheel))
            embedding = stack.enter_context(open_embedding(places if tree else None, wanted=embed))
            collection = collect(distribution, include=["*.js", "*.map"], embedding=embedding)
            for asset in collection.assets:
                with asset.open() as opened:
                    content = opened.read()
                assert (len(content), hashlib.sha1(content).hexdigest()) == (asset.size, asset.sha1)
                found[asset.path.removeprefix(STATIC)] = content
        assert (contents(root), wheel.read_bytes()) == before
        assert not list(self.temporary.iterdir())
        deflated = {each.path.removeprefix(STATIC) for each in collection.assets if each.deflated}
        return Uploaded(found, deflated, list(collection.findings))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    found = Shop(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(found.temporary))
    return found


def test_texts_are_read_from_where_the_map_lies_on_disk_and_only_uploaded(shop: Shop) -> None:
    bare = source_map("../src/a.ts", more=f',"debugId":"{OTHER_ID}"')
    files = {"app.js": SCRIPT, "app.js.map": bare}
    uploaded = shop.upload(files, {"src/a.ts": b"let a", "web/x": b""})

    texts = b'"sources":["../src/a.ts"],"sourcesContent":["let a"]'
    whole = bare.replace(b'"sources":["../src/a.ts"]', texts)
    assert uploaded.files == {"app.js": SCRIPT, "app.js.map": whole}
    assert uploaded.findings == []


def test_maps_that_have_all_texts_are_not_touched(shop: Shop) -> None:
    whole = source_map("../src/a.ts", more=',"sourcesContent":["other"]')
    files = {"app.js": SCRIPT, "app.js.map": whole}
    uploaded = shop.upload(files, {"src/a.ts": b"let a"})

    assert uploaded.files == files
    assert uploaded.deflated == set(files)


def test_a_map_that_nobody_can_read_is_uploaded_as_it_is(shop: Shop) -> None:
    files = {"app.js": SCRIPT, "app.js.map": source_map("a.ts")[:-1]}
    uploaded = shop.upload(files, {"web/a.ts": b"let a"})

    assert uploaded.files == files
    assert [finding.rule for finding in uploaded.findings] == ["bad-map"]


def test_what_is_not_there_is_still_a_finding(shop: Shop) -> None:
    sources = ("../src/a.ts", "../src/b.ts", "../../outside.ts")
    files = {"app.js": SCRIPT, "app.js.map": source_map(*sources)}
    uploaded = shop.upload(files, {"src/a.ts": b"let a", "web/x": b"", "../outside.ts": b"secret"})

    assert json.loads(uploaded.files["app.js.map"])["sourcesContent"] == ["let a", None, None]
    (message,) = uploaded.messages
    assert message == (
        "app.js.map: lacks the text of 2 of 3 sources (../src/b.ts, ../../outside.ts), so that "
        "Sentry cannot show their lines; let the bundler write `sourcesContent`, as no such UTF-8 "
        "file of a source's type (.ts, .vue and others, but not .json) is in the project's folder "
        "[no-sources-content]"
    )


@pytest.mark.parametrize(
    ("on_disk", "offer"),
    [
        (
            {"src/a.ts": b"let a", "src/b.ts": b"\xff", "web/x": b""},
            ', or set `sources-content = "embed"`: 1 of them can be read from the project',
        ),
        ({"web/x": b""}, ""),
    ],
)
def test_embedding_is_offered_where_the_files_are_there(
    shop: Shop, on_disk: dict[str, bytes], offer: str
) -> None:
    files = {"app.js": SCRIPT, "app.js.map": source_map("../src/a.ts", "../src/b.ts")}
    uploaded = shop.upload(files, on_disk, embed=False)

    assert uploaded.files == files
    (message,) = uploaded.messages
    assert message == (
        "app.js.map: lacks the text of 2 of 2 sources (../src/a.ts, ../src/b.ts), so that Sentry "
        f"cannot show their lines; let the bundler write `sourcesContent`{offer} "
        "[no-sources-content]"
    )


def test_a_wheel_alone_has_no_files_to_embed_and_says_so(shop: Shop) -> None:
    files = {"app.js": SCRIPT, "app.js.map": source_map("../src/a.ts")}
    uploaded = shop.upload(files, {"src/a.ts": b"let a"}, tree=False)

    assert uploaded.files == files
    (message,) = uploaded.messages
    assert 'as `sources-content = "embed"` reads files that a finished wheel is without' in message


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("app.js.map", "web/app.js.map"),
        ("../maps/app.js.map?v=1#x", "maps/app.js.map"),
        ("m%201/app.js.map", "web/m 1/app.js.map"),
        ("/static/maps/app.js.map", "web/maps/app.js.map"),
        ("~/maps/app.js.map", "maps/app.js.map"),
    ],
)
def test_a_map_on_disk_that_does_not_ship_is_told_apart(
    shop: Shop, reference: str, place: str
) -> None:
    script = b"a()\n//# sourceMappingURL=" + reference.encode()
    uploaded = shop.upload({"app.js": script}, {place: b"{}", "web/app.js": script})

    (message,) = uploaded.messages
    assert message == (
        f"app.js: refers to {reference}, which is on disk ({place}), but the build leaves it out; "
        'include it in the build, and set `source-maps = "strip"` if it is not to ship '
        "[map-left-out]"
    )


@pytest.mark.parametrize(
    "reference",
    ["gone.js.map", "https://cdn.example.com/static/app.js.map", "../../outside.map", "//[x"],
)
def test_a_map_that_is_nowhere_is_missing(shop: Shop, reference: str) -> None:
    script = b"a()\n//# sourceMappingURL=" + reference.encode()
    on_disk = {"web/app.js.map": b"{}", "web/static/app.js.map": b"{}", "../outside.map": b"{}"}
    uploaded = shop.upload({"app.js": script}, on_disk)

    assert [finding.rule for finding in uploaded.findings] == ["missing-map"]


def test_a_map_in_the_wheel_that_is_not_selected_is_told_by_any_reference(shop: Shop) -> None:
    script = b"a()\n//# sourceMappingURL=/static/maps/app.json"
    uploaded = shop.upload({"app.js": script, "maps/app.json": b"{}"}, {})

    (message,) = uploaded.messages
    assert "but shop/static/maps/app.json is there but not selected" in message
