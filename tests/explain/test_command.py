"""`explain` on the command line: against a server, and against a wheel."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from hatch_sentry_artifacts.local_server.settings import CI_TOKEN
from tests.explain import bundle
from tests.sentry.fault_proxy import FaultProxy
from tests.support import make_wheel
from tests.support.shell import Shell

URL = "https://shop.example/static/page.js"
PLACE = f"{URL}?v=1:1:344"


@pytest.fixture
def wheel(shell: Shell) -> Path:
    """Return a newer wheel of the project than the one of the fixture; it holds the bundle."""
    version = (shell.folder / "pyproject.toml").read_text("utf-8").partition('version = "')[2]
    files = bundle.files() | {"shop/static/lonely.js": b"a()\n//# sourceMappingURL=lonely.js.map\n"}
    return make_wheel(shell.folder / "dist", version=version.partition('"')[0], files=files)


EXPLAINED = """\
Script
  not there   https://shop.example/static/page.js?v=1
  not there   https://shop.example/static/page.js
  not there   ~/static/page.js?v=1
  answers     ~/static/page.js

Source map
  header Sourcemap: page.js.map
  not there   https://shop.example/static/page.js.map
  answers     ~/static/page.js.map

Original
  ../source/prices.ts:16:33
  function: totalOf

  13 |     }
  14 |     total += line.price * line.amount;
  15 |   }
  16 |   return total * (1 - discount!.share);
     |                                 ^
  17 | }
  18 |

It resolves.
"""


def test_a_place_is_followed_through_the_release_to_its_source(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel))
    done = shell.run("explain", PLACE)
    head, _, rest = done.out.partition("\n\n")
    assert rest == EXPLAINED
    assert head.splitlines()[0] == f"{URL}?v=1, line 1, column 344"
    assert "no dist, of" in head
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert (done.code, done.err) == (0, "")


def test_the_wheel_gives_the_same_without_server_and_token(
    shell: Shell, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("SENTRY_AUTH_TOKEN")
    done = shell.run("explain", f"at a ({PLACE})", "--from", str(wheel))
    assert done.out.partition("\n\n")[2] == EXPLAINED
    assert f"an upload of {wheel.name} would send" in " ".join(done.out.split())
    assert (done.code, done.err) == (0, "")


def test_a_folder_is_named_by_the_options_as_for_the_upload(shell: Shell, tmp_path: Path) -> None:
    for path, content in bundle.files("static").items():
        (tmp_path / "web" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / path).write_bytes(content)
    place = "https://cdn.example/x/page.js:1:344"
    options = ["--from", str(tmp_path / "web"), "--paths", "web/static=https://cdn.example/x"]
    done = shell.run("explain", place, *options)
    assert "answers     https://cdn.example/x/page.js\n" in done.out
    assert done.code == 0


def test_a_dist_is_told_from_others(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel), "--dist", "7")
    done = shell.run("explain", PLACE)
    assert "  other dist  ~/static/page.js\n              only dist 7\n" in done.out
    assert done.code == 1
    of_dist = shell.run("explain", PLACE, "--dist", "7")
    assert "  answers     ~/static/page.js\n              of dist 7\n" in of_dist.out
    assert of_dist.code == 0


def test_a_url_that_nothing_answers_for_shows_the_names_that_come_near(
    shell: Shell, wheel: Path
) -> None:
    done = shell.run("explain", "https://h/shop/static/page.js:1:1", "--from", str(wheel))
    assert "    ~/static/page.js\n      it lacks /shop, with which the URL begins" in done.out
    assert done.out.endswith("\n\nIt does not resolve: no artifact answers for the script's URL.\n")
    assert done.code == 1


def test_a_map_that_is_not_there_is_told(shell: Shell, wheel: Path) -> None:
    done = shell.run("explain", "https://h/static/lonely.js:1:1", "--from", str(wheel))
    assert "  not there   ~/static/lonely.js.map\n" in done.out
    assert done.out.endswith("It does not resolve: no artifact answers for the map's URL.\n")
    assert done.code == 1


def test_a_url_alone_asks_for_script_and_map(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel))
    done = shell.run("explain", URL)
    assert "Script and map are there." in done.out
    assert done.code == 0


def test_json_is_one_object(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel))
    found = shell.run("explain", PLACE, "--json").json
    assert list(found) == [
        "url", "line", "column", "source", "release", "dist", "debug_id", "script", "map",
        "original", "resolved", "reason", "frame", "text", "note",
    ]  # fmt: skip
    assert (found["url"], found["line"], found["column"]) == (f"{URL}?v=1", 1, 344)
    assert [each["status"] for each in found["script"]["candidates"]] == [
        "absent", "absent", "absent", "answers",
    ]  # fmt: skip
    assert found["script"]["artifact"]["name"] == "~/static/page.js"
    assert found["map"]["reference"] == "page.js.map"
    assert found["map"]["found_in"] == "Sourcemap"
    assert found["map"]["artifact"]["name"] == "~/static/page.js.map"
    assert found["original"]["source"] == "../source/prices.ts"
    assert found["original"]["function"] == "totalOf"
    assert found["original"]["excerpt"][0] == {"line": 13, "text": "    }"}
    assert found["resolved"] is True
    missing = shell.run("explain", "https://h/none.js", "--json")
    assert missing.json["map"] is None
    assert missing.json["resolved"] is False
    assert missing.code == 1


def test_an_org_auth_token_may_look_at_names_but_not_into_files(
    shell: Shell, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("upload", str(wheel))
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", CI_TOKEN)
    done = shell.run("explain", PLACE)
    assert "  answers     ~/static/page.js.map\n" in done.out
    assert "Whether it resolves is not known" in done.out
    assert "a token with the scope project:releases is needed" in done.err
    assert "--from" in done.err
    assert done.code == 3
    assert shell.run("explain", URL).code == 0


def test_without_ecma426_all_but_the_original_is_shown(
    shell: Shell, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ecma426", None)
    done = shell.run("explain", PLACE, "--from", str(wheel))
    assert "  answers     ~/static/page.js.map\n" in done.out
    assert "pip install 'hatch-sentry-artifacts[explain]'" in done.err
    assert done.code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["page.js"], "holds no URL"),
        ([URL, "--release", "none-of-that"], "there is no release none-of-that"),
        ([URL, "--from", "none.whl"], "there is no such wheel or folder"),
    ],
)
def test_wrong_usage_is_one_line(shell: Shell, arguments: list[str], message: str) -> None:
    done = shell.run("explain", *arguments)
    assert message in done.err
    assert len(done.err.splitlines()) == 1
    assert (done.code, done.out) == (2, "")


def test_long_lines_are_cut_around_the_place(shell: Shell, tmp_path: Path) -> None:
    line = "\t" + "x" * 299 + "HERE" + "y" * 300
    source_map = {
        "version": 3,
        "sources": ["a.ts"],
        "names": [],
        "sourcesContent": [line],
        "mappings": "AAA4S",  # column 300
    }
    (tmp_path / "web").mkdir()
    (tmp_path / "web/a.js").write_text("a()\n//# sourceMappingURL=a.js.map\n", "utf-8")
    (tmp_path / "web/a.js.map").write_text(json.dumps(source_map), "utf-8")
    done = shell.run("explain", "https://h/a.js:1:1", "--from", str(tmp_path / "web"))
    shown, marker = done.out.partition("\n\n  1 |")[2].splitlines()[:2]
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert shown.index("HERE") + len("  1 |") == marker.index("^")
    assert (shown.strip()[0], shown[-1]) == ("…", "…")


def test_codes_for_the_terminal_are_not_passed_on(shell: Shell, tmp_path: Path) -> None:
    source_map = {
        "version": 3,
        "sources": ["a\x1b[2J.ts"],
        "sourcesContent": ["one(\x1b[31m)\x9b"],
        "mappings": "AAAA",
    }
    (tmp_path / "web").mkdir()
    (tmp_path / "web/a.js").write_text("a()\n//# sourceMappingURL=a.js.map\n", "utf-8")
    (tmp_path / "web/a.js.map").write_text(json.dumps(source_map), "utf-8")
    done = shell.run("explain", "https://h/a.js:1:1", "--from", str(tmp_path / "web"))
    assert r"one(\x1b[31m)\x9b" in done.out
    assert "\x1b" not in done.out


def test_a_wheel_whose_maps_were_stripped_says_where_to_look(shell: Shell, tmp_path: Path) -> None:
    pyproject = shell.folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8") + 'source-maps = "strip"\n', "utf-8")
    wheel = make_wheel(tmp_path, files={"shop/static/app.js": b"a()\n"})
    done = shell.run("explain", "https://h/static/app.js:1:1", "--from", str(wheel))
    assert "the built wheel holds no maps" in done.err
    assert done.code == 1


def test_help_fits_80_columns(shell: Shell) -> None:
    assert all(len(line) <= 80 for line in shell.run("explain", "--help").out.splitlines())


def test_a_path_without_a_host_resolves_as_on_any_host(shell: Shell, wheel: Path) -> None:
    shell.run("upload", str(wheel))
    done = shell.run("explain", "at f (/static/page.js?v=1:1:344)")
    assert done.code == 0
    assert "  answers     ~/static/page.js\n" in done.out
    assert "  answers     ~/static/page.js.map\n" in done.out
    assert "function: totalOf" in done.out


TRACE = f"""TypeError: discount is undefined
    at totalOf ({PLACE})
    at Array.map (<anonymous>)
    at lonely (https://shop.example/static/lonely.js:1:1)
"""


SUMMARY = """\
3 frames: 1 resolves, 1 does not resolve, 1 is not the page's code

    1  resolves   https://shop.example/static/page.js?v=1:1:344
                  ../source/prices.ts:16:33, in totalOf
    2  not yours  at Array.map (<anonymous>)
    3  does not   https://shop.example/static/lonely.js:1:1
                  no artifact answers for the map's URL
"""


def test_every_frame_of_a_trace_is_answered_and_the_summary_comes_last(
    shell: Shell, wheel: Path
) -> None:
    done = shell.run("explain", TRACE, "--from", str(wheel))
    assert done.code == 1
    assert done.out.startswith(f"Frame 1 of 3: at totalOf ({PLACE})\n")
    assert "\nFrame 2 of 3: at Array.map (<anonymous>)\nIt is code without a file" in done.out
    assert done.out.count("\nScript\n") == 2
    assert "function: totalOf" in done.out
    assert "\nhttps://shop.example/static/lonely.js, line 1, column 1\n" in done.out
    assert done.out.endswith(f"\n\n{SUMMARY}")
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_code_that_is_not_the_page_s_need_not_resolve(shell: Shell, wheel: Path) -> None:
    trace = "\n".join(TRACE.splitlines()[:3])
    assert shell.run("explain", trace, "--from", str(wheel)).code == 0


def test_several_places_may_be_given(shell: Shell, wheel: Path) -> None:
    done = shell.run("explain", PLACE, "/static/lonely.js:1:1", "--from", str(wheel))
    assert "2 frames: 1 resolves, 1 does not resolve" in done.out
    assert done.code == 1


def test_a_line_may_be_given_without_quotes(shell: Shell, wheel: Path) -> None:
    line = "/static/page.js in totalOf at line 1:344"
    done = shell.run("explain", *line.split(), "--from", str(wheel))
    assert "function: totalOf" in done.out
    assert done.code == 0


class _Input(io.TextIOWrapper):
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), "utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("words", [[], ["-"]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_trace_is_read_from_standard_input(
    shell: Shell, wheel: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], encoding: str
) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(TRACE.encode(encoding)))
    done = shell.run("explain", *words, "--from", str(wheel))
    assert done.out.endswith(SUMMARY)
    assert (done.code, done.err) == (1, "")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "standard input is empty"),
        (b"\xff\xfe\n\0", "standard input is empty"),
        (b"no trace at all\nnone\n", "none of the 2 lines is a frame"),
        (b"at f (https://h/a.js:1:2)\n" * 50_000, "give the trace alone"),
        (b"\0\xff" * 1000, "holds no URL"),
    ],
)
def test_an_input_without_a_trace_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, given: bytes, message: str
) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(given))
    done = shell.run("explain")
    assert message in done.err
    assert len(done.err.splitlines()) == 1
    assert (done.code, done.out) == (2, "")


def test_nobody_waits_for_a_trace_from_a_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(b"", terminal=True))
    done = shell.run("explain")
    assert "give a place, such as https://" in done.err
    assert done.code == 2


@pytest.mark.smoke
def test_a_trace_is_read_from_a_pipe(shell: Shell, wheel: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatch_sentry_artifacts", "explain", "--from", str(wheel)],
        check=False,
        input=TRACE,
        capture_output=True,
        cwd=shell.folder,
        text=True,
        timeout=60,
    )
    assert done.stdout.endswith(SUMMARY)
    assert (done.returncode, done.stderr) == (1, "")


def test_every_frame_of_a_trace_is_a_line_of_json(shell: Shell, wheel: Path) -> None:
    done = shell.run("explain", TRACE, "--json", "--from", str(wheel))
    resolved = [json.loads(line)["resolved"] for line in done.out.splitlines()]
    assert resolved == [True, None, False]


def test_a_file_is_downloaded_once_for_a_whole_trace(
    shell: Shell, wheel: Path, shared_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.run("upload", str(wheel))
    with FaultProxy(shared_server.url) as proxy:
        monkeypatch.setenv("SENTRY_URL", proxy.url)
        done = shell.run("explain", f"at f ({PLACE})\nat g ({PLACE})\nat h ({PLACE})")
    assert done.out.count("function: totalOf") == 1
    assert done.out.count("The place is that of frame 1.") == 2
    downloads = [each.path for each in proxy.requests if "download=1" in each.path]
    assert len(downloads) == len(set(downloads)) == 1
