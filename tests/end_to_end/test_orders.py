"""Which builds upload: what the environment says, and where the wheel goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.assets.scripts.outputs import written
from tests.support.project import Project
from tests.support.sentry_contents import contents, releases

TOKEN = "SENTRY_AUTH_TOKEN"
NO_TOKEN = "no token: set SENTRY_AUTH_TOKEN, or [auth] token in .sentryclirc"
UNSURE = "nothing uploaded to Sentry: this may be no release build: "
OUTSIDE = re.compile(
    f"{UNSURE}.* is no dist/ directly below the checkout. "
    "SENTRY_ARTIFACTS=upload uploads, SENTRY_ARTIFACTS=off silences this line"
)
PLAN = [
    "135 B  ~/static/js/app.js  Sourcemap: app.js.map  [first-folder]",
    "286 B  ~/static/js/app.js.map  [first-folder]",
    "81 B  ~/static/js/check%20out.js  [first-folder]",
    "46 B  ~/static/js/worker.mjs  [first-folder]",
]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.mark.smoke
def test_without_a_token_the_build_says_so_and_goes_on(shop: Project, server: LocalServer) -> None:
    result = shop.without(TOKEN).build()

    assert result.code == 0
    assert result.lines == [
        (
            f"{UNSURE}{TOKEN} is not set (a token in .sentryclirc serves orders alone). "
            "SENTRY_ARTIFACTS=upload uploads, SENTRY_ARTIFACTS=off silences this line"
        )
    ]
    assert shop.wheel
    assert releases(server) == []


def test_without_an_organization_the_build_says_so_and_goes_on(
    shop: Project, server: LocalServer
) -> None:
    shop.edit('organization = "acme"\n', "")
    result = shop.build()

    assert result.code == 0
    assert result.lines == [
        (
            "nothing uploaded to Sentry: no organization: set `organization` or SENTRY_ORG; "
            "SENTRY_ARTIFACTS=off silences this line"
        )
    ]
    assert shop.build(SENTRY_ORG="acme").code == 0
    assert releases(server) == ["1.2.0"]


def test_a_wheel_outside_of_the_project_is_not_uploaded(
    shop: Project, server: LocalServer, elsewhere: Path
) -> None:
    result = shop.build("-d", str(elsewhere))

    assert result.code == 0
    (line,) = result.lines
    assert OUTSIDE.fullmatch(line)
    assert len(list(elsewhere.iterdir())) == 1
    assert releases(server) == []


@pytest.mark.parametrize(
    "order",
    [
        {"SENTRY_ARTIFACTS": "upload"},
        {"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true"},
    ],
    ids="".join,
)
def test_an_order_uploads_a_wheel_outside_of_the_project_too(
    shop: Project, server: LocalServer, elsewhere: Path, order: dict[str, str]
) -> None:
    assert shop.build("-d", str(elsewhere), **order).code == 0
    assert releases(server) == ["1.2.0"]


@pytest.mark.smoke
def test_an_order_to_upload_without_a_token_fails(shop: Project) -> None:
    result = shop.without(TOKEN).build(SENTRY_ARTIFACTS="upload")

    assert (result.code, result.lines) == (2, [f"error: {NO_TOKEN}"])


def test_an_order_with_nothing_to_upload_fails(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    result = copy("no_scripts").build(SENTRY_ARTIFACTS="upload")

    assert result.code == 4
    (line,) = result.lines
    assert line.startswith("error: ")
    assert "nothing to upload" in line
    assert releases(server) == []


def test_on_error_warn_covers_an_empty_secret(shop: Project, server: LocalServer) -> None:
    shop.configure('on-error = "warn"')
    result = shop.build(SENTRY_ARTIFACTS="upload", SENTRY_AUTH_TOKEN="")

    assert result.code == 0
    (line,) = result.lines
    assert line.startswith(f"warning: {NO_TOKEN}")
    assert line.endswith('(the build goes on, since on-error is "warn")')
    assert releases(server) == []


@pytest.mark.parametrize("variables", [(), (TOKEN,)], ids=["token", "no-token"])
def test_a_dry_run_shows_the_plan_and_sends_nothing(
    shop: Project, server: LocalServer, variables: tuple[str, ...]
) -> None:
    result = shop.without(*variables).build(SENTRY_ARTIFACTS="dry-run")

    assert result.code == 0
    shown = [line.strip().removeprefix("new").strip() for line in result.err.splitlines()]
    assert [line for line in shown if " ~/" in line] == PLAN
    assert result.lines[-1] == "release 1.2.0: dry run: 4 planned, nothing sent"
    assert releases(server) == []


def test_a_dry_run_with_a_token_compares_with_what_is_there(shop: Project) -> None:
    shop.build()
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    result = shop.build(SENTRY_ARTIFACTS="dry-run")

    changes = [line.split()[0] for line in result.err.splitlines() if "  ~/" in line]
    assert changes == ["same", "same", "same", "changed"]


def test_off_is_silent_even_where_the_configuration_is_wrong(
    copy: Callable[[str], Project], server: LocalServer
) -> None:
    for name in ("shop", "faulty"):
        result = copy(name).build(SENTRY_ARTIFACTS="off")
        assert (result.code, result.lines) == (0, [])
    assert releases(server) == []


def test_an_order_that_is_none_stops_the_build_before_it_begins(
    shop: Project, server: LocalServer
) -> None:
    result = shop.build(SENTRY_ARTIFACTS="nonsense")

    assert result.code == 2
    assert result.lines == [
        "error: SENTRY_ARTIFACTS is 'nonsense'; it must be upload, dry-run or off"
    ]
    assert shop.wheels == []
    assert releases(server) == []


@pytest.mark.parametrize(
    ("variables", "uploaded"),
    [
        ({}, []),
        # Hatchling asks for the hook here, not this plugin.
        ({"SENTRY_ARTIFACTS": "upload"}, []),
        ({"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true"}, ["4.0"]),
        ({"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true", "SENTRY_ARTIFACTS": "off"}, []),
        ({"HATCH_BUILD_HOOK_ENABLE_SENTRY": "true", "SENTRY_ARTIFACTS": "dry-run"}, []),
    ],
    ids=lambda value: ",".join(value) or "none",
)
def test_a_hook_that_is_off_by_default_waits_for_hatch_s_own_order(
    copy: Callable[[str], Project],
    server: LocalServer,
    variables: dict[str, str],
    uploaded: list[str],
) -> None:
    assert copy("gallery").build(**variables).code == 0
    assert releases(server) == uploaded


def test_hatch_s_order_to_run_no_hooks_wins(shop: Project, server: LocalServer) -> None:
    result = shop.build(HATCH_BUILD_NO_HOOKS="true", SENTRY_ARTIFACTS="upload")

    assert (result.code, result.lines) == (0, [])
    assert releases(server) == []


COMMIT, OTHER_COMMIT = "0a1b2c3d" * 5, "4e5f6a7b" * 5


@pytest.mark.parametrize("upload_as", ["release-files", "artifact-bundle"])
def test_a_build_without_an_order_replaces_only_what_its_own_commit_made(
    shop: Project, server: LocalServer, upload_as: str
) -> None:
    shop.configure(f'upload-as = "{upload_as}"')
    assert shop.build(GITHUB_SHA=COMMIT).code == 0
    before = contents(server, "1.2.0")
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    kept = shop.build(GITHUB_SHA=OTHER_COMMIT)

    assert kept.code == 0
    assert "release 1.2.0 " in kept.output
    told = f"was made from commit {COMMIT[:12]}, not commit {OTHER_COMMIT[:12]}: without"
    assert told in kept.output
    assert contents(server, "1.2.0") == before
    assert " was made from " not in shop.build(GITHUB_SHA=COMMIT).output
    ordered = shop.build(GITHUB_SHA=OTHER_COMMIT, SENTRY_ARTIFACTS="upload")
    assert (ordered.code, " was made from " in ordered.output) == (0, False)


def test_a_build_without_an_order_replaces_nothing_of_a_finalized_release(
    shop: Project, server: LocalServer
) -> None:
    shop.configure("finalize-release = true")
    assert shop.build(GITHUB_SHA=COMMIT).code == 0
    before = contents(server, "1.2.0")
    assert shop.build(GITHUB_SHA=OTHER_COMMIT).lines[-1].startswith("release 1.2.0: 4 unchanged")
    shop.edit("e.data+1", "e.data+2", "shop/static/js/worker.mjs")
    kept = shop.build(GITHUB_SHA=COMMIT)

    assert kept.code == 0
    assert "release 1.2.0 holds other content under ~/static/js/worker.mjs, and is finalized" in (
        kept.output
    )
    assert contents(server, "1.2.0") == before


def test_a_version_of_a_shallow_clone_is_told(shop: Project, server: LocalServer) -> None:
    shop.edit('version = "1.2.0"', 'version = "0.1.dev1+g1a2b3c4"')
    shop.folder.joinpath(".git").mkdir(exist_ok=True)
    shop.folder.joinpath(".git", "shallow").write_text("", "utf-8")
    result = shop.build()

    assert result.code == 0
    assert "fetch-depth: 0" in result.output
    assert releases(server) == ["0.1.dev1+g1a2b3c4"]


README = Path(__file__).parents[2] / "README.md"
LINE_OF_BUILD = re.compile(r"((?:[A-Z_]+=[\w-]+ )+)hatch build\b")


@pytest.mark.parametrize("variables", sorted(set(LINE_OF_BUILD.findall(README.read_text("utf-8")))))
def test_no_line_of_the_readme_is_silent_with_its_own_table(shop: Project, variables: str) -> None:
    shop.configure("enable-by-default = false")
    given = dict(pair.split("=") for pair in variables.split())
    result = shop.build(**given)

    assert result.code == 0
    assert result.lines[-1].startswith("release 1.2.0: ")


@pytest.mark.parametrize(("validate", "code"), [("warn", 0), ("error", 1)])
def test_a_bundle_without_a_map_is_told_and_fails_where_that_is_asked_for(
    shop: Project, server: LocalServer, validate: str, code: int
) -> None:
    shop.configure(f'validate = "{validate}"')
    shop.folder.joinpath("shop", "static", "js", "worker.mjs").write_bytes(written("Vite"))
    result = shop.build()

    assert result.code == code
    assert "1 of 3 scripts has no source map" in result.output
    assert "Vite wrote it: set `build.sourcemap: true` in vite.config [no-map]" in result.output
    assert releases(server) == ([] if code else ["1.2.0"])
