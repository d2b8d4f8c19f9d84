"""A server that may be a Bugsink gives warnings of what it would drop without a word."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from tests.assets.debug_ids.support import MAP, OTHER_ID

from .site import Site, wheel_of

REFERENCE = b"a()\n//# sourceMappingURL=a.js.map\n"
COMMENT = f"//# debugId={OTHER_ID}\n".encode()
MAP_WITH_ID = MAP[:-1] + f',"debugId":"{OTHER_ID}"}}'.encode()
CARRYING = b"a()\n//# sourceMappingURL=data:application/json;base64," + base64.b64encode(MAP)
INJECTED = inject(REFERENCE, MAP)
NO_ID = "warning: 1 file with a source map, but without a debug id in events"
INSIDE = "warning: 1 file with a source map inside"


def warnings_of(site: Site, tmp_path: Path, script: bytes, **maps: bytes) -> list[str]:
    files = {"shop/a.js": script, **{f"shop/{name}.js.map": maps[name] for name in maps}}
    run = site.upload(wheel_of(tmp_path, files), validate="off")
    assert run.exit_code == 0
    told = (line for line in run.lines if line.startswith("warning: "))
    return [":".join(line.split(":")[:2]) for line in told]


@pytest.fixture
def bugsink(serve: Callable[..., Site]) -> Site:
    """Return a server that announces what Bugsink does."""
    return serve(chunks_per_request=1, accept=("artifact_bundles",))


@pytest.mark.parametrize(
    ("script", "maps", "warnings"),
    [
        pytest.param(REFERENCE, {"a": MAP}, [NO_ID], id="no id"),
        pytest.param(REFERENCE, {"a": MAP_WITH_ID}, [NO_ID], id="only the map has an id"),
        pytest.param(REFERENCE + COMMENT, {"a": MAP_WITH_ID}, [NO_ID], id="only a comment"),
        pytest.param(CARRYING, {}, [NO_ID, INSIDE], id="map inside, no id"),
        pytest.param(inject(CARRYING).script, {}, [INSIDE], id="map inside"),
        pytest.param(INJECTED.script, {"a": INJECTED.source_map}, [], id="complete"),
        pytest.param(b"a()", {}, [], id="no map"),
    ],
)
def test_what_a_bugsink_would_drop_is_told(
    bugsink: Site, tmp_path: Path, script: bytes, maps: Mapping[str, bytes], warnings: list[str]
) -> None:
    assert warnings_of(bugsink, tmp_path, script, **maps) == warnings


@pytest.mark.parametrize("script", [REFERENCE, CARRYING], ids=["no id", "map inside"])
def test_a_sentry_gives_no_such_warning(site: Site, tmp_path: Path, script: bytes) -> None:
    assert warnings_of(site, tmp_path, script, a=MAP) == []
