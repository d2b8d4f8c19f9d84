"""What a build that leaves the maps out says of an upload that did not go all the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment
from hatch_sentry_artifacts.builds.mode import Decision, UploadMode
from hatch_sentry_artifacts.builds.upload import BuildUpload
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.errors import SentryArtifactsError
from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from tests.sentry.exchange import Fault
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer
from tests.sentry.running import Lines
from tests.support import make_wheel
from tests.upload_strategies.chunk_proxy import ASSEMBLE, say

Build = Callable[..., list[str]]
LACKS = "and Sentry does not have them all: build it again, with the upload, before you release it"
UNKNOWN = (
    "and Sentry did not say yet whether it has them all: see `hatch-sentry-artifacts list` before "
    "you release it, or build it again, with the upload"
)
WAYS = pytest.mark.parametrize("upload_as", ["release-files", "artifact-bundle"])
_BUSY = {"state": "assembling", "missingChunks": []}


@pytest.fixture
def proxy(server: LocalServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        yield running


@pytest.fixture
def build(tmp_path: Path, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Upload a wheel as its build does; return what it says of the wheel's maps."""
    for name, value in {
        "SENTRY_URL": proxy.url,
        "SENTRY_ORG": "acme",
        "SENTRY_PROJECT": "web",
        "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    script, source_map = "shop/static/app.js", "shop/static/app.js.map"
    wheel = make_wheel(tmp_path, files={script: b"a()\n"})
    file = tmp_path / "app.js.map"
    file.write_bytes(b'{"version":3,"sources":[],"mappings":""}')
    shipment = Shipment({}, frozenset([source_map]), {source_map: file}, {script: source_map})

    def run(**options: object) -> list[str]:
        given = Options(**{"source_maps": "strip", "validate": "off", **options})  # type: ignore[arg-type]
        upload = BuildUpload(Decision(UploadMode.UPLOAD, ordered=True), given, Wanted(), tmp_path)
        console = Lines()
        try:
            upload.run(wheel, console, shipment)
        except SentryArtifactsError as error:
            console.error(str(error))
        begin = f"warning: {wheel.name} ships without its source maps, "
        return [line[len(begin) :] for line in console.lines if line.startswith(begin)]

    return run


@WAYS
def test_maps_are_not_missed_where_all_are_there(build: Build, upload_as: str) -> None:
    assert build(upload_as=upload_as) == []


@WAYS
def test_maps_are_not_missed_where_only_the_release_is_not_finalized(
    build: Build, proxy: FaultProxy, upload_as: str
) -> None:
    proxy.on(answer(403), method="PUT", path="/releases/")
    assert build(upload_as=upload_as, finalize_release=True) == []


@pytest.mark.parametrize("name", ["~/static/app.js", "~/static/app.js.map"])
def test_maps_are_missed_where_one_or_its_script_failed(
    build: Build, proxy: FaultProxy, name: str
) -> None:
    proxy.on(answer(400), name=name)
    assert build(release="failed") == [LACKS]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (say({"state": "error", "detail": "no"}), LACKS),
        (say(_BUSY), UNKNOWN),
        (answer(400), LACKS),
    ],
    ids=["refused", "still at work", "not sent"],
)
def test_what_is_known_of_a_bundle_is_said(
    build: Build, proxy: FaultProxy, fault: Fault, said: str
) -> None:
    proxy.on(fault, path=ASSEMBLE, times=99)
    assert build(upload_as="artifact-bundle", wait=0.2, release="bundle") == [said]
