"""Imports run downwards only: between the packages by one table, between modules without a circle.

Every import counts: those inside of functions, and those for the type checker, too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import hatch_sentry_artifacts

PACKAGE = "hatch_sentry_artifacts"
# From the top down: what stands in a line may import from the lines below it alone. The names are
# packages, and modules of the root; "" is the root's __init__.py.
LAYERS = [
    {"__main__"},
    {"cli", "integrations"},
    {"proposals"},
    {"builds"},
    {"publish", "conclusion", "report_files", "verify"},
    {"payload", "report_page", "local_server"},
    {"upload_strategies", "explain"},
    {"commits"},
    {"report"},
    {"configuration"},
    {"sentry"},
    {"outcome"},
    {"assets", "repository"},
    {"progress", "parallel", "temporary"},
    {"console"},
    {"styles"},
    {"amounts", "dates", "errors", "escaping", "redaction", "signals"},
    {""},
]
LEVELS = {name: level for level, names in enumerate(LAYERS) for name in names}

Graph = Mapping[str, set[str]]


def read_imports(root: Path) -> dict[str, set[str]]:
    """Return the modules of the package in `root`, each with those that it imports."""
    files = {_module(file.relative_to(root)): file for file in root.rglob("*.py")}
    return {
        module: {
            name if name in files else name.rpartition(".")[0]
            for name in _imported(file, module)
            if name.partition(".")[0] == PACKAGE
        }
        for module, file in files.items()
    }


def upward_imports(graph: Graph) -> list[str]:
    """Return a sentence for each import that does not run downwards between the layers."""
    return [
        f"{module} imports {target}, which is not below it"
        for module, targets in sorted(graph.items())
        for target in sorted(targets)
        if _part(module) != _part(target) and LEVELS[_part(module)] >= LEVELS[_part(target)]
    ]


def circles(graph: Graph) -> list[str]:
    """Return the modules of each circle, found by taking away what takes part in none."""
    rest = {module: set(targets) for module, targets in graph.items()}
    while True:
        imported = {target for targets in rest.values() for target in targets}
        outside = {module for module in rest if not rest[module] or module not in imported}
        if not outside:
            return sorted(rest)
        rest = {
            module: targets - outside for module, targets in rest.items() if module not in outside
        }


def _module(file: Path) -> str:
    parts = [PACKAGE, *file.with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _part(module: str) -> str:
    return f"{module}.".split(".")[1]


def _imported(file: Path, module: str) -> Iterator[str]:
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return read_imports(Path(hatch_sentry_artifacts.__file__).parent)


def test_every_part_of_the_package_has_a_layer(graph: Graph) -> None:
    assert {_part(module) for module in graph} == set(LEVELS)


def test_imports_run_downwards(graph: Graph) -> None:
    assert upward_imports(graph) == []


def test_no_modules_import_each_other_in_a_circle(graph: Graph) -> None:
    assert circles(graph) == []


def _plant(root: Path, files: Mapping[str, str]) -> Graph:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return read_imports(root)


@pytest.mark.parametrize(
    "text",
    [
        f"from {PACKAGE}.configuration.options import Options",
        f"import {PACKAGE}.configuration.options",
        f"def f():\n    from {PACKAGE}.configuration import options",
        f"if TYPE_CHECKING:\n    from {PACKAGE}.configuration.options import Options",
        "from ..configuration.options import Options",
    ],
    ids=["plain", "module", "in a function", "for the type checker", "relative"],
)
def test_an_upward_import_is_found_wherever_it_stands(tmp_path: Path, text: str) -> None:
    planted = _plant(tmp_path, {"sentry/api.py": text, "configuration/options.py": ""})
    assert upward_imports(planted) == [
        f"{PACKAGE}.sentry.api imports {PACKAGE}.configuration.options, which is not below it"
    ]


def test_an_import_between_parts_of_one_layer_is_found(tmp_path: Path) -> None:
    text = f"from {PACKAGE}.integrations import hook"
    planted = _plant(tmp_path, {"cli/upload.py": text, "integrations/hook.py": ""})
    assert upward_imports(planted) == [
        f"{PACKAGE}.cli.upload imports {PACKAGE}.integrations.hook, which is not below it"
    ]


def test_a_circle_is_found_without_the_modules_around_it(tmp_path: Path) -> None:
    planted = _plant(
        tmp_path,
        {
            "sentry/a.py": f"from {PACKAGE}.sentry.b import b",
            "sentry/b.py": f"def f():\n    from {PACKAGE}.sentry import c",
            "sentry/c.py": f"import {PACKAGE}.sentry.a\nfrom {PACKAGE} import errors",
            "sentry/user.py": f"from {PACKAGE}.sentry.a import a",
            "errors.py": "",
        },
    )
    assert circles(planted) == [f"{PACKAGE}.sentry.{name}" for name in "abc"]
