"""What is proposed for the pages is run here: it gives the release of the upload."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from hatch_sentry_artifacts.proposals.advice import Code, Section
from hatch_sentry_artifacts.proposals.browser_release import browser_section

RELEASE = f"pytest@{version('pytest')}"


def _code(requirement: str, release: str = "{name}@{version}") -> list[str]:
    found = browser_section("pytest", release, {requirement})
    return ["\n".join(part.lines) for part in found.parts if isinstance(part, Code)]


def test_flask_shows_the_release() -> None:
    from flask import Flask, render_template_string

    python, template = _code("flask")
    app = Flask("shop")
    exec(python, {"app": app})
    with app.app_context():
        assert f'release: "{RELEASE}"' in render_template_string(template)


def test_django_shows_the_release() -> None:
    pytest.importorskip("django")
    python, template = _code("django")
    program = f"""
from django.conf import settings
settings.configure(TEMPLATES=[{{"BACKEND": "django.template.backends.django.DjangoTemplates"}}])
import django
django.setup()
from django.template import engines
{python}
print(engines["django"].from_string({template!r}).render(sentry(None)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    shown = done.stdout.replace("\\u002D", "-").replace("\\u0040", "@")
    assert f'release: "{RELEASE}"' in shown


@pytest.mark.parametrize(
    ("release", "value"),
    [
        ("{name}@{version}", RELEASE),
        ("{version}", version("pytest")),
        ("shop-{version}-x", f"shop-{version('pytest')}-x"),
        ("it's 1.0", "it's 1.0"),
        ('"{version}"', f'"{version("pytest")}"'),
    ],
)
def test_the_release_is_that_of_the_option(release: str, value: str) -> None:
    python, _ = _code("something", release)
    scope: dict[str, object] = {}
    exec(python, scope)
    assert scope["SENTRY_RELEASE"] == value


@pytest.mark.parametrize(
    ("requirements", "title"),
    [
        ({"django", "flask"}, "Django"),
        ({"fastapi", "starlette"}, "FastAPI"),
        ({"starlette"}, "Starlette"),
        ({"streamlit"}, "Streamlit"),
        ({"dash", "flask"}, "Dash"),
        ({"jupyterlab"}, "JupyterLab"),
    ],
)
def test_the_framework_is_told_by_what_is_required(requirements: set[str], title: str) -> None:
    found: Section = browser_section(None, "{version}", requirements)
    assert found.title == f"The release in the browser ({title})"


@pytest.mark.parametrize(
    ("release", "value"),
    [
        ("{name}@{version}", "`pytest@${version}`"),
        ("{version}", "`${version}`"),
        ("one", "'one'"),
    ],
)
def test_an_extension_of_jupyter_says_it_in_its_script(release: str, value: str) -> None:
    (script,) = _code("jupyterlab", release)
    assert f"release: {value} }}" in script
