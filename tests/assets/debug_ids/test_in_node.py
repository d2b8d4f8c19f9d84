"""What node makes of injected scripts: they parse, do the same, and register the id."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from tests.assets.debug_ids.support import MAP, OTHER_ID, Parser, needs_node, run_node

pytestmark = needs_node

STRICT = "console.log((function () { return this === undefined; })());"
SCRIPTS = {
    "script.cjs": "console.log(1 + 1)",
    "strict.cjs": f"#!/usr/bin/env node\n/* a */'use strict'\n{STRICT}\n",
    "sloppy.cjs": f"'use strict'.length\n{STRICT}\n",
    "crlf.cjs": f'\ufeff"use strict";\r\n{STRICT}\r\n',
    "module.mjs": 'import { sep } from "node:path";\n'
    "export const self = 1, window = 2, global = 3;\n"
    "class Error {}\nconsole.log(sep.length, Error.name);\n",
    "exports.cjs": "module.exports = 1; console.log(typeof module, typeof require)",
    "asi.cjs": "let a = 1\nlet b = a\n++b\nconsole.log(a, b)",
    "async.mjs": "await 1\nconsole.log(import.meta.url.length > 0)",
}
REGISTERED = """
process.on("exit", () => console.log(JSON.stringify(globalThis._sentryDebugIds)));
"""


@pytest.mark.parametrize("with_map", [True, False])
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_does_the_same_and_registers_its_id(
    tmp_path: Path, name: str, *, with_map: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(SCRIPTS[name].encode())
    before = run_node(name, folder=tmp_path)
    injected = inject(path.read_bytes(), MAP if with_map else None)
    path.write_bytes(injected.script)
    (tmp_path / "registered.cjs").write_text(REGISTERED, "utf-8")
    *after, ids = run_node("--require", "./registered.cjs", name, folder=tmp_path).splitlines()
    assert after == before.splitlines()
    # The stack is of this file, with the place at which the snippet stands in it.
    ((stack, debug_id),) = json.loads(ids).items()
    assert debug_id == injected.debug_id
    top = stack.splitlines()[1]
    line = injected.script.decode().split("_sentryDebugIds")[0].count("\n") + 1
    assert f"{name}:{line}:" in top


@pytest.mark.parametrize("only", ["globalThis", "self", "window", "global"])
def test_the_snippet_finds_the_global_object_of_any_engine(tmp_path: Path, only: str) -> None:
    injected = inject(b"", MAP)
    names = ["globalThis", "self", "window", "global"]
    code = (
        f"const place = {{ Error }};"
        f"new Function({', '.join(map(json.dumps, names))}, {json.dumps(injected.script.decode())})"
        f"({', '.join('place' if name == only else 'undefined' for name in names)});"
        "console.log(Object.values(place._sentryDebugIds)[0]);"
    )
    assert run_node("-e", code, folder=tmp_path).strip() == injected.debug_id


@pytest.mark.parametrize(
    "spoilt",
    [
        "Object.preventExtensions(globalThis)",
        "globalThis.Error = null",
        "Object.defineProperty(globalThis, '_sentryDebugIds', { get() { throw 1 } })",
        "globalThis.Error = class { get stack() { throw 1 } }",
        "globalThis.Error = class {}",
    ],
)
def test_nothing_makes_the_snippet_throw(tmp_path: Path, spoilt: str) -> None:
    injected = inject(b"", MAP)
    code = (
        f"{spoilt}; (0, eval)({json.dumps(injected.script.decode())}); process.stdout.write('ok')"
    )
    assert run_node("-e", code, folder=tmp_path) == "ok"


def test_a_worker_registers_its_id(tmp_path: Path) -> None:
    injected = inject(
        b"require('node:worker_threads').parentPort.postMessage("
        b"Object.values(globalThis._sentryDebugIds))",
        MAP,
    )
    (tmp_path / "worker.cjs").write_bytes(injected.script)
    code = (
        "new (require('node:worker_threads').Worker)('./worker.cjs')"
        ".on('message', ([id]) => console.log(id))"
    )
    assert run_node("-e", code, folder=tmp_path).strip() == injected.debug_id


SPACES = some.sampled_from(
    ["", " ", "\t", "\n", "\r\n", "\r", "\u2028", "\u00a0", "\u3000", "\ufeff"]
)
COMMENTS = some.sampled_from(
    [
        "/* a */",
        "/*! licence\n * of 'a' */",
        '/*"use strict"\u2029*/',
        "// 'a'\n",
        "// a\u2028",
        "//\r",
        "//# sourceURL=a.js\n",
        "//# sourceMappingURL=a.js.map\n",
        f"//# debugId={OTHER_ID}\n",
    ]
)
HTML_COMMENTS = some.sampled_from(["<!-- a\n", "\n--> b\n", "\n/* a */ --> b\n"])
STRINGS = some.sampled_from(
    ['"use strict"', "'use strict'", '"a\\"b"', "'\\\nb'", '"\u2028"', "'use asm'", '"\\\\"']
)
# What may follow a string, so that it is a directive, or none.
ENDS = some.sampled_from([";", "\n", "\n;", " /*\n*/ ", ".length;", "\n.at(0)\n", ",1\n", "\n+1;"])
STATEMENTS = some.sampled_from(
    [
        "a()",
        "var b = 1",
        "let c = 1;",
        "++d",
        "/a\\/*b/.test(c)",
        "`\n//# sourceMappingURL=x\n`",
        "function e() {}",
        "!function () {}()",
        "(() => {})()",
        "[1].at(0)",
        "if (a) b\nelse c",
        "do a(); while (0)",
        "class F { static g = 1 }",
        "let\nz",
        "with (a) b",
        "async () => {}",
        "h: for (;;) break h",
        "yield\n",
        "await\n",
        "x = function () {}",
        "'//# debugId=1'",
        "a\n--> c",
        "return",
    ]
)
MODULE_STATEMENTS = some.sampled_from(
    [
        'import a from "a"',
        'import "b";',
        "export default function () {}",
        "export default class {}",
        "export default () => {}",
        "export * from 'c'",
        "await 1",
        "export const d = import.meta.url",
    ]
)
ENDINGS = some.sampled_from(
    ["", "\n", ";", "\r\n", "// end", "/* end */", "\n//# sourceMappingURL=a"]
)


@some.composite
def scripts(draw: some.DrawFn, kind: str) -> str:
    filler = SPACES | COMMENTS | (HTML_COMMENTS if kind == "script" else SPACES)
    fill = some.lists(filler, max_size=3).map("".join)
    directive = some.tuples(fill, STRINGS, fill, ENDS).map("".join)
    statement = STATEMENTS | MODULE_STATEMENTS if kind == "module" else STATEMENTS
    separated = some.tuples(fill, statement, some.sampled_from([";", "\n", ";\n", "\r"]))
    return "".join(
        [
            draw(some.sampled_from(["", "\ufeff"])),
            draw(some.sampled_from(["", "", "#!node\n", "#! /usr/bin/env node\r\n", "#!\u2028"])),
            *draw(some.lists(directive, max_size=3)),
            draw(fill),
            *("".join(each) for each in draw(some.lists(separated, max_size=3))),
            draw(ENDINGS),
        ]
    )


def check(parser: Parser, script: str, kind: str, source_map: bytes | None) -> None:
    """Assert that what parses still does when injected, and that a second time changes nothing."""
    content = script.encode()
    assume(parser.problem(content, kind) is None)
    injected = inject(content, source_map)
    assert parser.problem(injected.script, kind) is None, injected.script
    again = inject(injected.script, injected.source_map)
    assert (again.script, again.source_map) == (injected.script, injected.source_map)
    assert not again.steps
    if source_map:
        # A run that was stopped behind the script is finished.
        assert inject(injected.script, source_map).source_map == injected.source_map


SETTINGS = settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
MAPS = some.sampled_from([MAP, None])


@pytest.mark.integration
@SETTINGS
@given(script=scripts("script"), source_map=MAPS)
def test_whatever_is_a_script_stays_one(
    parser: Parser, script: str, source_map: bytes | None
) -> None:
    check(parser, script, "script", source_map)


@pytest.mark.integration
@SETTINGS
@given(script=scripts("module"), source_map=MAPS)
def test_whatever_is_a_module_stays_one(
    parser: Parser, script: str, source_map: bytes | None
) -> None:
    check(parser, script, "module", source_map)


@pytest.mark.slow
@settings(SETTINGS, max_examples=2500)
@given(data=some.data(), kind=some.sampled_from(["script", "module"]), source_map=MAPS)
def test_many_more_scripts_stay_scripts(
    parser: Parser, data: some.DataObject, kind: str, source_map: bytes | None
) -> None:
    check(parser, data.draw(scripts(kind)), kind, source_map)


# Strictness shows in whether this parses.
SLOPPY_ONLY = "\nwith (a) b\n"


@pytest.mark.integration
@SETTINGS
@given(script=scripts("script"))
def test_a_script_is_as_strict_as_before(parser: Parser, script: str) -> None:
    assume("with" not in script)
    assume(parser.problem(script.encode(), "script") is None)
    # Behind the script, and so behind its directives, also when it is injected at its beginning.
    strict = parser.problem((script + SLOPPY_ONLY).encode(), "script") is not None
    injected = inject(script.encode(), MAP)
    after = parser.problem(injected.script + SLOPPY_ONLY.encode(), "script") is not None
    assert after == strict
