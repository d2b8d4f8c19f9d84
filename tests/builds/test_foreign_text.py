"""What maps and files are called in a project reaches no log of its builds unescaped."""

from __future__ import annotations

import json

import pytest

from .press import Press

ATTACK = "\x1b[2J\x9bx\n::error title=pwned::run this\u2028\u202e.ts"


@pytest.mark.parametrize("validate", ["warn", "error"])
def test_builds_pass_no_foreign_text_on(press: Press, validate: str) -> None:
    press.configure(f'validate = "{validate}"')
    source_map = {"version": 3, "sources": [ATTACK], "names": [], "mappings": "AAAA"}
    static = press.folder / "press" / "static"
    (static / "odd.js").write_text("a()\n//# sourceMappingURL=odd.js.map\n", "utf-8")
    (static / "odd.js.map").write_text(json.dumps(source_map), "utf-8")
    done = press.build()
    assert r"\x1b[2J\x9bx\n::error title=pwned" in done.output
    assert not {"\x1b", "\x9b", "\u2028", "\u202e"} & set(done.output)
    assert not [line for line in done.lines if line.lstrip().startswith("::")]
