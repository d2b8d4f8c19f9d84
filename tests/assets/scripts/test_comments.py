"""Which comments of a script count: the lexer tells them from text, and from code behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.scripts.comments import (
    TAIL_BYTES,
    EndingReader,
    read_ending,
)


def reference(script: str | bytes, block: int = 1 << 20) -> str | None:
    content = script.encode() if isinstance(script, str) else script
    reader = EndingReader()
    for start in range(0, len(content), block):
        reader.feed(content[start : start + block])
    return reader.ending(lambda: content).url


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
        ("debugger\n/['\"`]/.test(a)//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("let a\n/['\"`]/.test(b)//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("a={debugger:1}/b/'c'//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("`${`${a}`}`//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("#!/usr/bin/env node's\na()//# sourceMappingURL=a.js.map\n'x'", "a.js.map"),
        ("a=b\n++/`/.c\n//# sourceMappingURL=a.js.map", "a.js.map"),
        ("let a,b\n/`/.test(c)\n//# sourceMappingURL=a.js.map", "a.js.map"),
        ("let a=1;b,c\n/`\n//# sourceMappingURL=worker.js.map`", None),
        ("a=\\u{61}/`\n//# sourceMappingURL=worker.js.map`/1", None),
        ("a()\n//# sourceMappingURL=a.js.map\ufeff", "a.js.map"),
        ("", None),
        ("a()", None),
        ("a()\n//# sourceMappingURL=", None),
        ("a()\n//# sourceMappingURL=my shop app.js.map \n", "my shop app.js.map"),
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
    assert read_ending(script.encode()).url == expected


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


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(size, marks=() if size % 8 == 0 else pytest.mark.slow)
        for size in range(TAIL_BYTES - 40, TAIL_BYTES + 4)
    ],
)
def test_where_the_end_begins_makes_no_difference(size: int) -> None:
    # What stands before the comment decides what it is, and may be before the end that is held.
    comment = "//# sourceMappingURL=a.js.map"
    behind = "\n" * (size - len(comment))
    assert reference(f"a()\n{comment}{behind}", 1000) == "a.js.map"
    assert reference(f"// {comment}{behind}", 1000) is None


def test_a_script_whose_end_tells_is_not_read_again() -> None:
    reader = EndingReader()
    reader.feed(b"a('//# sourceMappingURL=');" * 9000 + b"\n//# sourceMappingURL=a.js.map\n")
    assert reader.ending(lambda: pytest.fail("read again")).url == "a.js.map"


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
    read_ending(content + b"/`${'\"//# sourceMappingURL=")


def test_bytes_that_are_not_utf_8_do_no_harm() -> None:
    assert reference(b"a('\xff\xfe')\n//# sourceMappingURL=a.js.map") == "a.js.map"
