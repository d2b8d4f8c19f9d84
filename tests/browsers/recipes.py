"""How each recipe of docs/frameworks.md is served: what the page leaves to its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """A section of the page, by its title.

    `front_ends` has the built folders, each with where it is in the project. The app is that of the
    section `app`, if there is one. `server` is a program of the environment with its arguments,
    `prepare` what runs before it; `path` is that of the page, which has `errors`.
    """

    title: str
    front_ends: Mapping[str, str]
    server: tuple[str, ...]
    app: str | None = None
    prepare: tuple[str, ...] = ()
    path: str = "/"
    errors: int = 2

    def __str__(self) -> str:
        return self.title


LABEXTENSION = "JupyterLab"
_DJANGO = ("python", "-m", "django")
RUNSERVER = (*_DJANGO, "runserver", "127.0.0.1:PORT", "--noreload", "--settings")
_UVICORN = ("uvicorn", "shop.app:app", "--port", "PORT")
_JUPYTER = (
    "jupyter-lab",
    "--port=PORT",
    "--no-browser",
    "--allow-root",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
_STREAMLIT = (
    "streamlit",
    "run",
    "streamlit_site.py",
    "--server.port=PORT",
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--browser.gatherUsageStats=false",
)

FLASK = Recipe(
    "Flask",
    {"app": "shop/static", "admin": "shop/backstage"},
    ("flask", "--app", "shop", "run", "--port", "PORT"),
    errors=3,
)
DJANGO = Recipe("Django", {"app": "shop/static/shop"}, (*RUNSERVER, "django_site"))
STARLETTE = Recipe("Starlette", {"app": "shop/web"}, _UVICORN)
BY_NAME = (
    FLASK,
    DJANGO,
    Recipe("FastAPI and a single-page application", {"spa": "shop/dist"}, _UVICORN),
    STARLETTE,
    Recipe(LABEXTENSION, {"labextension": "shop/labextension"}, _JUPYTER, path="/lab"),
    Recipe("Streamlit", {"component": "shop/frontend"}, _STREAMLIT),
)
HASHED = Recipe(
    "Django with hashed names",
    {"app": "shop/static/shop"},
    (*RUNSERVER, "hashed_site", "--nostatic"),
    app="Django",
    prepare=(*_DJANGO, "collectstatic", "--no-input", "--settings", "hashed_site"),
)
BY_DEBUG_ID = (
    HASHED,
    Recipe("Dash", {"dash": "shop"}, ("python", "dash_site.py", "PORT"), errors=1),
)
