"""Each rule of findings is explained, and messages lead to the explanation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import hatch_sentry_artifacts
from hatch_sentry_artifacts.assets.finding_rules import ADDRESS, FINDING_RULES, about

_PACKAGE = Path(hatch_sentry_artifacts.__file__).parent
_RULES = {rule.name for rule in FINDING_RULES}


def _rules_in(tree: ast.AST) -> Iterator[str]:
    """Yield the rules of the findings that are made there, given plainly or by a variable."""
    given: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                given.setdefault(ast.unparse(target), []).append(str(node.value.value))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != "Finding":
            continue
        rule = node.args[1]
        if isinstance(rule, ast.Constant):
            yield str(rule.value)
        else:
            yield from given[ast.unparse(rule)]


def test_every_rule_of_the_package_is_explained_and_no_other() -> None:
    used = {
        rule
        for path in _PACKAGE.rglob("*.py")
        if "Finding(" in (text := path.read_text("utf-8"))
        for rule in _rules_in(ast.parse(text))
    }
    assert used == _RULES


def test_no_rule_is_explained_twice() -> None:
    assert len(FINDING_RULES) == len(_RULES)


def test_a_message_leads_to_the_rule_s_heading() -> None:
    assert about(["no-map", "no-map"]) == f"about no-map: {ADDRESS}#no-map"
    assert about(["no-map", "bad-map"]) == f"about bad-map, no-map: {ADDRESS}"
