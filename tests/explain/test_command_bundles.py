"""`explain` of scripts that are in artifact bundles, on a server and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.settings import CI_TOKEN
from hatch_sentry_artifacts.sentry.bundles.bundle_listing import BundleFile, BundleListing
from tests.explain import bundle
from tests.support import make_wheel
from tests.support.shell import Shell

URL = "https://shop.example/static/page.js"
PLACE = f"{URL}:1:344"
AS_BUNDLE = ("--upload-as", "artifact-bundle")


@pytest.fixture
def debug_id(tmp_path: Path) -> str:
    """Return an id that no other test has, for all tests share a project."""
    return f"0f9a1c2e-1111-4222-8333-{abs(hash(str(tmp_path))) % 16**12:012x}"


@pytest.fixture
def wheel(tmp_path: Path, debug_id: str) -> Path:
    """Return the page with a debug id, which is in its map as well."""
    files = dict(bundle.files())
    files["shop/static/page.js"] += f"//# debugId={debug_id}\n".encode()
    page_map = files["shop/static/page.js.map"].lstrip()
    files["shop/static/page.js.map"] = f'{{"debugId":"{debug_id}",'.encode() + page_map[1:]
    return make_wheel(tmp_path, files=files)


ORIGINAL = """
Original
  ../source/prices.ts:16:33
  function: totalOf
"""


def test_a_url_is_followed_through_the_bundle_of_the_release(
    shell: Shell, wheel: Path, debug_id: str
) -> None:
    shell.run("upload", str(wheel), "--release", "e-1", *AS_BUNDLE)
    done = shell.run("explain", PLACE, "--release", "e-1")
    bundle_id = shell.run("list", "--release", "e-1", "--json").json["bundles"][0]["id"]
    assert (
        f"""\
Script
  in artifact bundles:
  not there   {URL}
  answers     ~/static/page.js
              of artifact bundle {bundle_id}
              its debug id is {debug_id}

Source map
  header Sourcemap: page.js.map
"""
        in done.out
    )
    assert ORIGINAL in done.out
    assert (done.code, done.err) == (0, "")
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_a_debug_id_is_followed_first_whatever_release_and_url(
    shell: Shell, wheel: Path, debug_id: str
) -> None:
    shell.run("upload", str(wheel), "--release", "e-2", *AS_BUNDLE)
    given = debug_id.replace("-", "").upper()
    done = shell.run(
        "explain", "https://x.example/y.js:1:344", "--release", "e-none", "--debug-id", given
    )
    assert f"  by debug id:\n  answers     {debug_id}\n              ~/static/page.js\n" in done.out
    assert f"{debug_id}\n              ~/static/page.js.map\n" in done.out
    assert ORIGINAL in done.out
    assert (done.code, done.err) == (0, "")


def test_an_id_of_another_build_is_told(shell: Shell, wheel: Path, debug_id: str) -> None:
    shell.run("upload", str(wheel), "--release", "e-3", *AS_BUNDLE)
    other = "ffffffff-ffff-4fff-8fff-ffffffffffff"
    done = shell.run("explain", PLACE, "--release", "e-3", "--debug-id", other)
    said = " ".join(done.out.split())
    assert f"not there {other} no artifact bundle has a file of that debug id" in said
    assert f"its debug id is {debug_id}: it is that of another build" in said
    assert done.code == 0


def test_a_bundle_of_another_dist_is_told(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel), "--release", "e-4", "--dist", "7", *AS_BUNDLE)
    done = shell.run("explain", PLACE, "--release", "e-4")
    assert "  other dist  ~/static/page.js\n              only dist 7\n" in done.out
    assert done.code == 1
    of_dist = shell.run("explain", PLACE, "--release", "e-4", "--dist", "7")
    assert ", dist 7\n" in of_dist.out
    assert of_dist.code == 0


def test_a_bundle_that_hides_the_release_s_files_is_told(
    shell: Shell, wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = make_wheel(tmp_path / "other", files={"shop/static/other.js": b"a()"})
    shell.run("upload", str(wheel), "--release", "e-5")
    shell.run("upload", str(other), "--release", "e-5", *AS_BUNDLE)
    done = shell.run("explain", PLACE, "--release", "e-5")
    assert (
        "  in release files:\n  not asked   ~/static/page.js\n"
        "              Sentry looks for release files only where the release has no\n"
    ) in done.out
    assert done.code == 1


def test_json_names_bundle_place_and_debug_id(shell: Shell, wheel: Path, debug_id: str) -> None:
    shell.run("upload", str(wheel), "--release", "e-6", *AS_BUNDLE)
    found = shell.run("explain", URL, "--release", "e-6", "--debug-id", debug_id, "--json").json
    bundle_id = shell.run("list", "--release", "e-6", "--json").json["bundles"][0]["id"]
    assert found["debug_id"] == debug_id
    assert found["script"]["candidates"] == [
        {
            "name": debug_id,
            "place": "debug-id",
            "status": "answers",
            "dists": [],
            "note": None,
        }
    ]
    assert found["map"]["artifact"]["bundle"] == bundle_id
    assert found["map"]["artifact"]["debug_id"] == debug_id
    assert (found["map"]["found_in"], found["map"]["reference"]) == ("debug-id", None)


def test_an_org_auth_token_may_not_look_into_a_bundle_s_files(
    shell: Shell, wheel: Path, debug_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("upload", str(wheel), "--release", "e-7", *AS_BUNDLE)
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", CI_TOKEN)
    done = shell.run("explain", PLACE, "--release", "e-7")
    assert "  answers     ~/static/page.js\n" in done.out
    assert "an org auth token never may" in done.err
    assert done.code == 3
    # That script and map are there is told all the same, since the id leads from one to the other.
    assert shell.run("explain", URL, "--release", "e-7", "--debug-id", debug_id).code == 0


def test_a_wheel_is_looked_through_for_a_debug_id(
    shell: Shell, wheel: Path, debug_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    arguments = ("explain", PLACE, "--from", str(wheel), "--debug-id", debug_id)
    done = shell.run(*arguments, *AS_BUNDLE)
    assert f"  by debug id:\n  answers     {debug_id}\n              ~/static/page.js\n" in done.out
    assert ORIGINAL in done.out
    assert (done.code, done.err) == (0, "")
    # Only a bundle's files are found so.
    as_files = shell.run(*arguments, "--upload-as", "release-files")
    assert '`upload-as` set to "artifact-bundle"' in as_files.err
    other = shell.run(*arguments[:-1], "f" * 32, *AS_BUNDLE)
    assert "no artifact bundle has a file of that debug id" in other.out


def test_what_is_no_debug_id_is_refused(shell: Shell) -> None:
    done = shell.run("explain", URL, "--debug-id", "page.js")
    assert "--debug-id page.js: a debug id has 32 hexadecimal digits" in done.err
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("token", [None, CI_TOKEN], ids=["manifest", "list"])
def test_a_big_bundle_is_read_from_its_manifest_where_the_token_may(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    files = {f"shop/static/{number:03}.js": b"a()" for number in range(450)}
    wheel = make_wheel(tmp_path, files={**files, **bundle.files()})
    shell.run("upload", str(wheel), "--release", "e-big", *AS_BUNDLE)
    pages: list[int] = []
    listed = BundleListing._files

    def noted(listing: BundleListing, bundle_id: str, page: int) -> list[BundleFile]:
        pages.append(page)
        return listed(listing, bundle_id, page)

    monkeypatch.setattr(BundleListing, "_files", noted)
    if token is not None:
        monkeypatch.setenv("SENTRY_AUTH_TOKEN", token)
    done = shell.run("explain", PLACE, "--release", "e-big")
    assert "  answers     ~/static/page.js\n" in done.out
    assert sorted(pages) == ([] if token is None else list(range(5)))
    assert (ORIGINAL in done.out) is (token is None)
