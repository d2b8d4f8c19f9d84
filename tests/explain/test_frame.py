"""Lines of traces: of every engine, and as Sentry copies them."""

from __future__ import annotations

import time

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.explain.frame import read_frame, read_only_frame
from hatch_sentry_artifacts.explain.position import Position


@pytest.mark.parametrize(
    "line",
    [
        "at f (https://h/a.js:7:8)",
        "    at new Basket (https://h/a.js:7:8)",
        "at get total [as total] (https://h/a.js:7:8)",
        "at t.<anonymous> (https://h/a.js:7:8)",
        "at e.<computed> [as x] (https://h/a.js:7:8)",
        "at new <anonymous> (https://h/a.js:7:8)",
        "at odd (name) (https://h/a.js:7:8)",
        "at [Symbol.iterator] (https://h/a.js:7:8)",
        "at async Promise.all (https://h/a.js:7:8)",
        "at async f (https://h/a.js:7:8)",
        "at https://h/a.js:7:8",
        "at async https://h/a.js:7:8",
        "at ? (https://h/a.js:7:8)",
        "at f(https://h/a.js:7:8)",
        "at f (address at https://h/a.js:7:8)",
        "f@https://h/a.js:7:8",
        "@https://h/a.js:7:8",
        "f/<@https://h/a.js:7:8",
        "e/this.x</<@https://h/a.js:7:8",
        "async*f@https://h/a.js:7:8",
        "setTimeout handler*f@https://h/a.js:7:8",
        "odd name@https://h/a.js:7:8",
        "module code@https://h/a.js:7:8",
        "f @ https://h/a.js:7:8",
        "(https://h/a.js:7:8)",
        "https://h/a.js:7:8\n",
        '"    at f (https://h/a.js:7:8)",',
        "12:00:01 [error] at f (https://h/a.js:7:8)",
        "> at f (https://h/a.js:7:8)",
        "https://h/a.js in render at line 7:8",
        " render in https://h/a.js [Line 7, column 8] (In app)",
        "render in file https://h/a.js in repo acme/web [Line 7, column 8] (Not in app)",
    ],
)
def test_a_line_of_a_trace_is_taken_from_any_browser(line: str) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert (frame.position, frame.note) == (Position("https://h/a.js", 7, 8), None)


@pytest.mark.parametrize(
    "line",
    [
        "/static/app.js:1:48213",
        "~/static/app.js:1:48213",
        "./static/app.js:1:48213",
        "static/app.js:1:48213",
        "at f (/static/app.js:1:48213)",
        "    at async f (/static/app.js:1:48213)",
        "at /static/app.js:1:48213",
        "at ? (/static/app.js:1:48213)",
        "at async f (~/static/app.js:1:48213)",
        "at static/app.js:1:48213",
        "f@/static/app.js:1:48213",
        "f@static/app.js:1:48213",
        "f\t@\tstatic/app.js:1:48213",
        "/static/app.js in render at line 1:48213",
        "/static/app.js at line 1:48213",
        "r in /static/app.js [Line 1, column 48213] (Not in app)",
        r"at f (C:\static\app.js:1:48213)",
        r"at C:\static\app.js:1:48213",
    ],
)
def test_a_path_without_a_host_is_one_of_any_host(line: str) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert frame.position == Position("~/static/app.js", 1, 48213)


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("at f (https://h/a(1).js:7:8)", Position("https://h/a(1).js", 7, 8)),
        ("https://h/a(1).js:7:8", Position("https://h/a(1).js", 7, 8)),
        ("at https://h/a(1).js:7:8", Position("https://h/a(1).js", 7, 8)),
        ("at f (/srv/my app/x.js:3:9)", Position("~/srv/my%20app/x.js", 3, 9)),
        (r"at f (C:\my app\x (1).js:3:9)", Position("~/my%20app/x%20(1).js", 3, 9)),
        ("f@https://h/@scope/a.js:7:8", Position("https://h/@scope/a.js", 7, 8)),
        ("at f (file:///srv/a.mjs:7:8)", Position("file:///srv/a.mjs", 7, 8)),
        ("at f (app:///a.js:7:8)", Position("app:///a.js", 7, 8)),
        ("at f (capacitor://localhost/a.js:7:8)", Position("capacitor://localhost/a.js", 7, 8)),
        ("at f (https://h/a.js?at=1:2:7:8)", Position("https://h/a.js?at=1:2", 7, 8)),
        ("@https://h/page:12:3", Position("https://h/page", 12, 3)),
        ("f@https://h/a.js:7", Position("https://h/a.js", 7)),
        ("render in /static/app.js [Line 9] (In app)", Position("~/static/app.js", 9)),
        ("f @ app.js:9", Position("~/app.js", 9)),
        (
            "at value (address at index.android.bundle:1:7)",
            Position("~/index.android.bundle", 1, 7),
        ),
        ("value@main.jsbundle:1:7", Position("~/main.jsbundle", 1, 7)),
    ],
)
def test_a_place_is_read_as_it_is_written(line: str, position: Position) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert frame.position == position


@pytest.mark.parametrize(
    ("line", "position"),
    [
        ("at eval (eval at f (https://h/a.js:7:8), <anonymous>:1:1)", (7, 8)),
        (
            "at eval (eval at <anonymous> (eval at f (https://h/a.js:7:8)), <anonymous>:1:1)",
            (7, 8),
        ),
        ("@https://h/a.js line 7 > eval:1:1", (7, None)),
        ("f@https://h/a.js line 7 > eval line 1 > eval:1:1", (7, None)),
        ("anonymous@https://h/a.js line 7 > Function:3:8", (7, None)),
    ],
)
def test_code_of_eval_is_where_it_was_made(line: str, position: tuple[int, int | None]) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert frame.position == Position("https://h/a.js", *position)
    assert "eval" in (frame.note or "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("at Array.map (<anonymous>)", "without a file"),
        ("at eval (<anonymous>)", "without a file"),
        ("at <anonymous>:1:1", "without a file"),
        ("at VM123:1:2", "without a file"),
        ("f@debugger eval code:1:1", "without a file"),
        ("map@[native code]", "engine's own"),
        ("at Array.forEach (native)", "engine's own"),
        ("at async Promise.all (index 0)", "engine's own"),
        ("f@self-hosted:123:4", "engine's own"),
        ("at Module._compile (node:internal/modules/cjs/loader:1521:14)", "runtime's own"),
        ("at process.emit (internal/process/next_tick.js:68:7)", "runtime's own"),
        ("at node:internal/main/run_main_module:28:49", "runtime's own"),
        ("at t (chrome-extension://abc/inject.js:1:2)", "extension"),
        ("t@moz-extension://abc/inject.js:1:2", "extension"),
        ("t@safari-web-extension://abc/inject.js:1:2", "extension"),
        ("t@webkit-masked-url://hidden/:1:2", "extension"),
        ("f@resource://gre/modules/a.sys.mjs:1:2", "browser's own"),
    ],
)
def test_code_that_is_not_the_page_s_is_told(line: str, reason: str) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert (frame.position, frame.foreign) == (None, True)
    assert reason in (frame.note or "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("at eval (webpack-internal:///./src/a.js:3:5)", "devtool"),
        ("f@webpack-internal:///./src/a.js:3:5", "devtool"),
        ("at f (rsc://React/Server/webpack-internal:///(rsc)/./a.tsx?1:3:5)", "devtool"),
        ("at f (webpack://shop/./src/a.ts:3:5)", "original already"),
        ("at blob:https://h/5cc8f122-9802:1:27", "made in the page"),
        ("@blob:https://h/5cc8f122-9802:1:27", "made in the page"),
        ("at data:text/javascript,export default fail():1:27", "made in the page"),
        ("@data:text/javascript;base64," + "A" * 20_000 + ":1:27", "made in the page"),
        ("at wasm://wasm/abfbdc42:wasm-function[1]:0x27", "WebAssembly"),
        ("at f (https://h/a.wasm:wasm-function[1]:0x27)", "WebAssembly"),
        (
            "@https://h/a.js line 50 > WebAssembly.Module:wasm-function[1]:0x27",
            "WebAssembly",
        ),
    ],
)
def test_code_that_no_uploaded_file_holds_is_told(line: str, reason: str) -> None:
    frame = read_frame(line)
    assert frame is not None
    assert (frame.position, frame.foreign) == (None, False)
    assert reason in (frame.note or "")
    assert len(frame.text) <= 200


@pytest.mark.parametrize(
    "line",
    [
        "",
        "TypeError: discount is undefined",
        "Error: no account of someone@example.org",
        "Error: look at this",
        "    ^",
        "app.js",
        "//h/a.js:1:2",
        "return total * (1 - discount.share);",
        "Caused by: x",
        "Node.js v20.20.2",
    ],
)
def test_other_lines_are_no_frames(line: str) -> None:
    assert read_frame(line) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("app.js", "holds no URL"),
        ("", "holds no URL"),
        ("//h/a.js:1:2", "holds no URL"),
        ("at f (https://h/a.js:0:5)", "counted from 1"),
        ("https://h/" + "a" * 20_000, "characters"),
        ("https://h:port/a.js", "is not a URL"),
        ("https://h/a.js and more", "holds a space"),
    ],
)
def test_what_is_no_place_in_a_script_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_only_frame(text)


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "@",
        "at ",
        "a",
        " in ",
        "eval at f (",
        "a.js:1",
        "> ",
        "/",
        ":1",
        "at f (",
        " at line 1",
    ],
)
def test_a_line_is_read_in_time_whatever_it_holds(unit: str) -> None:
    line = (unit * 10_000)[:10_000]
    start = time.process_time()
    for text in (line, f"at {line}", f"{line}:1:2", f"f@{line}", f"{line} [Line 1] (In app)"):
        try:
            read_frame(text)
        except ConfigurationError:
            continue
    assert time.process_time() - start < 2
