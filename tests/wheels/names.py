"""Compares the names that are inferred for published wheels with the URLs that browsers report.

`python -m tests.wheels.names` prints a line for each wheel; with names behind it, those alone.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.distribution.patterns import Selection
from hatch_sentry_artifacts.assets.kinds import is_map
from hatch_sentry_artifacts.assets.naming.inference import find_naming
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.wheels.published import download

_ELEMENTS = "component/streamlit_elements.core.render.streamlit_elements"
_LAB = "*.data/data/share/jupyter/labextensions"

# URL paths by folders of the wheel; None where nothing in the wheel tells the URL, so that each of
# the names has to be told as a guess. These were seen in browsers.
SEEN: dict[str, Mapping[str, str | None]] = {
    "anywidget==0.11.0": {
        f"{_LAB}/anywidget": "lab/extensions/anywidget",
        "anywidget/labextension": "lab/extensions/anywidget",
    },
    "bokeh==3.9.2": {"bokeh/server/static": None},
    "chainlit==2.12.0": {"chainlit/frontend/dist": ""},
    "dagster-webserver==1.13.28": {"dagster_webserver/webapp/build": None},
    "dash==4.4.1": {"dash/dcc": None, "dash/html": None, "dash/dash_table": None},
    "django-debug-toolbar==8.0.0": {"debug_toolbar/static": "static"},
    "django-htmx==1.29.0": {"django_htmx/static": "static"},
    "django-unfold==0.91.0": {
        "unfold/static": "static",
        "unfold/contrib/filters/static": "static",
        "unfold/contrib/forms/static": "static",
    },
    "fava==1.30.16": {"fava/static": "static"},
    "flask-admin==2.2.1": {"flask_admin/static": None},
    "furo==2025.12.19": {"furo/theme/furo/static": "_static"},
    "jupyterlab-lsp==5.3.0": {
        f"{_LAB}/@jupyter-lsp": "lab/extensions/@jupyter-lsp",
        "jupyterlab_lsp/labextensions": "lab/extensions",
    },
    "marimo==0.25.2": {"marimo/_static": ""},
    "nbdime==4.0.4": {f"{_LAB}/nbdime-jupyterlab": "lab/extensions/nbdime-jupyterlab"},
    "nicegui==3.18.0": {"nicegui": None},
    "streamlit==1.67.0": {"streamlit/static": ""},
    "streamlit-folium==0.27.4": {
        "streamlit_folium/frontend/build": "component/streamlit_folium.st_folium"
    },
    "voila==0.5.13": {
        "*.data/data/share/jupyter/voila/templates/base/static": "voila/static",
        "*.data/data/share/jupyter/voila/labextensions": "voila/labextensions",
    },
    "wagtail==8.0.1": {
        "wagtail/admin/static": "static",
        "wagtail/documents/static": "static",
        "wagtail/images/static": "static",
        "wagtail/embeds/static": "static",
    },
}

# These were read in the sources of the packages.
READ: dict[str, Mapping[str, str | None]] = {
    "aiohttp-debugtoolbar==0.6.1": {"aiohttp_debugtoolbar/static": None},
    "apache-airflow==2.5.0": {"airflow/www/static": "static"},
    "dash-ag-grid==35.3.0": {"dash_ag_grid": None},
    "dash-mantine-components==2.8.1": {"dash_mantine_components": None},
    "datasette==0.65.5": {"datasette/static": None},
    "datasette-vega==0.6.2": {"datasette_vega/static": None},
    "distributed==2026.8.0": {"distributed/http/static": "statics"},
    "django-cms==5.1.3": {"cms/static": "static"},
    "django-filer==3.6.0": {"filer/static": "static"},
    "django-hijack==3.8.0": {"hijack/static": "static"},
    "django-import-export==4.4.3": {"import_export/static": "static"},
    "django-jsoneditor==0.2.4": {"jsoneditor/static": "static"},
    "django-ninja==1.7.1": {"ninja/static": "static"},
    "django-select2==8.6.1": {"django_select2/static": "static"},
    "django-silk==5.6.0": {"silk/static": "static"},
    "djangorestframework==3.18.3": {"rest_framework/static": "static"},
    "drf-spectacular-sidecar==2026.10.1": {"drf_spectacular_sidecar/static": "static"},
    "drf-yasg==1.21.18": {"drf_yasg/static": "static"},
    "flasgger==0.9.5": {"flasgger/ui2/static": None, "flasgger/ui3/static": None},
    "flask-debugtoolbar==0.16.0": {"flask_debugtoolbar/static": None},
    "flask-monitoringdashboard==5.1.0": {"flask_monitoringdashboard/static": None},
    "flask-profiler==1.8.1": {"flask_profiler/static": None},
    "gradio==6.31.0": {"gradio/templates/frontend": None},
    "ipympl==0.10.0": {
        f"{_LAB}/jupyter-matplotlib": "lab/extensions/jupyter-matplotlib",
        "*.data/data/share/jupyter/nbextensions": "nbextensions",
        "ipympl/labextension": "lab/extensions/jupyter-matplotlib",
    },
    "jupyterlab==4.4.5": {"*.data/data/share/jupyter/lab/static": "static/lab"},
    "jupyterlab-widgets==3.0.17": {f"{_LAB}/@jupyter-widgets": "lab/extensions/@jupyter-widgets"},
    "label-studio==1.23.2": {
        "label_studio/core/static": "static",
        "label_studio/core/static_build": "static",
        "web/dist": None,
    },
    "locust==2.47.0": {"locust/webui/dist": ""},
    "mkdocs-material==9.8.2": {"material/templates": ""},
    "mlflow==3.18.0": {"mlflow/server/js/build": "static-files"},
    "nbclassic==1.3.3": {"nbclassic/static": None},
    "notebook==7.6.5": {
        "notebook/static": "static/notebook",
        f"{_LAB}/@jupyter-notebook": "lab/extensions/@jupyter-notebook",
    },
    "panel==1.9.4": {"panel/dist": None},
    "piccolo-admin==1.14.0": {"piccolo_admin/dist": None},
    "prefect==3.9.1": {"prefect/server/ui": None},
    "pydata-sphinx-theme==0.24.0": {
        "pydata_sphinx_theme/theme/pydata_sphinx_theme/static": "_static"
    },
    "reactpy==1.1.0": {"reactpy/_static": "_reactpy"},
    "rq-dashboard==0.9.0": {"rq_dashboard/static": None},
    "sentry==23.7.1": {"sentry/static": None},
    "shiny==1.8.0": {"shiny/www": None},
    "sphinx-book-theme==1.4.0": {"sphinx_book_theme/theme/sphinx_book_theme/static": "_static"},
    "snakeviz==2.2.2": {"snakeviz/static": "static"},
    "sphinx-copybutton==0.5.2": {"sphinx_copybutton/_static": "_static"},
    "sphinx-rtd-theme==3.1.0": {"sphinx_rtd_theme/static": "_static"},
    "starlette-admin==1.0.3": {"starlette_admin/static": None},
    "streamlit-aggrid==1.2.1.post2": {
        "st_aggrid/frontend/build": "component/st_aggrid.AgGrid.agGrid"
    },
    "streamlit-elements==0.1.0": {
        "streamlit_elements/frontend/build": _ELEMENTS,
    },
    "streamlit-option-menu==0.4.0": {
        "streamlit_option_menu/frontend/dist": "component/streamlit_option_menu.option_menu"
    },
    "streamlit-webrtc==0.79.0": {
        "streamlit_webrtc/frontend/dist": "component/streamlit_webrtc.component.webrtc_streamer"
    },
    "tensorboard==2.21.0": {"tensorboard/plugins": None},
    "tuna==0.5.15": {"tuna/web": None},
    "widgetsnbextension==4.0.16": {"*.data/data/share/jupyter/nbextensions": "nbextensions"},
}


@dataclass
class Count:
    """How many scripts below the known folders have the right name, a wrong one, or a guess."""

    right: int = 0
    told: int = 0
    wrong: int = 0

    @property
    def verdict(self) -> str:
        """What holds for the package as a whole."""
        if self.wrong or not (self.right or self.told):
            return "WRONG"
        return "right" if not self.told else "told" if not self.right else "partly"


def compare(wheel: Path, known: Mapping[str, str | None]) -> Count:
    """Compare the names of the scripts of `wheel` that lie below the `known` folders."""
    count = Count()
    with open_distribution(wheel) as distribution:
        selection = Selection(DEFAULT_PATTERNS, ())
        paths = [each.path for each in distribution.members if selection.holds(each.path)]
        naming = find_naming(None, distribution.members, paths)
        for path in (each for each in paths if not is_map(each)):
            folder = _folder(path, known)
            named = naming.named(path)
            if folder is None or named is None:
                continue
            url = known[folder]
            rest = path.partition(".data/")[2] if folder.startswith("*.data/") else path
            rest = rest[len(folder.removeprefix("*.data/")) :].lstrip("/")
            if named.doubt:
                count.told += 1
            elif url is not None and f"~/{url}/{rest}".replace("//", "/") in named.names:
                count.right += 1
            else:
                count.wrong += 1
    return count


def _folder(path: str, known: Mapping[str, str | None]) -> str | None:
    plain = "*.data/" + path.partition(".data/")[2] if ".data/" in path else path
    holding = [each for each in known if plain.startswith(f"{each}/")]
    return max(holding, key=len, default=None)


def main() -> None:
    """Print a line for each wheel, and how many of the packages are right."""
    verdicts: list[str] = []
    for requirement, known in {**SEEN, **READ}.items():
        if sys.argv[1:] and requirement not in sys.argv[1:]:
            continue
        count = compare(download(requirement), known)
        verdicts.append(count.verdict)
        seen = "seen" if requirement in SEEN else "read"
        print(
            f"{count.verdict:7} {seen}  {requirement}: {count.right} scripts right, {count.told} "
            f"told as guesses, {count.wrong} wrong"
        )
    print({each: verdicts.count(each) for each in sorted(set(verdicts))})


if __name__ == "__main__":
    main()
