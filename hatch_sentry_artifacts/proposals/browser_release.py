"""How pages learn the release that the upload goes to, for the frameworks of a project."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from hatch_sentry_artifacts.proposals.advice import Code, Section, section

_NAME, _VERSION = "{package['Name']}", "{package['Version']}"
_INIT = 'Sentry.init({ dsn: "…", release: %s });'


@dataclass(frozen=True)
class _Framework:
    """A framework: the projects that a package of it requires, and how its pages are told."""

    name: str
    requirements: frozenset[str]
    parts: Callable[[list[str]], list[str | Code]]


def browser_section(name: str | None, release: str, requirements: Collection[str]) -> Section:
    """Return how the pages of a package tell Sentry its release.

    `name` is the package's, None if it is not known; `release` the option's value.
    """
    known = (each for each in _FRAMEWORKS if not each.requirements.isdisjoint(requirements))
    framework = next(known, _OTHER)
    python = _python(name or "NAME", release)
    told = f" ({framework.name})" if framework.name else ""
    return section(f"The release in the browser{told}", *framework.parts(python))


def _python(name: str, release: str) -> list[str]:
    """Return the lines that compute the release from the installed package."""
    if "{" not in release:
        return [f"SENTRY_RELEASE = {release!r}"]
    text = release.replace("\\", "\\\\").replace('"', '\\"')
    value = text.replace("{name}", _NAME).replace("{version}", _VERSION)
    return [
        "from importlib.metadata import metadata",
        "",
        f'package = metadata("{name}")',
        f'SENTRY_RELEASE = f"{value}"',
    ]


def _flask(python: list[str]) -> list[str | Code]:
    lines = [*python, 'app.jinja_env.globals["sentry_release"] = SENTRY_RELEASE']
    return [
        "Where the application is made:",
        Code(tuple(lines)),
        "In the template:",
        Code((_INIT % "{{ sentry_release|tojson }}",)),
    ]


def _django(python: list[str]) -> list[str | Code]:
    function = ["", "def sentry(request):", '    return {"sentry_release": SENTRY_RELEASE}']
    return [
        "A context processor, such as context_processors.py, to be named in TEMPLATES:",
        Code((*python, *function)),
        "In the template:",
        Code((_INIT % '"{{ sentry_release|escapejs }}"',)),
    ]


def _starlette(python: list[str]) -> list[str | Code]:
    lines = [*python, 'templates.env.globals["sentry_release"] = SENTRY_RELEASE']
    route = ['@app.get("/release")', "def release() -> str:", "    return SENTRY_RELEASE"]
    return [
        "Where the templates are made (Jinja2Templates):",
        Code(tuple(lines)),
        "In the template:",
        Code((_INIT % "{{ sentry_release|tojson }}",)),
        "A page that is no template asks for it before it starts:",
        Code((*route, "", _INIT % 'await (await fetch("/release")).json()')),
    ]


def _streamlit(python: list[str]) -> list[str | Code]:
    return [
        "Pass it to the component, with its other arguments:",
        Code((*python, "component(..., sentry_release=SENTRY_RELEASE)")),
        "In the component, when it is rendered first:",
        Code((_INIT % "event.detail.args.sentry_release",)),
    ]


def _jupyter(python: list[str]) -> list[str | Code]:
    name = python[2].partition('"')[2].rstrip('")') if python[1:] else ""
    value = python[-1].partition("= ")[2]
    if python[1:]:
        value = value.replace(_NAME, name).replace(_VERSION, "${version}")
        value = "`" + value.removeprefix('f"').removesuffix('"') + "`"
    text = (
        "In the extension, where the version of package.json is that of the Python package (for "
        "pre-releases they are written in two ways: 1.0.0-alpha.1, 1.0.0a1):"
    )
    return [
        text,
        Code(('import { version } from "../package.json";', _INIT % value)),
    ]


def _dash(python: list[str]) -> list[str | Code]:
    page = [
        "app.index_string = app.index_string.replace(",
        '    "<head>",',
        "    f\"<head><script>window.SENTRY_RELEASE = '{SENTRY_RELEASE}'</script>\",",
        ")",
    ]
    return [
        "Where the application is made:",
        Code((*python, *page)),
        "In a script of assets/:",
        Code((_INIT % "window.SENTRY_RELEASE",)),
    ]


def _any(python: list[str]) -> list[str | Code]:
    return [
        "Pages have to name the release of the installed package; in Python that is:",
        Code(tuple(python)),
        "and in the page, in whichever way it gets there:",
        Code((_INIT % "SENTRY_RELEASE",)),
    ]


# What is made on top of another framework stands before it.
_FRAMEWORKS = (
    _Framework("JupyterLab", frozenset({"jupyterlab", "notebook", "jupyter-builder"}), _jupyter),
    _Framework("Jupyter", frozenset({"jupyter-server", "anywidget", "ipywidgets"}), _jupyter),
    _Framework("Dash", frozenset({"dash"}), _dash),
    _Framework("Streamlit", frozenset({"streamlit"}), _streamlit),
    _Framework("Django", frozenset({"django"}), _django),
    _Framework("FastAPI", frozenset({"fastapi"}), _starlette),
    _Framework("Starlette", frozenset({"starlette"}), _starlette),
    _Framework("Flask", frozenset({"flask", "quart"}), _flask),
)
_OTHER = _Framework("", frozenset(), _any)
