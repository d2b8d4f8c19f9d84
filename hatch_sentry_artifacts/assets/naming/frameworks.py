"""Tells whether a distribution looks like an application, whose server may name its files."""

from __future__ import annotations

from collections.abc import Iterator

from hatch_sentry_artifacts.assets.naming.contents import Contents
from hatch_sentry_artifacts.assets.naming.rules import Doubt

_DASH = "dash"
_FRAMEWORKS = (
    "django",
    "flask",
    "quart",
    "fastapi",
    "starlette",
    "streamlit",
    "gradio",
    "nicegui",
    "dash",
    "panel",
    "bokeh",
    "shiny",
    "jupyter-server",
    "jupyterlab",
    "notebook",
    "notebook-shim",
    "voila",
    "tornado",
    "aiohttp",
    "sanic",
    "bottle",
    "litestar",
    "falcon",
    "pyramid",
    "cherrypy",
    "werkzeug",
    "asgiref",
    "uvicorn",
    "hypercorn",
    "gunicorn",
    "waitress",
)


_CLASSIFIERS = tuple(
    f"Framework :: {each}"
    for each in (
        "aiohttp",
        "Bottle",
        "CherryPy",
        "Django",
        "FastAPI",
        "Flask",
        "Jupyter",
        "Pyramid",
    )
)


def doubts_of_frameworks(contents: Contents) -> Iterator[Doubt]:
    """Yield the reason why whatever no rule holds may be served anywhere."""
    required = [each for each in _FRAMEWORKS if each in contents.requirements]
    if _DASH in required or _is_for_dash(contents):
        yield Doubt(
            "",
            "Dash serves the scripts of components under names with the time of their installation",
            knowable=False,
        )
    elif required:
        yield Doubt(
            "", f"the wheel requires {required[0]}, and nothing in it says where that serves this"
        )
    elif named := [each for each in sorted(contents.classifiers) if each.startswith(_CLASSIFIERS)]:
        yield Doubt(
            "",
            f"the wheel is classified as {named[0]}, and nothing in it says where that serves this",
        )


def _is_for_dash(contents: Contents) -> bool:
    return any(each.startswith("Framework :: Dash") for each in contents.classifiers)
