"""A server comes to hold the bundle, and is sent no more than it lacks, no faster than it likes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.options import Source, read_options
from hatch_sentry_artifacts.errors import ConfigurationError
from tests.assets.bundle.support import MEBIBYTE
from tests.sentry.exchange import Exchange, pass_on
from tests.sentry.running import RemoteRelease
from tests.support import sha1

from .chunk_proxy import CHUNKS, ChunkPost, changed_answer
from .site import RELEASE, Site, scripts, urls, wheel_of

_GET = "GET chunk-upload"
_RELEASE = "GET shop%401.2.0"


@pytest.mark.smoke
def test_first_upload_brings_every_file(site: Site, tmp_path: Path) -> None:
    files = {**scripts(12), "shop/a.js": b"a()\n//# sourceMappingURL=a.js.map\n", "shop/b.js": b""}
    run = site.upload(wheel_of(tmp_path, files), dist="linux")
    assert (run.exit_code, run.summary) == (0, {"uploaded": 14})
    assert site.files() == urls(files)
    (bundle,) = site.bundles()
    assert bundle["associations"] == [{"release": RELEASE, "dist": "linux"}]
    assert bundle["fileCount"] == 14
    assert run.report is not None
    assert run.report.bundle is not None
    assert run.report.bundle.state == "ok"
    assert run.report.bundle.chunks == run.report.bundle.chunks_sent == len(site.proxy.sent)


def test_unchanged_rerun_is_three_requests_and_sends_nothing(site: Site, tmp_path: Path) -> None:
    wheel = wheel_of(tmp_path, scripts(12))
    site.upload(wheel)
    site.proxy.forget()
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"unchanged": 12})
    assert site.proxy.steps == [_GET, _RELEASE, "POST assemble"]
    assert not site.proxy.posts


def test_changed_file_sends_its_own_chunk_and_the_manifest(site: Site, tmp_path: Path) -> None:
    site.upload(wheel_of(tmp_path, scripts(40)))
    site.proxy.forget()
    files = scripts(40, changed=[17])
    run = site.upload(wheel_of(tmp_path, files))
    assert site.files() == urls(files)
    assert len(site.proxy.sent) == 2
    assert run.report is not None
    assert run.report.bytes_sent < 40 * 60_000 / 4
    assert run.statuses["~/static/app-017.js"] == "uploaded"
    assert run.summary["unchanged"] > 30


def test_next_release_of_the_same_files_sends_the_manifest_alone(
    site: Site, tmp_path: Path
) -> None:
    wheel = wheel_of(tmp_path, scripts(40))
    site.upload(wheel)
    site.proxy.forget()
    run = site.upload(wheel, release="shop@1.3.0")
    assert (run.exit_code, run.summary) == (0, {"uploaded": 40}), "it had none of them before"
    ((_, content),) = site.proxy.posts[0].chunks.items()
    assert b"shop@1.3.0" in content
    assert {each["associations"][0]["release"] for each in site.bundles()} == {
        RELEASE,
        "shop@1.3.0",
    }


def test_same_content_in_many_files_is_sent_once(site: Site, tmp_path: Path) -> None:
    files = {f"shop/{number}.js": bytes(3 * MEBIBYTE) for number in range(6)}
    folder = tmp_path / "shop"
    folder.mkdir()
    for path, content in files.items():
        (tmp_path / path).write_bytes(content)
    site.proxy.on(changed_answer(chunkSize=MEBIBYTE), method="GET", path=CHUNKS)
    assert site.upload(folder, release=RELEASE).exit_code == 0
    assert len(site.proxy.sent) == len(set(site.proxy.sent)) < 14
    assert site.files() == urls(files)


@pytest.mark.parametrize(
    "limits",
    [
        {"chunk_size": 50_000},
        {"chunks_per_request": 3},
        {"chunk_size": 90_000, "max_request_size": 200_000},
        {"max_request_size": 70_000},
        pytest.param(
            {"chunk_size": 10_000, "chunks_per_request": 2, "max_request_size": 15_000},
            marks=pytest.mark.slow,
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "accept",
    [
        ("artifact_bundles", "artifact_bundles_v2"),
        pytest.param(("artifact_bundles",), marks=pytest.mark.slow),
    ],
)
def test_limits_are_respected(
    *,
    serve: Callable[..., Site],
    tmp_path: Path,
    limits: dict[str, int],
    accept: tuple[str, ...],
) -> None:
    site = serve(**limits, accept=accept)
    files = scripts(12)
    run = site.upload(wheel_of(tmp_path, files))
    assert run.exit_code == 0, run.message
    assert site.files() == urls(files)
    for post in site.proxy.posts:
        sizes = [len(chunk) for chunk in post.chunks.values()]
        assert max(sizes) <= limits.get("chunk_size", 8 * MEBIBYTE)
        assert len(sizes) <= limits.get("chunks_per_request", 64)
        assert sum(sizes) <= limits.get("max_request_size", 32 * MEBIBYTE)


@pytest.mark.parametrize(("workers", "concurrency"), [(8, 2), (2, 8), (1, 8), (8, 1)])
def test_no_more_requests_at_once_than_the_server_and_the_options_let(
    *, serve: Callable[..., Site], tmp_path: Path, workers: int, concurrency: int
) -> None:
    site = serve(concurrency=concurrency, chunks_per_request=1)

    def slowly(exchange: Exchange) -> None:
        exchange.pause(0.03)
        pass_on(exchange)

    site.proxy.on(slowly, path=CHUNKS, times=8)
    assert site.upload(wheel_of(tmp_path, scripts(20)), workers=workers).exit_code == 0
    assert len(site.proxy.posts) > 4
    assert site.proxy.most_at_once == min(workers, concurrency)


def test_server_without_the_second_version_is_sent_chunks_first(
    serve: Callable[..., Site], tmp_path: Path
) -> None:
    site = serve(accept=("artifact_bundles",))
    files = scripts(12)
    wheel = wheel_of(tmp_path, files)
    for _ in range(2):
        site.proxy.forget()
        run = site.upload(wheel)
        assert (run.exit_code, run.summary) == (0, {"uploaded": 12})
        assert site.files() == urls(files)
        steps = [each for each in site.proxy.steps if "releases" not in each and each != _RELEASE]
        assert steps[:2] == [_GET, "POST chunk-upload"]
        assert "POST chunk-upload" not in steps[steps.index("POST assemble") :]


def test_server_of_one_chunk_a_request_is_not_polled(
    serve: Callable[..., Site], tmp_path: Path
) -> None:
    site = serve(accept=("artifact_bundles",), chunks_per_request=1, chunk_size=2 * MEBIBYTE)
    run = site.upload(wheel_of(tmp_path, scripts(40)))
    assert (run.exit_code, run.summary) == (0, {"uploaded": 40})
    posts = len(site.proxy.posts)
    sent = [each for each in site.proxy.steps if each not in {_RELEASE, "POST releases"}]
    assert sent == [_GET, "POST assemble", *["POST chunk-upload"] * posts, "POST assemble"]
    assert any("does not say when it is done" in line for line in run.lines)


@pytest.mark.parametrize(
    ("compression", "field"), [(("gzip", "zstd"), "file_gzip"), (("zstd",), "file"), ((), "file")]
)
def test_chunks_are_compressed_where_the_server_takes_that(
    *, serve: Callable[..., Site], tmp_path: Path, compression: tuple[str, ...], field: str
) -> None:
    site = serve(compression=compression)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "a.js").write_bytes(b"a();\n" * 20_000)
    run = site.upload(folder, release=RELEASE)
    assert run.exit_code == 0
    (post,) = site.proxy.posts
    assert post.fields == {field}
    assert (post.size < 5000) is (field == "file_gzip")
    assert site.files() == {"~/a.js": b"a();\n" * 20_000}


def test_chunk_that_the_server_does_not_expect_is_never_sent(site: Site, tmp_path: Path) -> None:
    site.upload(wheel_of(tmp_path, scripts(12)))
    for post in site.proxy.posts:
        _assert_named_by_content(post)
    (first, *_) = site.proxy.orders
    assert set(site.proxy.sent) == set(first["chunks"])


def _assert_named_by_content(post: ChunkPost) -> None:
    assert [sha1(content) for content in post.chunks.values()] == list(post.chunks)


def test_dry_run_shows_the_plan_and_sends_nothing(site: Site, tmp_path: Path) -> None:
    run = site.upload(wheel_of(tmp_path, scripts(3)), dry_run=True)
    assert (run.exit_code, run.summary) == (0, {"planned": 3})
    assert site.proxy.steps == [_GET, *["GET releases"] * 2]
    assert any("  ~/static/app-002.js" in line for line in run.lines)
    assert any("one artifact bundle of 181.0 kB in " in line for line in run.lines)


def test_dry_run_tells_one_chunk_from_several(serve: Callable[..., Site], tmp_path: Path) -> None:
    site = serve(accept=("artifact_bundles",))
    run = site.upload(wheel_of(tmp_path, scripts(1, size=100)), dry_run=True)
    assert any(" in 1 chunk, before compression" in line for line in run.lines)


def test_release_is_made_with_all_of_its_projects(site: Site, tmp_path: Path) -> None:
    site.upload(wheel_of(tmp_path, scripts(1)), projects="web,other")
    assert RemoteRelease(site.server.url, RELEASE).projects() == {"web", "other"}


def test_release_that_is_there_is_linked_to_the_projects_that_it_lacks(
    site: Site, tmp_path: Path
) -> None:
    RemoteRelease(site.server.url, RELEASE).create()
    run = site.upload(wheel_of(tmp_path, scripts(1)), projects="other")
    assert run.exit_code == 0
    assert RemoteRelease(site.server.url, RELEASE).projects() == {"web", "other"}


def test_release_is_neither_needed_nor_made_where_it_is_not_to_be(
    site: Site, tmp_path: Path
) -> None:
    run = site.upload(wheel_of(tmp_path, scripts(1)), create_release=False)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 1})
    assert not RemoteRelease(site.server.url, RELEASE).exists()
    assert site.proxy.steps[:2] == [_GET, "POST assemble"]


@pytest.mark.parametrize("again", ["same content", "content of another release"])
def test_file_is_unchanged_only_if_the_release_had_it(
    site: Site, tmp_path: Path, again: str
) -> None:
    site.upload(wheel_of(tmp_path, scripts(12)))
    files = scripts(12, changed=[3])
    site.upload(wheel_of(tmp_path, scripts(12, changed=[3, 4])), release="shop@9")
    if again == "same content":
        site.upload(wheel_of(tmp_path, files))
    else:
        files |= scripts(14, changed=[3])
    run = site.upload(wheel_of(tmp_path, files))
    if again == "same content":
        assert run.summary == {"unchanged": 12}
    else:
        assert run.statuses["~/static/app-000.js"] == "unchanged"
        assert run.statuses["~/static/app-012.js"] == "uploaded"


def test_release_is_finalized_where_that_is_asked_for(site: Site, tmp_path: Path) -> None:
    run = site.upload(wheel_of(tmp_path, scripts(1)), finalize_release=True)
    assert run.exit_code == 0
    release = RemoteRelease(site.server.url, RELEASE)
    date = release.date_released()
    assert date
    site.upload(wheel_of(tmp_path, scripts(2)), finalize_release=True)
    assert release.date_released() == date


@pytest.mark.parametrize("value", ["error", "keep"])
def test_order_for_conflicts_contradicts_bundles(value: str) -> None:
    table = {"upload-as": "artifact-bundle", "on-conflict": value}
    with pytest.raises(ConfigurationError, match=r"on-conflict: contradicts tool\.x\.upload-as"):
        read_options(Source(table, "tool.x"))
