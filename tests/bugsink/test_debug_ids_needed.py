"""Who is warned that files lack debug ids, by what a server says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer
from hatch_sentry_artifacts.local_server.settings import ChunkUpload, Settings
from tests.support import make_wheel
from tests.support.machine import module

from .example import run
from .test_uploads import BUNDLE, pair


@pytest.mark.integration
@pytest.mark.parametrize(
    ("chunk_upload", "warned"),
    [
        (ChunkUpload(chunks_per_request=1, accept=("artifact_bundles",)), True),
        (ChunkUpload(), False),
        (ChunkUpload(accept=("artifact_bundles",)), False),
    ],
    ids=["one chunk a request: Bugsink or GlitchTip", "Sentry", "older Sentry"],
)
def test_only_a_server_that_may_be_a_bugsink_gives_the_warning(
    tmp_path: Path, chunk_upload: ChunkUpload, warned: bool
) -> None:
    wheel = make_wheel(tmp_path, files=pair(debug_id=None))
    with LocalServer(Settings(tmp_path / "server", chunk_upload=chunk_upload)) as server:
        connection = {
            "SENTRY_URL": server.url,
            "SENTRY_ORG": "acme",
            "SENTRY_PROJECT": "web",
            "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
        }
        command = module("hatch_sentry_artifacts", "upload", str(wheel), *BUNDLE)
        done = run(command, tmp_path, connection)

    assert done.code == 0, done.output
    assert ("without a debug id" in done.err) is warned
