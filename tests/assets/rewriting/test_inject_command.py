"""`inject FOLDER`: what it changes, what it says, how it ends."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.cli import main
from tests.assets.debug_ids.support import FILES, MAP, OTHER_ID, SCRIPT, contents, loaded, write

PACKAGE = "hatch_sentry_artifacts"


def test_scripts_and_maps_get_ids_and_nothing_else_changes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inject", "static"]) == 0
    pair = inject(SCRIPT, MAP)
    assert pair.source_map
    assert contents(folder) == {
        **FILES,
        "js/app.js": pair.script,
        "js/app.js.map": pair.source_map,
        "js/alone.mjs": inject(b"alone()").script,
    }
    out, err = capsys.readouterr()
    assert (out, err) == (
        "",
        "sentry-artifacts: 2 of 2 scripts got a debug id, 0 had all; 3 files changed\n",
    )


def test_a_second_run_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["inject", "static"])
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    capsys.readouterr()
    assert main(["inject", "static"]) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert "0 of 2 scripts got a debug id, 2 had all; 0 files changed" in capsys.readouterr().err


def test_a_dry_run_shows_a_short_diff_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source_map = b'{"sourcesContent":["' + b"x" * 100_000 + b'"],"mappings":"AAAA"}'
    write(folder, {"js/app.js": b"a();" * 10_000, "js/app.js.map": source_map})
    before = contents(folder)
    assert main(["inject", "static", "--dry-run", "--include", "app.js*"]) == 0
    assert contents(folder) == before
    out, err = capsys.readouterr()
    debug_id = inject(before["js/app.js"], source_map).debug_id
    assert out.splitlines() == [
        "--- static/js/app.js",
        "+++ static/js/app.js",
        "@@ line 1, column 1 @@",
        out.splitlines()[3],
        "@@ line 1, column 40001 @@",
        f"+//# debugId={debug_id}",
        "--- static/js/app.js.map",
        "+++ static/js/app.js.map",
        "@@ line 1, column 100036 @@",
        "+;",
        "@@ line 1, column 100041 @@",
        f'+,"debugId":"{debug_id}"',
    ]
    assert re.fullmatch(rf'\+!function\(i\).* … .*\("{debug_id}"\);', out.splitlines()[3])
    assert "1 of 1 scripts would get a debug id, 0 had all; 2 files would change" in err


def test_flags_select_files_as_for_an_upload(folder: Path) -> None:
    assert main(["inject", "static", "--exclude", "alone.mjs"]) == 0
    assert contents(folder)["js/alone.mjs"] == b"alone()"
    assert contents(folder)["js/app.js"] != SCRIPT


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["gone"], 2, "there is no such folder"),
        (["static/app.css"], 2, "there is no such folder"),
        (["static", "--include", "*.jsx"], 4, "nothing to inject: looked for *.jsx"),
        (["static", "--include", "*.css"], 4, "none of the 1 found is a script"),
    ],
)
def test_a_wrong_call_is_told(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    assert main(["inject", *arguments]) == code
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "bad",
    [
        {"js/bad.js": f"b()\n//# debugId={OTHER_ID}".encode(), "js/bad.js.map": b""},
        {
            "js/bad.js": f"b()\n\n//# debugId={OTHER_ID}".encode(),
            "js/bad.js.map": MAP[:-1] + b',"debugId":"%s"}' % OTHER_ID.replace("1", "2").encode(),
        },
        {"js/bad.js": b"b()", "js/bad.js.zst": b""},
    ],
)
def test_a_pair_that_cannot_be_injected_does_not_stop_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str], bad: dict[str, bytes]
) -> None:
    write(folder, bad)
    assert main(["inject", "static"]) == 1
    after = contents(folder)
    assert {path: after[path] for path in bad} == bad
    assert after["js/app.js"] == inject(SCRIPT, MAP).script
    err = capsys.readouterr().err
    assert "error: static/js/bad.js: " in err
    assert "1 failed" in err


def test_two_scripts_cannot_share_a_map(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"js/other.js": b"other()\n//# sourceMappingURL=./app.js.map"})
    before = contents(folder)
    assert main(["inject", "static", "--exclude", "alone.mjs"]) == 1
    assert contents(folder) == before
    assert "refers to static/js/app.js.map, as static/js/other.js does" in capsys.readouterr().err


def test_maps_are_guessed_as_sentry_does_it(folder: Path) -> None:
    write(
        folder,
        {
            "a/one.min.js": b"1\n\n1",
            "a/one.min.js.map": MAP,
            "a/two.js": b"2\n\n2",
            "a/two.map": MAP,
            "a/three.js": b"3",
            "a/three.min.js": b"3",
            "a/three.map": MAP,
        },
    )
    assert main(["inject", "static/a", "--include", "*.js", "--include", "*.map"]) == 0
    after = contents(folder)
    for path in ("a/one.min.js.map", "a/two.map"):
        assert loaded(after[path])["mappings"] == ";AAAA;;AACA"
    assert after["a/three.map"] == MAP


@pytest.mark.parametrize(
    ("top", "paths", "place", "reference"),
    [
        ("static", [], "js/maps/a.map", "/js/maps/a.map"),
        ("static", [], "js/maps/a.map", "~/js/maps/a.map?v=1"),
        ("static", [], "js/maps/a.map", "/static/js/maps/a.map"),
        ("static", [], "js/m 1/a.map", "/js/m%201/a.map"),
        ("static", ["static/js=~/assets"], "js/maps/a.map", "/assets/maps/a.map"),
        ("static", ["other=~/assets"], "js/maps/a.map", "/static/js/maps/a.map"),
        ("static", ["static/js/a.js=~/x.js"], "js/maps/a.map", "maps/a.map"),
        (
            "static",
            ["static=https://cdn.example.com/s"],
            "js/maps/a.map",
            "https://cdn.example.com/s/js/maps/a.map",
        ),
        ("static", ["static=https://cdn.example.com/s"], "js/a.map", "https://x.example/a.map"),
    ],
)
def test_a_reference_of_any_kind_leads_to_its_map(
    folder: Path, top: str, paths: list[str], place: str, reference: str
) -> None:
    script = b"a()\n\n//# sourceMappingURL=" + reference.encode()
    write(folder, {"js/a.js": script, place: MAP})
    flags = [flag for each in paths for flag in ("--paths", each)]
    assert main(["inject", top, "--include", "*.js", "--include", "*.map", *flags]) == 0
    after = contents(folder)
    injected = inject(script, MAP)
    assert (after["js/a.js"], after[place]) == (injected.script, injected.source_map)


def test_the_project_s_paths_count_and_two_files_of_one_name_do_no_harm(folder: Path) -> None:
    write(
        folder.parent,
        {
            "pyproject.toml": b"[tool.sentry-artifacts.paths]\n'static/a' = '~/x'\n"
            b"'static/b' = '~/x'\n'static/c' = '~/y'\n",
            "static/a/one.js": b"1\n//# sourceMappingURL=/x/one.map",
            "static/a/one.map": MAP,
            "static/b/one.map": MAP,
            "static/c/two.js": b"2\n//# sourceMappingURL=/y/two.js.map",
            "static/c/two.js.map": MAP,
        },
    )
    assert main(["inject", "static", "--include", "*.js", "--include", "*.map"]) == 0
    after = contents(folder)
    assert b"debugId=" in after["a/one.js"]
    assert {after["a/one.map"], after["b/one.map"]} == {MAP}
    assert b'"debugId"' in after["c/two.js.map"]


def test_only_scripts_and_their_maps_change_whatever_is_selected(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = {
        "app.css": b"a{}\n/*# sourceMappingURL=app.css.map */",
        "app.css.map": MAP,
        "types.d.ts.map": MAP,
        "logo.svg": b"<svg/>",
        "page.html": b"<p>",
    }
    write(folder, {**others, "js/native.bundle": b"n()"})
    assert main(["inject", "static", "--include", "*"]) == 0
    after = contents(folder)
    assert {path: after[path] for path in others} == others
    assert all(b"debugId" in after[path] for path in ("js/app.js", "js/native.bundle"))
    err = capsys.readouterr().err
    assert "3 of 3 scripts got a debug id" in err
    assert "5 files are no scripts or maps of any, and were left as they are: static/app.css" in err
    assert "maps belong to no script" not in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
def test_modes_are_kept_and_links_are_not_followed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "js/alone.mjs").chmod(0o755)
    write(tmp_path, {"outside.js": b"outside()"})
    (folder / "js/link.js").symlink_to(tmp_path / "outside.js")
    assert main(["inject", "static"]) == 0
    assert stat.S_IMODE((folder / "js/alone.mjs").stat().st_mode) == 0o755
    assert (tmp_path / "outside.js").read_bytes() == b"outside()"
    assert "1 symbolic links were left as they are: static/js/link.js" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "js").chmod(0o555)
    try:
        assert main(["inject", "static"]) == 1
    finally:
        (folder / "js").chmod(0o755)
    assert "cannot be written: Permission denied" in capsys.readouterr().err
    assert contents(folder) == FILES


def test_names_that_hold_a_hash_of_the_content_are_noted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        folder, {"js/app-3f2a9c41.js": b"a()", "js/page-MJAHUPY7.js": b"b()", "js/vendor.js": b""}
    )
    assert main(["inject", "static"]) == 0
    err = capsys.readouterr().err
    assert "2 changed files have a hash of their former content in their names" in err


def test_maps_that_belong_to_no_script_are_noted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"js/lonely.js.map": MAP})
    assert main(["inject", "static"]) == 0
    err = capsys.readouterr().err
    assert "1 maps belong to no script, and were left as they are: static/js/lonely.js.map" in err


def test_one_id_for_two_scripts_is_noted_unless_they_are_copies(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"a/copy.js": b"c()", "b/copy.js": b"c()"})
    main(["inject", "static"])
    assert "have the debug id" not in capsys.readouterr().err
    tail = f"\n//# debugId={OTHER_ID}".encode()
    write(folder, {"a/one.js": b"1" + tail, "a/two.js": b"2" + tail})
    main(["inject", "static"])
    assert f"have the debug id {OTHER_ID}, though they differ" in capsys.readouterr().err


def test_help_fits_80_columns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["inject", "--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_what_a_killed_run_left_is_swept(folder: Path) -> None:
    left = folder / "js" / f".{'0' * 40}.sentry-artifacts.tmp"
    left.write_bytes(b"half of a scr")
    assert main(["inject", "static", "--dry-run"]) == 0
    assert left.exists()
    assert main(["inject", "static"]) == 0
    assert not left.exists()


@pytest.mark.skipif(os.name == "nt", reason="names may not be that long with their folders")
@pytest.mark.parametrize("length", [240, 255])
def test_names_as_long_as_a_file_system_takes_them_work(folder: Path, length: int) -> None:
    name = "a" * (length - len(".js")) + ".js"
    write(folder, {name: b"long()"})
    assert main(["inject", "static"]) == 0
    assert contents(folder)[name] == inject(b"long()").script


def test_a_reference_with_spaces_leads_to_its_map(folder: Path) -> None:
    script = b"a()\n//# sourceMappingURL=my shop app.js.map\n"
    write(folder, {"my shop app.js": script, "my shop app.js.map": MAP})
    assert main(["inject", "static"]) == 0
    assert loaded(contents(folder)["my shop app.js.map"])["mappings"] == ";AAAA;;AACA"


@pytest.mark.integration  # for it takes long
def test_helpers_take_no_module_from_the_folder_they_run_in(tmp_path: Path) -> None:
    for module in ("pickle", "hashlib", "uuid", "base64"):
        (tmp_path / f"{module}.py").write_text(
            f"open('{module} was run', 'w').close()\nraise SystemExit(1)\n", "utf-8"
        )
    for number in range(120):
        write(tmp_path / "static", {f"{number}.js": b"a(%d)" % number})
    program = "import sys; from hatch_sentry_artifacts.cli import main; sys.exit(main())"
    for command in (["-c", f"import sys; del sys.path[0]; {program}"], ["-m", PACKAGE]):
        done = subprocess.run(
            [sys.executable, *command, "inject", "static"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
    assert not list(tmp_path.glob("* was run"))
