"""Tells whether a distribution looks like an application, whose server may name its files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.rules import Doubt

# Those whose URLs of scripts are made when they run.
_COMPUTED = {
    "dash": "Dash serves the scripts of components under names with the time of their installation",
    "nicegui": "NiceGUI serves the scripts of components under names with its version and a hash",
}
# Parts of the names of requirements: what extends a framework requires that, or is named after it.
_FRAMEWORKS = (
    "django",
    "djangorestframework",
    "wagtail",
    "flask",
    "quart",
    "fastapi",
    "starlette",
    "starlite",
    "litestar",
    "streamlit",
    "gradio",
    "nicegui",
    "dash",
    "panel",
    "bokeh",
    "shiny",
    "trame",
    "ipywidgets",
    "anywidget",
    "jupyter",
    "jupyterlab",
    "jupyterhub",
    "notebook",
    "voila",
    "tornado",
    "aiohttp",
    "sanic",
    "bottle",
    "falcon",
    "pyramid",
    "cherrypy",
    "twisted",
    "zope",
    "plone",
    "invenio",
    "buildbot",
    "werkzeug",
    "asgiref",
    "uvicorn",
    "hypercorn",
    "gunicorn",
    "waitress",
    "sphinx",
    "mkdocs",
)
_PARTS = re.compile(r"[-.]")
_CLASSIFIERS = ("Framework :: ", "Environment :: Web Environment", "Topic :: Internet :: WWW/HTTP")
# These are said by tools that serve nothing.
_NO_SERVERS = tuple(
    f"Framework :: {each}"
    for each in ("AsyncIO", "Hatch", "Matplotlib", "Pydantic", "Pytest", "Trio", "tox")
)
# Entry points that are commands, or for tools that build or test.
_OWN_GROUPS = frozenset({"console_scripts", "gui_scripts", "pytest11", "hatch"})
_TOOL_GROUPS = ("setuptools.", "distutils.", "validate_pyproject.", "pdm", "poetry.", "egg_info.")
# Where most frameworks serve the folder, as the last rule names it.
_USUAL = re.compile(r"[^/]+/static/")
_TEMPLATE = re.compile(r"(?i)\.(?:html?|j2|jinja2?|mako|tmpl|pt)$")
# Pages of others: nothing is served by them.
_OTHERS = re.compile(
    r"(?i)(?:^|/)(?:__tests?__|tests?|fixtures?|examples?|demos?|docs?|node_modules|vendor)/"
)


def doubts_of_frameworks(contents: Contents, server: str, unread: str) -> Iterator[Doubt]:
    """Yield the reason why whatever no rule holds may be served anywhere.

    `server` is what the sources import to serve something themselves, "" if nothing; `unread` is a
    module of them that was not read.
    """
    required = _required(contents)
    if computed := why_computed(["dash" if _is_for_dash(contents) else required]):
        yield Doubt("", computed, knowable=False)
    elif why := _why_an_application(contents, required, server):
        yield Doubt("", f"{why}, and nothing in it says where that serves this")
    elif unread:
        yield Doubt("", f"{unread} is too large or too odd to be read")


def _why_an_application(contents: Contents, required: str, server: str) -> str:
    if required:
        return f"the wheel requires {required}"
    said = [each for each in sorted(contents.classifiers) if each.startswith(_CLASSIFIERS)]
    if named := [each for each in said if not each.startswith(_NO_SERVERS)]:
        return f"the wheel is classified as {named[0]}"
    if server:
        return f"the sources import {server}"
    if group := next(filter(_is_of_another, sorted(contents.entry_points)), ""):
        return f"the wheel has entry points for another program: {group}"
    if all(map(_USUAL.match, contents.served)):
        return ""
    page = next(filter(lambda path: _is_page(contents, path), sorted(contents.members)), "")
    return f"{page} is a page above scripts" if page else ""


def _is_of_another(group: str) -> bool:
    return group not in _OWN_GROUPS and not group.startswith(_TOOL_GROUPS)


def _required(contents: Contents) -> str:
    """Return the requirement that tells most: the one of the first framework."""
    by_part: dict[str, str] = {}
    for name in sorted(contents.requirements, reverse=True):
        by_part.update(dict.fromkeys(_PARTS.split(name), name))
        by_part[name] = name
    return next((by_part[each] for each in _FRAMEWORKS if each in by_part), "")


def _is_page(contents: Contents, path: str) -> bool:
    if not _TEMPLATE.search(path) or _OTHERS.search(path):
        return False
    return contents.holds_folder(path.rpartition("/")[0])


def why_computed(requirements: Collection[str]) -> str:
    """Return why the URLs of scripts cannot be known of what has such requirements; "" if not."""
    return next((reason for each, reason in _COMPUTED.items() if each in requirements), "")


def _is_for_dash(contents: Contents) -> bool:
    return any(each.startswith("Framework :: Dash") for each in contents.classifiers)
