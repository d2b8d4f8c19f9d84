"""References: which source map a script means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.source_maps.references import (
    TAIL_BYTES,
    ReferenceFinder,
    find_last,
    is_inline,
    sourcemap_header,
)


def reference(script: str | bytes, block: int = 1 << 20) -> str | None:
    content = script.encode() if isinstance(script, str) else script
    finder = ReferenceFinder()
    for start in range(0, len(content), block):
        finder.feed(content[start : start + block])
    return finder.reference(lambda: content)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a()\n//# sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n\n", "a.js.map"),
        ("a()\r\n//# sourceMappingURL=a.js.map\r\n", "a.js.map"),
        ("a()\n//@ sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n  //#  sourceMappingURL=a.js.map  ", "a.js.map"),
        ("a();//# sourceMappingURL=a.js.map", "a.js.map"),
        ("//# sourceMappingURL=a.js.map", "a.js.map"),
        ("a()\n//# sourceMappingURL=../maps/a.js.map?v=1", "../maps/a.js.map?v=1"),
        ("a()\n//# sourceMappingURL=./a%20b.js.map#x", "./a%20b.js.map#x"),
        ("a()\n//# sourceMappingURL=https://h/a.js.map", "https://h/a.js.map"),
        ("a()\n//# sourceMappingURL=//h/a.js.map", "//h/a.js.map"),
        ("a()\n//# sourceMappingURL=~/a.js.map", "~/a.js.map"),
        ("a()\n//# sourceMappingURL=data:application/json,%7B%7D", "data:application/json,%7B%7D"),
        ("a()\n//# sourceMappingURL=a.js.map\n//# debugId=1-2", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n/* end */", "a.js.map"),
        ("a()\n//# sourceMappingURL=a.js.map\n/*! isn't\n * of a\n */\n", "a.js.map"),
        ("a()\n//# sourceMappingURL=one.map\n//# sourceMappingURL=two.map", "two.map"),
        ("a()\u2028//# sourceMappingURL=a.js.map", "a.js.map"),
        ("//# sourceMappingURL=a.js.map\nmore('x')", "a.js.map"),
        ("(function(){\na()\n//# sourceMappingURL=a.js.map\n})();", "a.js.map"),
        ('a("http://h");//# sourceMappingURL=a.js.map', "a.js.map"),
        ("a=b/c//# sourceMappingURL=a.js.map", "a.js.map"),
        ("a=/['\"`]/g//# sourceMappingURL=a.js.map", "a.js.map"),
        ("if(a)/['\"`]/.test(b)//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("a=(b)/c/'d'//# sourceMappingURL=a.js.map", "a.js.map"),
        ("`${`${a}`}`//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("#!/usr/bin/env node's\na()//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("", None),
        ("a()", None),
        ("a()\n//# sourceMappingURL=", None),
        ("a()\n//# sourceMappingURL=a b.map", None),
        ("//# sourceMappingURL=a.map\n//# sourceMappingURL=", None),
        ("///# sourceMappingURL=a.map", None),
        ("// see //# sourceMappingURL=a.map", None),
        ('x="//# sourceMappingURL=worker.js.map"', None),
        ('x="//# sourceMappingURL="+y', None),
        ("x='\\\n//# sourceMappingURL=worker.js.map\\\n'", None),
        ("x=`\n//# sourceMappingURL=worker.js.map\n`", None),
        ("x=`\n//# sourceMappingURL=worker.js.map\n//`", None),
        ("x=`${a}\n//# sourceMappingURL=worker.js.map\n${b}`", None),
        ("x=/[//# sourceMappingURL=worker.js.map]/", None),
        ("x=\n/[\\\\//# sourceMappingURL=worker.js.map]/", None),
        ("/*\n//# sourceMappingURL=old.js.map\n*/", None),
        ('x="\\n//# sourceMappingURL=worker.js.map";\n//# sourceMappingURL=a.js.map', "a.js.map"),
        ("//# sourceMappingURL=a.js.map\nx='//# sourceMappingURL=worker.js.map'", "a.js.map"),
        ("/*# sourceMappingURL=a.css.map */", None),
        ('x="/*# sourceMappingURL=data:application/json;base64,"', None),
    ],
)
def test_the_last_comment_counts_and_nothing_that_is_no_comment(
    script: str, expected: str | None
) -> None:
    assert reference(script) == expected
    assert find_last(script.encode()) == expected


@pytest.mark.parametrize("block", [1, 7, 1000, TAIL_BYTES, 1 << 20])
def test_a_long_script_is_read_in_blocks(block: int) -> None:
    script = "x=1;" * 40_000 + "\n//# sourceMappingURL=a.js.map\n"
    assert reference(script, block=max(block, 64)) == "a.js.map"


@pytest.mark.parametrize("block", [64, TAIL_BYTES - 1, 1 << 20])
@pytest.mark.parametrize("behind", ["x=1;", "'x';", "//\n"])
def test_a_comment_far_from_the_end_is_found(block: int, behind: str) -> None:
    script = "a()\n//# sourceMappingURL=a.js.map\n" + behind * 40_000
    assert reference(script, block) == "a.js.map"


def test_an_inline_map_that_is_longer_than_the_end_is_found() -> None:
    url = "data:application/json;charset=utf-8;base64," + "A" * 3 * TAIL_BYTES
    assert reference(f"a('b')\n//# sourceMappingURL={url}\n", 4096) == url


@pytest.mark.parametrize("size", range(TAIL_BYTES - 40, TAIL_BYTES + 4))
def test_where_the_end_begins_makes_no_difference(size: int) -> None:
    # What stands before the comment decides what it is, and may be before the end that is held.
    comment = "//# sourceMappingURL=a.js.map"
    behind = "\n" * (size - len(comment))
    assert reference(f"a()\n{comment}{behind}", 1000) == "a.js.map"
    assert reference(f"// {comment}{behind}", 1000) is None


def test_a_script_whose_end_tells_is_not_read_again() -> None:
    finder = ReferenceFinder()
    finder.feed(b"a('//# sourceMappingURL=');" * 9000 + b"\n//# sourceMappingURL=a.js.map\n")
    assert finder.reference() == "a.js.map"


# Pieces of scripts that hold what looks like a comment, or could be taken for the begin of a
# string, a template, an expression or a comment.
FALSE = "//# sourceMappingURL=false.map"
LITERALS = st.sampled_from(
    [
        f'"{FALSE}"',
        f"'{FALSE}'",
        f"`{FALSE}`",
        f"`\n{FALSE}\n`",
        f"`${{a}}{FALSE}\n${{`{FALSE}`}}`",
        f"/[{FALSE}]/",
        f"/*\n{FALSE}\n*/1",
        f'"\\"{FALSE}"',
        f"'\\\n{FALSE}\\\n'",
        f"`\\`{FALSE}`",
        "/[/\"'`]/g",
        "/\\//",
        "/'/.test(a)/2/b",
        "(a)/2",
        "[a]/b/c",
        "a++/b",
        "{}.b/2",
        "(function(){return/'/})()",
        "'//'",
        '"/*"',
    ]
)
STATEMENTS = st.one_of(
    LITERALS.map("x={};".format),
    LITERALS.map("f(a,{});\n".format),
    LITERALS.map("if(a)b={};else c;\n".format),
    LITERALS.map("function f(){{return {}}}\n".format),
    LITERALS.map("y=`${{{}}}`;".format),
    st.sampled_from(["/'/.test(a);", "if(a)/'/.test(b);", "while(a){}/'/.test(b);", "// it's\n"]),
)
PATHS = st.text("abc012._-/%?=#~", min_size=1)


@given(st.lists(STATEMENTS), PATHS, st.sampled_from(["", "\n", "\r\n", "\n/* isn't */", "\n//'"]))
def test_a_comment_at_the_end_of_any_script_is_found(
    statements: list[str], path: str, behind: str
) -> None:
    script = "".join(statements) + f"\n//# sourceMappingURL={path}{behind}"
    assert reference(script) == path


@given(st.lists(STATEMENTS), PATHS, st.lists(STATEMENTS))
def test_a_comment_between_any_statements_is_found(
    before: list[str], path: str, behind: list[str]
) -> None:
    script = "".join(before) + f"\n//@ sourceMappingURL={path}\n" + "".join(behind)
    assert reference(script) == path


@given(st.lists(STATEMENTS))
def test_text_in_literals_is_never_found(statements: list[str]) -> None:
    assert reference("".join(statements)) is None


@given(st.binary())
def test_anything_can_be_read(content: bytes) -> None:
    assert reference(content) is None or b"sourceMappingURL=" in content
    find_last(content + b"/`${'\"//# sourceMappingURL=")


def test_bytes_that_are_not_utf_8_do_no_harm() -> None:
    assert reference(b"a('\xff\xfe')\n//# sourceMappingURL=a.js.map") == "a.js.map"


def test_an_inline_map_is_one_that_needs_no_header() -> None:
    assert is_inline("data:application/json;base64,e30=")
    assert not is_inline("database.js.map")


CDN = "https://cdn.example"


@pytest.mark.parametrize(
    ("script", "given", "map_name", "header"),
    [
        ("~/static/app.js", "app.js.map", "~/static/app.js.map", "app.js.map"),
        ("~/static/app.js", "app.js.map", None, "app.js.map"),
        ("~/static/app.js", "~/static/app.js.map", "~/static/app.js.map", "/static/app.js.map"),
        ("~/static/app.js", "~/gone.js.map", None, "/gone.js.map"),
        ("~/static/app.js", None, "~/static/app.js.map", "app.js.map"),
        ("~/static/a:b.js", None, "~/static/a:b.js.map", "/static/a:b.js.map"),
        ("~/js/app.js", "app.js.map", "~/maps/app.js.map", "/maps/app.js.map"),
        ("~/js/grün.js", "grün.js.map", "~/js/gr%C3%BCn.js.map", "/js/gr%C3%BCn.js.map"),
        ("~/app.js", "app.js.map", f"{CDN}/app.js.map", f"{CDN}/app.js.map"),
        ("~/js/app.js", r"..\maps\app.js.map", "~/maps/app.js.map", "../maps/app.js.map"),
        ("~/js/app.js", r"maps\gone.map?a\b", None, "maps/gone.map?a%5Cb"),
        ("~/js/app.js", " a\tp\np.js.map\x0c", None, "app.js.map"),
        ("~/js/app.js", "a\x0bb\x7f.map", None, "a%0Bb%7F.map"),
        ("~/my app.js", "my app.js.map", "~/my%20app.js.map", "/my%20app.js.map"),
        (f"{CDN}/a/app.js", "app.js.map", f"{CDN}/a/app.js.map", "app.js.map"),
    ],
)
def test_the_header_leads_to_the_name_that_the_map_has(
    script: str, given: str | None, map_name: str | None, header: str
) -> None:
    assert sourcemap_header(script, given, map_name) == header
