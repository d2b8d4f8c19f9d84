"""Progress is told in bytes: each byte of the bundle once, whatever becomes of its chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.credentials.settings import find_settings
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from hatch_sentry_artifacts.sentry.bundles.artifact_bundles import ArtifactBundles, Upload
from hatch_sentry_artifacts.sentry.bundles.bundle_api import BundleApi
from hatch_sentry_artifacts.sentry.session import connected
from tests.assets.bundle.support import bundle_of, make_asset
from tests.sentry.exchange import Exchange

from .chunk_proxy import ASSEMBLE, json_answer
from .site import Site


@contextmanager
def _sender(site: Site, folder: Path) -> Iterator[ArtifactBundles]:
    variables = {
        "SENTRY_URL": site.proxy.url,
        "SENTRY_ORG": "acme",
        "SENTRY_PROJECT": "web",
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }
    settings = find_settings(environment=variables, folder=folder, home=None)
    with connected(
        settings.connection(),
        workers=Options().workers,
        timeout=Options().timeout,
        notice=lambda _: None,
    ) as api:
        bundles = BundleApi(api)
        stop = api.transport.stop
        yield ArtifactBundles(bundles, bundles.limits(), workers=2, wait=20, stop=stop)


@pytest.mark.parametrize("accept", ["artifact_bundles", "artifact_bundles_v2"])
def test_every_byte_is_told_once(serve: Callable[..., Site], tmp_path: Path, accept: str) -> None:
    site = serve(accept=(accept,), chunk_size=5000, chunks_per_request=2)
    # Four of the chunks are the same.
    zeros = make_asset("~/zeros.js", bytes(25_000))
    for number in range(3):
        assets = [make_asset(f"~/{each}.js", bytes([each]) * 7000) for each in range(number + 2)]
        bundle = bundle_of(zeros, *assets, largest_chunk=5000)
        upload = Upload(
            bundle.checksum, bundle.size, bundle.chunks, bundle.read, "shop@1.2.0", None
        )
        for _ in range(2):
            told: list[int] = []
            with _sender(site, tmp_path) as sender:
                assert sender.send(upload, told.append).state == "ok"
            assert sum(told) == bundle.size


def test_bytes_that_are_sent_again_are_not_told_again(site: Site, tmp_path: Path) -> None:
    bundle = bundle_of(make_asset("~/a.js", bytes(range(250)) * 100), largest_chunk=5000)
    upload = Upload(bundle.checksum, bundle.size, bundle.chunks, bundle.read, "shop@1.2.0", None)

    def lose_all(exchange: Exchange) -> None:
        chunks = site.proxy.orders[-1]["chunks"]
        exchange.body()
        exchange.send(json_answer({"state": "not_found", "missingChunks": chunks}))

    site.proxy.on(lose_all, path=ASSEMBLE, times=2)
    told: list[int] = []
    with _sender(site, tmp_path) as sender:
        sent = sender.send(upload, told.append)
    assert sum(told) == bundle.size
    assert sent.chunks == {chunk.sha1 for chunk in bundle.chunks}
    assert sorted(site.proxy.sent) == sorted([*sent.chunks] * 2)
