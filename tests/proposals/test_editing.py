"""Edits of a TOML file: what they mean, and what they leave as it was."""

from __future__ import annotations

import sys

import pytest

from hatch_sentry_artifacts.errors import ConfigurationError
from hatch_sentry_artifacts.proposals.editing import edit_toml
from hatch_sentry_artifacts.proposals.edits import Add, Edit, Entry, Extend

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HOOKS = ("tool", "hatch", "build", "targets", "wheel", "hooks")
HOOK = Add((*HOOKS, "sentry"), (Entry("organization", "acme"), Entry("project", ["web", "api"])))
OWN = Add(("tool", "sentry-artifacts"), (Entry("project", "web"),))
REQUIRE = Extend(("build-system",), "requires", ("plugin",))


def _edited(text: str, *edits: Edit) -> str:
    return edit_toml(text.encode(), edits, "pyproject.toml").decode()


def _kept(before: str, after: str) -> bool:
    """Return whether all lines of `before` stand in `after`, in their order."""
    rest = iter(after.splitlines())
    return all(line in rest for line in before.splitlines())


def test_a_new_table_stands_behind_those_of_the_same_tool() -> None:
    text = """\
[project]
name = "shop"

[tool.hatch.build.targets.wheel]
packages = ["shop"]  # one

# How lines look
[tool.ruff]
line-length = 100
"""
    assert (
        _edited(text, HOOK)
        == """\
[project]
name = "shop"

[tool.hatch.build.targets.wheel]
packages = ["shop"]  # one

[tool.hatch.build.targets.wheel.hooks.sentry]
organization = "acme"
project = ["web", "api"]

# How lines look
[tool.ruff]
line-length = 100
"""
    )


def test_a_hook_is_the_last_one_though_others_stand_anywhere() -> None:
    text = """\
[tool.hatch.build.targets.wheel.hooks.custom]
path = "a.py"
[tool.ruff]
a = 1
[tool.hatch.build.targets.wheel]
hooks.other.path = "b.py"
"""
    found = tomllib.loads(_edited(text, HOOK))
    hooks = found["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]
    assert [*hooks][-1] == "sentry"


SHAPES = {
    "empty": "",
    "no table of the tool": "[project]\nname = 'x'\n",
    "dotted keys": "[tool.hatch]\nbuild.targets.wheel.packages = ['x']\n[tool.a]\nb = 1\n",
    "one line": "[tool]\nhatch = { build = { targets = { wheel = { packages = ['x'] } } } }\n",
    "one line at the top": "tool = { hatch = {} }\n[project]\nname = 'x'\n",
    "one line of hooks": "[tool.hatch.build.targets.wheel]\nhooks = { custom = { path = 'x' } }\n",
    "out of order": "[tool.hatch.build]\na = 1\n[tool.b]\nc = 1\n[tool.hatch.envs.d]\ne = 1\n",
    "a head in a text": "[tool.a]\nb = '''\n[tool.hatch.build.targets.wheel.hooks]\n'''\nc = 1\n",
    "a list that looks like heads": "[tool.hatch.x]\nb = [\n[1],\n[2],\n]\nc = 1\n",
    "quoted heads": "[tool.\"hatch\".build]\na = 1\n[tool.'b.c']\nd = 1\n",
    "spaces in heads": "[ tool . hatch . build ]\na = 1\n",
    "arrays of tables": "[[tool.hatch.x]]\na = 1\n[[tool.hatch.x]]\na = 2\n[[tool.y]]\nb = 1\n",
    "keys before the first table": "a = 1\n[tool.hatch]\nb = 1\n",
    "no final line end": "[tool.hatch.build]\na = 1",
    "a comment at the end": "[tool.hatch.build]\na = 1\n# the end",
    "many empty lines at the end": "[tool.hatch.build]\na = 1\n\n\n\n",
    "no ASCII": "[tool.hatch.build]\nä = '\u2028'\n".replace("ä", '"ä"'),
    "numbers of all kinds": "[tool.hatch]\na = [nan, inf, 1e3, 0x1f, 1979-05-27T07:32:00Z]\n",
}


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_a_table_is_added_whatever_the_file_looks_like(text: str, ending: str) -> None:
    text = text.replace("\n", ending)
    edited = _edited(text, HOOK)
    found = tomllib.loads(edited)
    assert found["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["sentry"] == {
        "organization": "acme",
        "project": ["web", "api"],
    }
    assert " = {" in text or _kept(text, edited)
    assert edited.endswith("\n") is (text.endswith("\n") or not text)
    assert "\n" not in text or edited.count(ending) == edited.count("\n")


WAYS = {
    "section": ("[tool.sentry-artifacts]\na = 1  # b\n", 'project = "web"', "\n# c\n[tool.c]\n"),
    "empty section": ("[tool.sentry-artifacts]\n", 'project = "web"', ""),
    "dotted": (
        "[tool]\nsentry-artifacts.a = 1\nb.c = 1\n",
        'sentry-artifacts.project = "web"',
        "\n[d]\n",
    ),
    "dotted at the top": (
        "tool.sentry-artifacts.a = 1\n",
        'tool.sentry-artifacts.project = "web"',
        "[d]\n",
    ),
}


@pytest.mark.parametrize(("before", "line", "after"), WAYS.values(), ids=WAYS.keys())
def test_a_key_is_added_in_the_way_in_which_the_table_is_written(
    before: str, line: str, after: str
) -> None:
    assert _edited(before + after, OWN) == f"{before}{line}\n{after}"


def test_a_key_is_added_to_a_table_in_one_line() -> None:
    edited = _edited("[tool]\nsentry-artifacts = { organization = 'acme' }\n[d]\n", OWN)
    assert tomllib.loads(edited) == {
        "tool": {"sentry-artifacts": {"organization": "acme", "project": "web"}},
        "d": {},
    }
    assert edited.count("\n") == 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('requires = ["a"]  # b', 'requires = ["a", "plugin"]  # b'),
        ("requires = []", 'requires = ["plugin"]'),
        ('requires = [\n  "a",  # c\n]', 'requires = [\n  "a",  # c\n  "plugin",\n]'),
        ('requires = [\n    "a",\n    "b"\n]', 'requires = [\n    "a",\n    "b",\n    "plugin"\n]'),
        (
            "requires = ['a[x]; python_version < \"3.11\"']",
            'requires = [\'a[x]; python_version < "3.11"\', "plugin"]',
        ),
    ],
)
def test_a_list_is_added_to_in_its_own_layout(text: str, wanted: str) -> None:
    around = '[build-system]\n{}\nbuild-backend = "x"\n'
    assert _edited(around.format(text), REQUIRE) == around.format(wanted)


def test_each_line_keeps_its_end() -> None:
    edited = _edited("[build-system]\r\nrequires = ['a']\nc = 1\r\n\r\n[d]\n", REQUIRE)
    assert edited == "[build-system]\r\nrequires = ['a', \"plugin\"]\r\nc = 1\r\n\r\n[d]\n"


def test_texts_are_escaped() -> None:
    odd = 'a"b\\c\n\x7f\x00\U0001f600'
    edited = _edited("", Add(("tool", "sentry-artifacts"), (Entry("project", odd),)))
    assert tomllib.loads(edited)["tool"]["sentry-artifacts"]["project"] == odd
    assert edited.isprintable() or edited.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "tool = 1\n",
        "[tool]\nhatch = 'x'\n",
        "[[tool.hatch.build]]\na = 1\n",
        "[tool.hatch]\nbuild=[]",
    ],
)
def test_what_should_be_a_table_and_is_none_is_told(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"pyproject.toml: tool\S*: must be a table, \[too"
    ):
        _edited(text, HOOK)


def test_without_tomlkit_a_list_is_not_added_to_and_the_line_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    monkeypatch.delitem(
        sys.modules, "hatch_sentry_artifacts.proposals.inner_editing", raising=False
    )
    with pytest.raises(ConfigurationError) as caught:
        _edited('[build-system]\nrequires = ["a"]\n', REQUIRE)
    (line,) = caught.value.lines
    assert "pip install 'hatch-sentry-artifacts[init]'" in line
    assert 'add "plugin" to the list `requires` in [build-system] by hand' in line
    # What is only added needs none.
    assert "[tool.sentry-artifacts]" in _edited("[project]\n", OWN)
