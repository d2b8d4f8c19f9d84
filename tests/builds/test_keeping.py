"""Where and when a build keeps what an upload needs, and what it says of it."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.original_sources.source_tree import SourceTree
from hatch_sentry_artifacts.builds.keeping import Keeping, find_keeping
from hatch_sentry_artifacts.builds.landing import Landing, find_landing
from hatch_sentry_artifacts.builds.mode import Decision, UploadMode
from hatch_sentry_artifacts.builds.upload import NoUpload, prepare
from hatch_sentry_artifacts.configuration.options import Options, Source
from hatch_sentry_artifacts.errors import ConfigurationError, SentryArtifactsError, ValidationError
from hatch_sentry_artifacts.payload import Content, open_payload
from tests.sentry.running import Lines
from tests.support import make_wheel
from tests.support.side_files import MAP, stripped

TABLE = {"source-maps": "strip", "keep-maps": "build/source-maps"}
OFF = {"SENTRY_ARTIFACTS": "off"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the project's folder, in which its build runs."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("[project]\n")
    monkeypatch.chdir(project)
    return project


Prepare = Callable[..., NoUpload]


@pytest.fixture
def prepared(folder: Path) -> Prepare:
    """Prepare a build that uploads nothing."""

    def make(environment: dict[str, str] | None = None, **table: object) -> NoUpload:
        found = prepare(
            root=folder,
            destination=folder / "dist",
            environment=environment or {},
            read_source=lambda: Source({**TABLE, **table}, "tool.sentry-artifacts"),
        )
        assert isinstance(found, NoUpload)
        return found

    return make


def _run(upload: NoUpload, folder: Path) -> list[str]:
    console = Lines()
    wheel, shipment = stripped(folder / "dist")
    upload.run(wheel, console, shipment)
    return console.lines


def test_without_an_upload_it_is_told_where_the_maps_are_and_how_they_are_sent(
    prepared: Prepare, folder: Path
) -> None:
    wheel = "shop-1.2.0-py3-none-any.whl"
    kept = Path("build/source-maps/shop-1.2.0.sentry.zip")
    first, second, third = _run(prepared(), folder)
    assert first.startswith("nothing uploaded to Sentry: ")
    assert second == f"{wheel}: its source maps (1 file, {len(MAP)} B) are kept in {kept}"
    assert third == (
        f"{wheel} ships without its source maps, and Sentry does not have them all yet; to send "
        f"them: hatch-sentry-artifacts upload {Path('dist', wheel)} {kept}"
    )
    assert kept.is_file()


def test_the_order_off_keeps_them_in_silence(prepared: Prepare, folder: Path) -> None:
    assert _run(prepared(OFF), folder) == []
    assert Path("build/source-maps/shop-1.2.0.sentry.zip").is_file()


@pytest.mark.parametrize("order", [{}, OFF, {"SENTRY_ARTIFACTS": "upload"}])
def test_where_an_installer_builds_nothing_is_kept(
    prepared: Prepare, folder: Path, order: dict[str, str]
) -> None:
    upload = prepared({"PIP_BUILD_TRACKER": str(folder / "tracker"), **order})
    _run(upload, folder)
    assert not Path("build").exists()


def test_without_the_option_nothing_is_kept(folder: Path) -> None:
    for environment in ({}, OFF):
        upload = prepare(
            root=folder,
            destination=folder / "dist",
            environment=environment,
            read_source=lambda: Source({"source-maps": "strip"}),
        )
        assert upload.keeping is None


def test_a_wheel_without_scripts_keeps_nothing(prepared: Prepare, folder: Path) -> None:
    console = Lines()
    prepared().run(make_wheel(folder), console)
    assert console.lines[-1].startswith("nothing kept for an upload: shop-1.2.0-py3-none-any.whl")
    assert not Path("build").exists()


def test_what_is_wrong_with_the_files_is_told_where_the_sources_are(
    prepared: Prepare, folder: Path
) -> None:
    wheel, shipment = stripped(folder / "dist", source_map=b"no map")
    console = Lines()
    prepared().run(wheel, console, shipment)
    assert any("[damaged-map]" in line or "app.js.map" in line for line in console.lines)
    strict = prepared(validate="error")
    with pytest.raises(ValidationError):
        strict.run(wheel, console, shipment)
    prepared(validate="error", **{"on-error": "warn"}).run(wheel, console, shipment)
    assert console.lines[-2].endswith('(the build goes on, since on-error is "warn")')


def test_what_cannot_be_written_fails_the_build_and_leaves_nothing(
    prepared: Prepare, folder: Path
) -> None:
    Path("build").write_text("a file where a folder has to be")
    with pytest.raises(ConfigurationError, match=r"could not be kept in .*fix the option"):
        _run(prepared(), folder)


def test_the_file_is_replaced_at_once_or_not_at_all(prepared: Prepare, folder: Path) -> None:
    _run(prepared(), folder)
    kept = Path("build/source-maps/shop-1.2.0.sentry.zip")
    before = kept.read_bytes()
    wheel, shipment = stripped(folder / "dist", source_map=b'{"version":3,"mappings":"A"}')
    gone = next(iter(shipment.unshipped.values()))
    gone.unlink()
    with pytest.raises(SentryArtifactsError):
        prepared().run(wheel, Lines(), shipment)
    assert kept.read_bytes() == before
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]


def test_a_wheel_that_packed_a_side_file_is_refused(prepared: Prepare, folder: Path) -> None:
    files = {"shop/app.js": b"1\n", "shop/maps/shop-1.1.0.sentry.zip": b"PK"}
    with pytest.raises(ConfigurationError, match=r"holds shop/maps/shop-1\.1\.0\.sentry\.zip"):
        prepared().run(make_wheel(folder, files=files), Lines())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_link_out_of_the_project_is_refused(prepared: Prepare, folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    Path("build").symlink_to(outside)
    with pytest.raises(ConfigurationError, match="reached by a link"):
        prepared()


def test_a_folder_among_the_wheels_is_refused(folder: Path) -> None:
    options = Options(keep_maps="out/maps")
    with pytest.raises(ConfigurationError, match="whose files are published"):
        find_keeping(options, Landing(folder), folder / "out")


def test_an_sdist_without_a_known_project_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    (unpacked / "pyproject.toml").write_text("[project]\nname='x'\n")
    (unpacked / "PKG-INFO").write_text("Name: x\n")
    elsewhere = tmp_path / "elsewhere"
    landing = find_landing(unpacked, elsewhere)
    keeping = find_keeping(Options(keep_maps="build/source-maps"), landing, elsewhere)
    console = Lines()
    wheel, shipment = stripped(elsewhere)
    # An order that silences the rest.
    decision = Decision(UploadMode.OFF, ordered=True)
    NoUpload(decision, Options(source_maps="strip"), keeping).run(wheel, console, shipment)
    assert [line for line in console.lines if line.startswith("warning: the source maps of")]
    assert "build it again, with the upload" in console.lines[-1]
    assert not (unpacked / "build").exists()


def test_an_unpacked_sdist_that_is_built_in_place_keeps_there(tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    (unpacked / "PKG-INFO").write_text("Name: x\n")
    landing = find_landing(unpacked, unpacked / "dist")
    keeping = find_keeping(Options(keep_maps="maps"), landing, unpacked / "dist")
    assert keeping == Keeping(unpacked / "maps", "maps")


def test_a_wheel_that_ships_its_maps_keeps_those_that_got_texts(
    folder: Path,
) -> None:
    bare = b'{"version":3,"sources":["app.ts"],"names":[],"mappings":"AAAA"}'
    script = b"app()\n//# sourceMappingURL=%s.map\n"
    files = {
        "shop/app.js": script % b"app.js",
        "shop/app.js.map": bare,
        "shop/full.js": script % b"full.js",
        "shop/full.js.map": MAP,
    }
    source = folder / "shop/app.ts"
    source.parent.mkdir()
    source.write_text("throw 'app'\n")
    tree = SourceTree(folder, lambda path: folder / path)
    wheel = make_wheel(folder, files=files)
    options = Options(sources_content="embed", keep_maps="maps", validate="off")
    keeping = Keeping(folder / "maps", "maps")
    kept = keeping.keep(Content(wheel, options, source_tree=tree), wheel, Lines())
    assert kept is not None
    with zipfile.ZipFile(kept.file) as archive:
        name, _ = archive.namelist()
        assert name == "files/_/_/app.js.map"
        assert b"throw 'app'" in archive.read(name)
    source.unlink()
    given = Content(wheel, options, side_file=kept.file)
    with open_payload(given, Lines()) as payload:
        maps = [each for each in payload.assets if each.name == "~/app.js.map"]
        with maps[0].open() as content:
            assert b"throw 'app'" in content.read()
        assert len(payload.assets) == 4
