"""Shortens findings to the first of each rule."""

from __future__ import annotations

from collections.abc import Sequence

from hatch_sentry_artifacts.assets.asset import Finding

_MOST_OF_A_RULE = 3


def first_of_each_rule(findings: Sequence[Finding], *, everything: bool) -> list[str]:
    """Return the first findings of each rule, so that no rule hides another; or all of them."""
    rules: dict[str, list[str]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(str(finding))
    lines: list[str] = []
    for rule, found in rules.items():
        shown = found if everything else found[:_MOST_OF_A_RULE]
        lines += shown
        if len(shown) < len(found):
            rest = len(found) - len(shown)
            lines.append(f'… and {rest} more [{rule}]; -v, or `validate = "error"`, lists all')
    return lines
