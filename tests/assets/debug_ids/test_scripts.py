"""Where snippet and comment go in a script, and what stays as it was."""

from __future__ import annotations

import base64
import re

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import Step, inject
from hatch_sentry_artifacts.errors import DistributionError
from tests.assets.debug_ids.support import MAP, OTHER_ID, UUID, loaded, normal

S = 'SNIPPET("ID");'
C = "//# debugId=ID"


@pytest.mark.parametrize(
    ("script", "expected", "mappings"),
    [
        pytest.param("a()", f"{S}\na()\n{C}\n", ";AAAA;;AACA", id="plain"),
        pytest.param("", f"{S}\n{C}\n", ";AAAA;;AACA", id="empty"),
        pytest.param(
            "#!/usr/bin/env node\na()\n",
            f"#!/usr/bin/env node\n{S}\na()\n{C}\n",
            "AAAA;;;AACA",
            id="hashbang",
        ),
        pytest.param("#!x", f"#!x\n{S}\n{C}\n", "AAAA;;;AACA", id="nothing but a hashbang"),
        pytest.param(
            "/*! licence */\n// more\na()\n",
            f"/*! licence */\n// more\n{S}\na()\n{C}\n",
            "AAAA;;;AACA",
            id="licence first",
        ),
        pytest.param(
            "/*! licence\n of a */a()\n",
            f"{S}\n/*! licence\n of a */a()\n{C}\n",
            ";AAAA;;AACA",
            id="a comment that ends on the line of the code",
        ),
        pytest.param(
            "\n\n  a()\n", f"\n\n{S}\n  a()\n{C}\n", "AAAA;;;AACA", id="lines without anything"
        ),
        pytest.param(
            '"use strict";a()',
            f'"use strict";{S}\n"use strict";a()\n{C}\n',
            ";AAAA;;AACA",
            id="directive",
        ),
        pytest.param(
            "'use strict'\n'use client'\na()\n",
            f"'use strict';'use client';{S}\n'use strict'\n'use client'\na()\n{C}\n",
            ";AAAA;;AACA",
            id="directives without semicolons",
        ),
        pytest.param(
            '/* a */ "use strict" /* b */ ; // c\n"d"; a()',
            f'"use strict";"d";{S}\n/* a */ "use strict" /* b */ ; // c\n"d"; a()\n{C}\n',
            ";AAAA;;AACA",
            id="directives among comments",
        ),
        pytest.param('"use strict"', f'"use strict";{S}\n"use strict"\n{C}\n', None, id="alone"),
        pytest.param(
            '"use strict" /*\n*/ a()',
            f'"use strict";{S}\n"use strict" /*\n*/ a()\n{C}\n',
            None,
            id="a directive ended by a line end in a comment",
        ),
        pytest.param(
            '"a"\n++b', f'"a";{S}\n"a"\n++b\n{C}\n', None, id="a directive before an increment"
        ),
        pytest.param(
            '"a"\nindex', f'"a";{S}\n"a"\nindex\n{C}\n', None, id="a directive before a name in in"
        ),
        *[
            pytest.param(code, f"{S}\n{code}\n{C}\n", None, id=f"no directive: {code!r}")
            for code in (
                '"use strict".length',
                '"use strict"\n.length',
                '"use strict" + a',
                '"use strict"\n(a)',
                '"use strict", a',
                '"a"\nin b',
                '"a"\ninstanceof B',
                '"a" != b',
                '"a" ? b : c',
                "`use strict`;a()",
                '("use strict");a()',
            )
        ],
        pytest.param("a()\r\nb()\r\n", f"{S}\r\na()\r\nb()\r\n{C}\r\n", ";AAAA;;AACA", id="CRLF"),
        pytest.param("\ufeffa()", f"\ufeff{S}\na()\n{C}\n", ";AAAA;;AACA", id="byte order mark"),
        pytest.param(
            "\ufeff#!x\n'use strict'\n",
            f"\ufeff#!x\n'use strict';{S}\n'use strict'\n{C}\n",
            "AAAA;;;AACA",
            id="byte order mark and hashbang",
        ),
        pytest.param(
            'import a from "a";export{a}',
            f'{S}\nimport a from "a";export{{a}}\n{C}\n',
            ";AAAA;;AACA",
            id="module",
        ),
        pytest.param(
            "a()\n//# sourceMappingURL=a.js.map\n",
            f"{S}\na()\n//# sourceMappingURL=a.js.map\n{C}\n",
            None,
            id="reference",
        ),
        pytest.param(
            "//# sourceMappingURL=a.js.map",
            f"{S}\n//# sourceMappingURL=a.js.map\n{C}\n",
            None,
            id="nothing but a reference",
        ),
        pytest.param("<!-- a\n--> b\na()", f"<!-- a\n--> b\n{S}\na()\n{C}\n", None, id="HTML"),
        pytest.param("// a\u2028a()", f"// a\u2028{S}\na()\n{C}\n", "AAAA;;;AACA", id="U+2028"),
        pytest.param("// a", f"{S}\n// a\n{C}\n", None, id="an open comment"),
    ],
)
def test_the_snippet_stands_before_the_code_and_the_comment_at_the_end(
    script: str, expected: str, mappings: str | None
) -> None:
    injected = inject(script.encode(), MAP)
    assert normal(injected.script) == expected
    if mappings:
        assert loaded(injected.source_map)["mappings"] == mappings


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a()", f"a()\n{S}\n{C}\n"),
        ("", f"{S}\n{C}\n"),
        ("'use strict';a() // b", f"'use strict';a() // b\n{S}\n{C}\n"),
        ("a()\r\n", f"a()\r\n{S}\r\n{C}\r\n"),
        (
            "a()\n//# sourceMappingURL=gone.map\n",
            f"a()\n{S}\n//# sourceMappingURL=gone.map\n{C}\n",
        ),
        ("a();//# sourceMappingURL=b.map", f"a();\n{S}\n//# sourceMappingURL=b.map\n{C}\n"),
    ],
)
def test_without_a_map_the_snippet_moves_nothing(script: str, expected: str) -> None:
    injected = inject(script.encode())
    assert normal(injected.script) == expected
    assert injected.source_map is None
    assert injected.steps == (Step.SNIPPET, Step.COMMENT)


def test_the_same_content_has_the_same_id_everywhere() -> None:
    assert inject(b"a()", MAP).debug_id == inject(b"a()", MAP).debug_id
    assert inject(b"a()", MAP).debug_id == "4dae2fa8-04d9-5d7e-9af7-83e9a1781ca1"
    assert re.fullmatch(UUID, inject(b"a()").debug_id)


def test_other_content_has_another_id() -> None:
    moved = MAP.replace(b"AAAA", b"AAAC")
    given = [(b"a()", MAP), (b"b()", MAP), (b"a()", moved), (b"a()", None), (b"b()", None)]
    assert len({inject(script, source_map).debug_id for script, source_map in given}) == len(given)


def test_bytes_cannot_wander_from_the_script_to_the_map_unnoticed() -> None:
    assert inject(b"a(){}", MAP).debug_id != inject(b"a()", b"{}" + MAP).debug_id


def test_script_and_map_carry_the_id() -> None:
    injected = inject(b"a()", MAP)
    assert injected.script.endswith(f"//# debugId={injected.debug_id}\n".encode())
    assert f'("{injected.debug_id}");'.encode() in injected.script
    assert loaded(injected.source_map)["debugId"] == injected.debug_id
    assert injected.steps == (Step.SNIPPET, Step.COMMENT, Step.MOVED, Step.STAMPED)


@pytest.mark.parametrize("source_map", [MAP, None])
def test_a_second_time_nothing_changes(source_map: bytes | None) -> None:
    once = inject(b'"use strict";a()\r\n//# sourceMappingURL=a.map', source_map)
    twice = inject(once.script, once.source_map)
    assert (twice.script, twice.source_map) == (once.script, once.source_map)
    assert twice.debug_id == once.debug_id
    assert twice.steps == ()


def test_the_rest_of_a_script_need_not_be_utf_8() -> None:
    injected = inject(b"a('\xff\xfe\x00')", MAP)
    assert b"\na('\xff\xfe\x00')\n" in injected.script


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_script_in_utf_16_is_refused(mark: bytes) -> None:
    with pytest.raises(DistributionError, match="UTF-8"):
        inject(mark + b"a\0(\0", MAP)


@pytest.mark.parametrize(
    "tail",
    [
        f"//# debugId={OTHER_ID}",
        f"//# debugId={OTHER_ID}\n//# sourceMappingURL=a.map\n/* end */\n",
        f"//@ debugId={OTHER_ID}\r\n\r\n",
    ],
)
def test_a_comment_behind_all_code_is_the_script_s_id(tail: str) -> None:
    assert inject(f"a()\n{tail}".encode()).debug_id == OTHER_ID


@pytest.mark.parametrize(
    "script",
    [
        f"x=`\n//# debugId={OTHER_ID}\n`",
        f"//# debugId={OTHER_ID}\na()",
        f'x="//# debugId={OTHER_ID}"',
        f"/*\n//# debugId={OTHER_ID}\n*/\na()",
        f"a()\n/*\n//# debugId={OTHER_ID}\n*/",
        f"//# debugId={OTHER_ID}\n/*b*/x=/a*/",
    ],
)
def test_such_text_elsewhere_is_none(script: str) -> None:
    assert inject(script.encode()).debug_id != OTHER_ID


@pytest.mark.parametrize(
    "code",
    [
        "emit=(code,url)=>`${code}\n//# sourceMappingURL=${url}`;emit()",
        "emit=(code,id)=>`${code}\n//# debugId=${id}`;emit()",
        "emit=(map)=>`a\n//# sourceMappingURL=data:application/json;base64,${map}`;emit()",
        's="x\\\n//# sourceMappingURL=old.js.map";emit(s)',
        "emit(`a\n//# debugId=6f9619ff-8b86-4d11-b42d-00c04fc964ff`)",
        "emit(`${`${1}\n//# sourceMappingURL=`}`)\n",
        "emit()\n/*\n//# sourceMappingURL=old.js.map\n*/",
        "emit()\n/*\n//# debugId=x */",
        "emit(/[`]/)\n<!-- `\n",
    ],
)
def test_the_snippet_stands_in_no_literal_and_no_comment(code: str) -> None:
    end = "" if code.endswith("\n") else "\n"
    assert normal(inject(code.encode()).script) == f"{code}{end}{S}\n{C}\n"
    assert normal(inject(code.encode(), MAP).script) == f"{S}\n{code}{end}{C}\n"


def test_an_inline_map_before_code_is_the_script_s_map_as_for_an_upload() -> None:
    url = "data:application/json;base64," + base64.b64encode(MAP).decode()
    injected = inject(f"a()\n//# sourceMappingURL={url}\nb()".encode())
    assert Step.MOVED in injected.steps
    assert b"\nb()\n//# debugId=" in injected.script
