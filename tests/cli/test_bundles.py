"""`list` and `check` where files are uploaded as artifact bundles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.sentry.exchange import Exchange, Response
from tests.sentry.fault_proxy import FaultProxy
from tests.support import make_wheel
from tests.support.shell import FILES, Result, Shell

AS_BUNDLE = ("--upload-as", "artifact-bundle")
ID = "0f9a1c2e-1111-4222-8333-444455556666"
WITH_ID = {
    "shop/static/app.js": FILES["shop/static/app.js"] + f"//# debugId={ID}\n".encode(),
    "shop/static/app.js.map": f'{{"debugId":"{ID}","version":3,"mappings":""}}'.encode(),
}
RELEASES, BUNDLES, CHUNKS = "/releases/", "/artifact-bundles/", "/chunk-upload/"


def not_there(exchange: Exchange) -> None:
    """Return what Bugsink and GlitchTip answer where they have nothing."""
    exchange.send(Response(404, {"Content-Type": "text/html"}, b"Unimplemented API endpoint"))


def one_a_page(exchange: Exchange) -> None:
    """Return the server's list in the smallest pages that it gives."""
    path = exchange.request.path.replace("per_page=100", "per_page=1")
    exchange.send(exchange.forward(path=path))


@pytest.fixture
def proxy(shared_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    with FaultProxy(shared_server.url) as running:
        monkeypatch.setenv("SENTRY_URL", running.url)
        yield running


def without(proxy: FaultProxy, *paths: str) -> None:
    """Let the server have nothing there."""
    for path in paths:
        proxy.on(not_there, method="GET", path=path, times=99)


def lines(done: Result) -> list[str]:
    """Return the output, in which spaces and what differs each time do not count."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}, ", "UUID, ", done.out)
    text = re.sub(r"stored 20[-0-9T:]+Z", "stored DATE", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def test_list_shows_the_bundles_of_the_release_and_their_files(
    shell: Shell, tmp_path: Path
) -> None:
    shell.run("upload", str(make_wheel(tmp_path, files=WITH_ID)), "--release", "b-1", *AS_BUNDLE)
    done = shell.run("list", "--release", "b-1")
    script, source_map = WITH_ID.values()
    assert done.code == 0
    assert lines(done) == [
        "artifact bundle UUID, no dist, stored DATE",
        "SIZE KIND DEBUG ID NAME",
        f"{len(script)} B minified source {ID} ~/static/app.js",
        f"{len(source_map)} B source map {ID} ~/static/app.js.map",
    ]
    assert "release b-1 of acme/web" in done.err
    assert done.err.endswith(f": 1 artifact bundle of 2 files ({len(script + source_map)} B)\n")


def test_nothing_that_a_terminal_acts_upon_is_listed(shell: Shell, proxy: FaultProxy) -> None:
    shell.run("upload", "--release", "b-8", *AS_BUNDLE)

    def odd(exchange: Exchange) -> None:
        body = exchange.forward().body.replace(b"~/static", b"~/\\u001b[2J\\u009b\\nstatic")
        exchange.send(Response(200, {"Content-Type": "application/json"}, body))

    proxy.on(odd, method="GET", path="/artifact-bundles/", times=99)
    done = shell.run("list", "--release", "b-8")
    assert lines(done)[2].endswith(r"~/\x1b[2J\x9b\nstatic/app.js")
    assert not set(done.out) & {"\x1b", "\x9b"}


def test_release_files_stand_before_bundles(shell: Shell) -> None:
    shell.run("upload", "--release", "b-2")
    shell.run("upload", "--release", "b-2", "--dist", "7", *AS_BUNDLE)
    done = shell.run("list", "--release", "b-2")
    assert [line.rpartition(" ")[2] for line in lines(done)] == [
        *("NAME", "~/static/app.js", "~/static/app.js.map"),
        *("", "DATE", "NAME", "~/static/app.js", "~/static/app.js.map"),
    ]
    assert ": 2 files (76 B) and 1 artifact bundle of 2 files (76 B)\n" in done.err


def test_a_dist_shows_its_own_bundles(shell: Shell) -> None:
    shell.run("upload", "--release", "b-3", *AS_BUNDLE)
    shell.run("upload", "--release", "b-3", "--dist", "{version}", *AS_BUNDLE)
    both = shell.run("list", "--release", "b-3", "--json").json
    version = both["bundles"][0]["dists"][0]
    assert [bundle["dists"] for bundle in both["bundles"]] == [[version], [None]]
    of_dist = shell.run("list", "--release", "b-3", "--dist", "{version}", "--json").json
    assert of_dist["bundles"] == both["bundles"][:1]
    (script, source_map) = of_dist["bundles"][0]["files"]
    assert script == {
        "id": script["id"],
        "name": "~/static/app.js",
        "kind": "minified_source",
        "size": 36,
        "debug_id": None,
    }
    assert source_map["kind"] == "source_map"


def test_a_bundle_of_many_pages_is_listed_whole(shell: Shell, tmp_path: Path) -> None:
    files = {f"shop/{number:03}.js": b"a()" for number in range(234)}
    wheel = make_wheel(tmp_path, files=files)
    shell.run("upload", str(wheel), "--release", "b-4", *AS_BUNDLE)
    (bundle,) = shell.run("list", "--release", "b-4", "--json").json["bundles"]
    assert [file["name"] for file in bundle["files"]] == [f"~/{n:03}.js" for n in range(234)]


def test_pages_of_bundles_are_followed(shell: Shell, proxy: FaultProxy) -> None:
    dists = ["1", "2", "3"]
    for dist in dists:
        shell.run("upload", "--release", "b-7", "--dist", dist, *AS_BUNDLE)
    proxy.on(one_a_page, method="GET", path="/files/artifact-bundles/", times=99)
    bundles = shell.run("list", "--release", "b-7", "--json").json["bundles"]
    assert [bundle["dists"][0] for bundle in bundles] == dists[::-1]


def test_a_release_of_which_nothing_was_uploaded_is_told(shell: Shell) -> None:
    done = shell.run("list", "--release", "b-none")
    assert done.code == 2
    assert "there is no release b-none of acme/web" in done.err
    assert "and no artifact bundle for it" in done.err


def test_what_a_server_does_not_tell_of_is_said_and_the_rest_is_listed(
    shell: Shell, proxy: FaultProxy
) -> None:
    shell.run("upload", "--release", "b-5")
    without(proxy, BUNDLES)
    done = shell.run("list", "--release", "b-5", "--json")
    assert done.code == 0
    assert len(done.json["files"]) == 2
    assert done.json["bundles"] is None
    assert "does not tell which artifact bundles it holds: only release files" in done.err


def test_a_server_without_release_files_lists_bundles(shell: Shell, proxy: FaultProxy) -> None:
    shell.run("upload", "--release", "b-6", *AS_BUNDLE)
    without(proxy, RELEASES)
    done = shell.run("list", "--release", "b-6", "--json")
    assert done.code == 0
    assert done.json["files"] is None
    assert len(done.json["bundles"]) == 1
    assert "has no release files: only artifact bundles" in done.err


def test_a_server_that_tells_nothing_is_refused(shell: Shell, proxy: FaultProxy) -> None:
    without(proxy, BUNDLES, RELEASES)
    for command in (["list"], ["explain", "https://h/a.js"]):
        done = shell.run(*command)
        assert (done.code, done.out) == (3, "")
        assert "tells neither which release files nor which artifact bundles it holds" in done.err


def state_of(done: Result) -> dict[str, str]:
    """Return the state that `check` prints of each thing."""
    return {line[9:23].strip(): line[:9].strip() for line in done.out.splitlines()}


def test_check_asks_for_what_a_bundle_needs(shell: Shell) -> None:
    done = shell.run("check", *AS_BUNDLE)
    assert done.code == 0
    assert state_of(done)["bundles"] == "ok"
    assert "release files" not in state_of(done)
    assert "chunks of up to 8.4 MB, 64 a request, 8 requests at a time" in done.out
    assert "only what it lacks is sent" in done.out


def test_check_follows_the_configuration(shell: Shell) -> None:
    pyproject = shell.folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8") + 'upload-as = "artifact-bundle"\n', "utf-8")
    assert state_of(shell.run("check"))["bundles"] == "ok"


def test_check_passes_where_only_bundles_are_known(shell: Shell, proxy: FaultProxy) -> None:
    without(proxy, RELEASES, BUNDLES)
    done = shell.run("check", *AS_BUNDLE)
    assert done.code == 0
    assert "the server does not tell whether it has acme" in done.out
    assert state_of(done)["bundles"] == "ok"


def test_check_of_release_files_there_says_what_to_set(shell: Shell, proxy: FaultProxy) -> None:
    without(proxy, RELEASES)
    done = shell.run("check")
    assert done.code == 3
    assert state_of(done)["release files"] == "FAILED"
    assert 'set `upload-as` to "artifact-bundle"' in done.out


def test_check_of_bundles_where_none_are_taken_says_what_to_set(
    shell: Shell, proxy: FaultProxy
) -> None:
    without(proxy, CHUNKS)
    done = shell.run("check", *AS_BUNDLE)
    assert done.code == 3
    assert state_of(done)["bundles"] == "FAILED"
    assert 'set `upload-as` to "release-files"' in done.out


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)], ids=["upload", "dry run"])
def test_a_wheel_without_its_maps_takes_no_other_bundle_s_place(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    shell.configure('source-maps = "strip"', 'upload-as = "artifact-bundle"')
    release = ("--release", f"b-strip-{len(arguments)}")
    shell.run("upload", *release)  # as the build did, with the maps
    script = {"shop/static/app.js": WITH_ID["shop/static/app.js"]}
    stripped = make_wheel(tmp_path, files=script)
    done = shell.run("upload", str(stripped), *release, *arguments)
    assert done.code == 2
    assert "was built without its source maps, and a bundle of its scripts alone" in done.err
    assert len(shell.run("list", *release, "--json").json["bundles"]) == 1


def test_a_wheel_that_never_had_maps_can_be_said_to_have_none(shell: Shell, tmp_path: Path) -> None:
    shell.configure('source-maps = "strip"', 'upload-as = "artifact-bundle"')
    wheel = make_wheel(tmp_path, version="8.1", files={"shop/a.js": b"a()\n"})
    assert shell.run("upload", str(wheel)).code == 2
    assert shell.run("upload", str(wheel), "--source-maps", "ship").code == 0
