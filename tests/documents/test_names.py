"""What docs/names.md says of the rules is what they are, and its examples have those names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.naming import rules
from tests.assets.naming.support import names

TEXT = Path(__file__).parents[2].joinpath("docs", "names.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"(?ms)^### `([^`]+)`\n(.*?)(?=^#|\Z)", TEXT))
RULES = {each.name: each for each in vars(rules).values() if isinstance(each, rules.Rule)}
# Names that are said do not depend on what the wheel holds.
INFERRED = [name for name in SECTIONS if name != rules.TABLE.name]


def test_every_rule_is_documented() -> None:
    assert set(SECTIONS) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_its_sentence_is_that_of_the_rule(name: str) -> None:
    sentence = RULES[name].sentence
    said = " ".join(SECTIONS[name].split())
    assert said.startswith(sentence[0].upper() + sentence[1:])


@pytest.mark.parametrize("name", INFERRED)
def test_its_example_has_the_name(name: str) -> None:
    section = SECTIONS[name]
    files = dict(re.findall(r'(?ms)^```\w+ title="([^"]+)"\n(.*?)^```$', section))
    (example,) = re.findall(r"(?m)^`([^`]+)` is `([^`]+)`\.$", section)
    path, url = example
    assert names({**files, path: "a()"})[path] == (url, name)
