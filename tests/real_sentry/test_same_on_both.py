"""The same upload, on the local server and on a real Sentry, gives the same release."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN, LocalServer, Settings
from hatch_sentry_artifacts.sentry.connection import Connection, Token
from hatch_sentry_artifacts.sentry.releases.asides import aside_for_old
from hatch_sentry_artifacts.sentry.session import connected
from tests.support import make_wheel

from .command import run

EXAMPLE = Path(__file__).parents[2] / "example_project" / ".run" / "dist"


def stored(connection: dict[str, str], release: str) -> list[dict[str, Any]]:
    """Return each file with all of its names; ids are a server's own."""
    listed = json.loads(run(connection, "list", "--json", "--release", release))
    return [
        {key: file[key] for key in file if key not in {"id", "spellings"}}
        | {"names": sorted([file["name"], *(each["name"] for each in file.get("spellings", ()))])}
        for file in listed["files"]
    ]


def check_same_on_both(wheel: Path, real: dict[str, str], folder: Path) -> None:
    release = f"same-{uuid4().hex[:12]}"
    with LocalServer(Settings(folder)) as server:
        local = {
            "SENTRY_URL": server.url,
            "SENTRY_ORG": "acme",
            "SENTRY_PROJECT": "web",
            "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
        }
        for connection in (local, real):
            run(connection, "upload", wheel, "--release", release, "--dist", "d1")
        files = stored(local, release)
        assert files
        assert files == stored(real, release)
        again = json.loads(
            run(real, "upload", wheel, "--release", release, "--dist", "d1", "--json")
        )
        assert again["summary"] == {"unchanged": sum(len(file["names"]) for file in files)}


def test_a_wheel_of_odd_files(real: dict[str, str], tmp_path: Path) -> None:
    files = {
        "shop/static/app.js": b"a()\n//# sourceMappingURL=app.js.map\n",
        "shop/static/app.js.map": b'{"version":3,"sources":[],"mappings":""}',
        "shop/static/empty.js": b"",
        "shop/static/with space & more+[1]^@.js": b"b()",
        "shop/static/gr\u00fcn/\u65e5\u672c.js": "c('\u00fc')".encode(),
        "shop/static/large.js": b"x=1;" * 1_000_000,
        "shop/static/binary.js": bytes(range(256)) * 10,
        "shop-1.2.0.data/data/share/x.js": b"d()",
    }
    check_same_on_both(make_wheel(tmp_path, files=files), real, tmp_path / "server")


def test_replacing_on_a_real_sentry(real: dict[str, str], tmp_path: Path) -> None:
    release = f"replace-{uuid4().hex[:12]}"
    for content, status in ((b"one()", "uploaded"), (b"two()", "replaced")):
        wheel = make_wheel(tmp_path, files={"shop/static/app.js": content})
        report = json.loads(run(real, "upload", wheel, "--release", release, "--json"))
        assert report["summary"] == {status: 1}
    assert [(file["name"], file["size"]) for file in stored(real, release)] == [
        ("~/static/app.js", 5)
    ]


def test_an_organization_token_may_replace_but_not_delete(
    real: dict[str, str], tmp_path: Path
) -> None:
    token = os.environ.get("SENTRY_TEST_TOKEN_CI")
    if not token:
        pytest.skip("SENTRY_TEST_TOKEN_CI is not set")
    release = f"aside-{uuid4().hex[:12]}"
    connection = {**real, "SENTRY_AUTH_TOKEN": token}
    for content in (b"one()", b"two()"):
        wheel = make_wheel(tmp_path, files={"shop/static/app.js": content})
        run(connection, "upload", wheel, "--release", release)
    old, new = stored(real, release)
    assert old["name"].startswith("replaced/")
    assert new["name"] == "~/static/app.js"


def test_the_files_of_another_project_s_package_are_not_replaced(
    real: dict[str, str], tmp_path: Path
) -> None:
    other = os.environ.get("SENTRY_TEST_PROJECT2")
    if not other:
        pytest.skip("SENTRY_TEST_PROJECT2 is not set")
    release = f"shared-{uuid4().hex[:12]}"
    for name, content in (("plum", b"plum()"), ("pear", b"pear()")):
        (tmp_path / name).mkdir()
        make_wheel(tmp_path / name, name, files={f"{name}/static/app.js": content})
    (plum, pear) = (next((tmp_path / name).iterdir()) for name in ("plum", "pear"))
    run(real, "upload", plum, "--release", release)
    elsewhere = {**real, "SENTRY_PROJECT": other}
    for more in ((), ("--dry-run",)):
        with pytest.raises(AssertionError, match=f"also linked to {real['SENTRY_PROJECT']}"):
            run(elsewhere, "upload", pear, "--release", release, *more)
    assert [file["size"] for file in stored(real, release)] == [len(b"plum()")]


def test_what_a_killed_run_left_is_finished(real: dict[str, str], tmp_path: Path) -> None:
    release = f"left-{uuid4().hex[:12]}"
    connection = Connection(
        real["SENTRY_URL"],
        real["SENTRY_ORG"],
        (real["SENTRY_PROJECT"],),
        Token(real["SENTRY_AUTH_TOKEN"], "the test"),
    )
    wheel = make_wheel(tmp_path, files={"shop/static/app.js": b"old()"})
    run(real, "upload", wheel, "--release", release)
    with connected(connection, workers=1, timeout=60, notice=print) as api:
        (old,) = api.release_files(release).files
        api.rename_release_file(release, old.id, aside_for_old(old))
    wheel = make_wheel(tmp_path, files={"shop/static/app.js": b"new()"})
    run(real, "upload", wheel, "--release", release)
    assert [(file["name"], file["size"]) for file in stored(real, release)] == [
        ("~/static/app.js", 5)
    ]


def test_the_example_s_wheel(real: dict[str, str], tmp_path: Path) -> None:
    wheels = sorted(EXAMPLE.glob("*.whl"))
    if not wheels:
        pytest.skip("the example is not built")
    check_same_on_both(wheels[-1], real, tmp_path / "server")
