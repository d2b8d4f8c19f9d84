"""What the documents of the repository refer to is there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
_DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "example_project/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_CODE = re.compile(r"(?ms)^```.*?^```|`[^`\n]*`")
# Pages that the documentation's site makes, and checks itself.
_MADE = set(re.findall(r'"(\w+\.md)": ', (ROOT / "docs" / "site" / "hooks.py").read_text("utf-8")))
_HEADING = re.compile(r"(?m)^#+ (.+)$")


def _anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub names them."""
    found = _HEADING.findall(re.sub(r"(?ms)^```.*?^```", "", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_link_to_a_file_or_heading_leads_somewhere(document: str) -> None:
    path = ROOT / document
    text = path.read_text("utf-8")
    dangling = []
    for link in _LINK.findall(_CODE.sub("", text)):
        parts = urlsplit(link)
        if parts.scheme or (document.startswith("docs/") and parts.path in _MADE):
            continue
        target = path.parent / parts.path if parts.path else path
        anchors = _anchors(target.read_text("utf-8")) if target.suffix == ".md" else set()
        if not target.exists() or (parts.fragment and parts.fragment not in anchors):
            dangling.append(link)
    assert dangling == []


def test_the_readme_s_test_command_is_the_one_that_ci_runs() -> None:
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("no .ci/run: this tree is an sdist")
    (command,) = re.findall(r"(?m)^python -m venv .*pytest.*$", (ROOT / "README.md").read_text())
    assert command in script.read_text("utf-8").splitlines()
