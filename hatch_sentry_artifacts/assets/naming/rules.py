"""What a rule is: its name, its sentence, and how those who serve by it spell a file's path."""

from __future__ import annotations

from dataclasses import dataclass

# Beyond what the URL Standard says, Django's `static()` encodes these characters of a path, Flask's
# `url_for` those, and Chromium this.
_DJANGO = "@+,;=&$:[]|"
_FLASK = "[]|"
_CHROMIUM = "|"


@dataclass(frozen=True)
class Rule:
    """Why a file has its name. `encoded` has the characters that each way to spell it encodes."""

    name: str
    sentence: str
    encoded: tuple[str, ...] = (_CHROMIUM,)

    def __str__(self) -> str:
        return f"names by the rule [{self.name}]: {self.sentence}"


@dataclass(frozen=True)
class Place:
    """A folder or file of the distribution, and the URL prefixes under which it is served.

    A `copy` has the same files as another place, which has the names if they differ.
    """

    folder: str
    prefixes: tuple[str, ...]
    rule: Rule
    copy: bool = False


@dataclass(frozen=True)
class Doubt:
    """A folder of which it is known that nothing in the distribution tells where it is served.

    `knowable` is whether a person can say it.
    """

    folder: str
    reason: str
    knowable: bool = True

    def __str__(self) -> str:
        by_id = 'let events find it by its debug id, with `debug-ids = "inject"`'
        advice = f"say the prefix in `paths`, or {by_id}" if self.knowable else by_id
        return f"{self.reason}; {advice}"


_ANY = (_CHROMIUM, _FLASK, _DJANGO)
TABLE = Rule("paths", "`paths` says so", _ANY)
FIRST_FOLDER = Rule(
    "first-folder", "no other rule holds: the path in the wheel without its first folder", _ANY
)
LABEXTENSION = Rule("labextension", "JupyterLab serves its extensions below ~/lab/extensions")
NBEXTENSION = Rule("nbextension", "Jupyter Notebook serves its extensions below ~/nbextensions")
JUPYTERLAB = Rule("jupyterlab", "JupyterLab serves its own scripts below ~/static/lab")
VOILA = Rule("voila", "Voila serves its own scripts and extensions below ~/voila")
STATIC_ROOT = Rule(
    "static-root",
    "Django collected these files to STATIC_ROOT, and serves them below STATIC_URL, here ~/static",
    (_CHROMIUM, _DJANGO),
)
DJANGO_FOLDER = Rule(
    "django-folder",
    "the settings in the wheel name this folder in STATICFILES_DIRS, below STATIC_URL",
    (_CHROMIUM, _DJANGO),
)
DJANGO_APP = Rule(
    "django-app",
    "Django serves what the folder `static` of an app holds below STATIC_URL, here ~/static",
    (_CHROMIUM, _DJANGO),
)
STREAMLIT_COMPONENT = Rule(
    "streamlit-component", "Streamlit serves a component's folder below ~/component/MODULE.NAME"
)
SPHINX_THEME = Rule("sphinx-theme", "Sphinx copies the folder `static` of a theme to ~/_static")
MKDOCS_THEME = Rule("mkdocs-theme", "MkDocs copies the folder of a theme to the top of the site")
FLASK = Rule(
    "flask",
    "the sources make a Flask application or blueprint with this folder",
    (_CHROMIUM, _FLASK),
)
STARLETTE = Rule("starlette", "the sources mount this folder with StaticFiles")
AIOHTTP = Rule("aiohttp", "the sources let aiohttp serve this folder")
TORNADO = Rule("tornado", "the sources let Tornado serve this folder")
SANIC = Rule("sanic", "the sources let Sanic serve this folder")
LITESTAR = Rule("litestar", "the sources let Litestar serve this folder")
ROUTE = Rule("route", "a route in the sources sends the files of this folder")
JUPYTER_SERVER = Rule(
    "jupyter-server", "a Jupyter server serves the files of an application below ~/static/NAME"
)
JUPYTERHUB = Rule("jupyterhub", "JupyterHub serves its own scripts below ~/hub/static")
SPHINX_PATH = Rule(
    "sphinx-path", "the sources let Sphinx copy this folder to ~/_static (`html_static_path`)"
)
PAGE = Rule("page", "an HTML page beside the scripts says where it finds them")


def sentences() -> dict[str, str]:
    """Return the sentence of each rule, by its name."""
    return {each.name: each.sentence for each in globals().values() if isinstance(each, Rule)}
