"""Folders that sources serve with aiohttp, Tornado, Sanic, Litestar, Bottle, or by a route."""

from __future__ import annotations

import pytest

from tests.assets.naming.support import inferred, metadata, names

HERE = "from pathlib import Path\nHERE = Path(__file__).parent\n"
JS = "shop/web/app.js"

SERVED = {
    "aiohttp": 'app.router.add_static("/assets", HERE / "web")',
    "aiohttp web.static": 'app.add_routes([web.static("/assets", HERE / "web")])',
    "aiohttp table": 'routes = RouteTableDef()\nroutes.static("/assets", HERE / "web")',
    "tornado handler": 'urls = [(r"/assets/(.*)", web.StaticFileHandler, {"path": HERE / "web"})]',
    "tornado url": 'url(r"^/assets/(?P<path>.*)$", StaticFileHandler, {"path": str(HERE / "web")})',
    "tornado settings": 'x = {"static_path": HERE / "web", "static_url_prefix": "/assets/"}',
    "tornado application": 'Application([], static_path=HERE / "web", static_url_prefix="/assets")',
    "sanic": 'app = Sanic("shop")\napp.static("/assets", HERE / "web")',
    "litestar": 'create_static_files_router(path="/assets", directories=[HERE / "web"])',
    "starlite": 'StaticFilesConfig(path="/assets", directories=[HERE / "web"])',
    "bottle route": '@get("/assets/<name:path>")\ndef f(name):\n'
    '    return static_file(name, root=HERE / "web")',
    "flask route": 'app = Flask(__name__)\n@app.route("/assets/<path:name>")\ndef f(name):\n'
    '    return send_from_directory(HERE / "web", name)',
    "fastapi route": 'app = FastAPI()\n@app.get("/assets/{name:path}")\nasync def f(name: str):\n'
    '    return FileResponse(HERE / "web" / name)',
}
RULES = {"flask": "route", "fastapi": "route", "bottle": "route", "starlite": "litestar"}


@pytest.mark.parametrize("case", SERVED)
def test_a_literal_url_is_the_name(case: str) -> None:
    files = {"shop/app.py": HERE + SERVED[case], JS: "a()"}
    framework = case.partition(" ")[0]
    assert names(files) == {JS: ("~/assets/app.js", RULES.get(framework, framework))}


@pytest.mark.parametrize(
    "source",
    [
        'app.router.add_static(f"{prefix}/assets", HERE / "web")',
        'app.router.add_static(*arguments, path=HERE / "web")',
        '(base + r"/assets/(.*)", StaticFileHandler, {"path": HERE / "web"})',
        '(r"/assets/(\\d+)/(.*)", StaticFileHandler, {"path": HERE / "web"})',
        '{"static_path": HERE / "web", "static_url_prefix": base}',
        'part = Blueprint("part")\npart.static("/assets", HERE / "web")',
        (
            'Router(path="/x", route_handlers=[])\n'
            'create_static_files_router(path="/assets", directories=[HERE / "web"])'
        ),
        (
            'part = APIRouter()\n@part.get("/assets/{name:path}")\ndef f(name):\n'
            '    return FileResponse(HERE / "web" / name)'
        ),
        'main.add_subapp("/admin", app)\napp.router.add_static("/assets", HERE / "web")',
    ],
)
def test_a_url_that_is_computed_is_told(source: str) -> None:
    found = inferred({"shop/app.py": HERE + source, JS: "a()"})[JS]
    assert found.rule.name == "first-folder"
    assert "the sources" in found.doubt


def test_pages_beside_the_usual_folder_say_nothing() -> None:
    files = {"shop/templates/page.html": "", "shop/static/app.js": "a()"}
    assert not inferred(files)["shop/static/app.js"].doubt


def test_tornados_own_prefix_is_static() -> None:
    files = {"shop/app.py": HERE + 'x = {"static_path": HERE / "web"}', JS: "a()"}
    assert names(files)[JS] == ("~/static/app.js", "tornado")


@pytest.mark.parametrize(
    "body",
    [
        'name = "shop"\n    static_paths = [HERE / "web"]',
        'name = Unicode("shop").tag(config=True)\n    static_dir = Unicode(str(HERE / "web"))',
        (
            'name = "shop"\n    @default("static_dir")\n    def _folder(self):\n'
            '        return str(HERE / "web")'
        ),
        'name = "x"\n    static_url_prefix = "/static/shop/"\n    static_paths = [HERE / "web"]',
    ],
)
def test_an_application_of_a_jupyter_server_has_its_name_in_the_url(body: str) -> None:
    source = f"{HERE}class Shop(ExtensionAppJinjaMixin, ExtensionApp):\n    {body}"
    assert names({"shop/app.py": source, JS: "a()"})[JS] == (
        "~/static/shop/app.js",
        "jupyter-server",
    )


def test_jupyterhub_serves_its_data_folder() -> None:
    path = "hub-1.0.data/data/share/jupyterhub/static/js/home.js"
    assert names({path: "a()"})[path] == ("~/hub/static/js/home.js", "jupyterhub")


def test_what_sphinx_is_told_to_copy_is_below_static() -> None:
    source = HERE + 'def setup(app):\n    app.config.html_static_path.append(str(HERE / "web"))'
    assert names({"shop/__init__.py": source, JS: "a()"})[JS] == ("~/_static/app.js", "sphinx-path")


def test_a_theme_that_no_entry_point_announces_inherits_from_one() -> None:
    files = {"shop/themes/x/theme.toml": "[theme]\ninherit = 'basic'"}
    path = "shop/themes/x/static/a.js"
    assert names({**files, path: "a()"})[path] == ("~/_static/a.js", "sphinx-theme")


def test_further_folders_of_django_are_below_static_url() -> None:
    settings = HERE + (
        'STATIC_URL = "/assets/"\nSTATICFILES_DIRS = [HERE / "web", ("part", HERE / "more")]'
    )
    files = {"shop/settings.py": settings, JS: "a()", "shop/more/b.js": "b()"}
    assert names(files) == {
        JS: ("~/assets/app.js", "django-folder"),
        "shop/more/b.js": ("~/assets/part/b.js", "django-folder"),
    }


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"shop/app.py": "from http.server import HTTPServer"}, "sources import http.server"),
        ({"shop/web/page.html": ""}, "shop/web/page.html is a page"),
        (metadata("Classifier: Framework :: Trac"), "Framework :: Trac"),
        (metadata("Requires-Dist: flask-menu"), "requires flask-menu"),
        (metadata("Requires-Dist: sphinx"), "requires sphinx"),
    ],
)
def test_what_looks_like_an_application_is_told(files: dict[str, str], why: str) -> None:
    assert why in inferred({**files, JS: "a()"})[JS].doubt


@pytest.mark.parametrize("module", ["admin", "forms", "widgets"])
def test_a_package_whose_modules_import_django_is_an_app(module: str) -> None:
    files = {"shop/__init__.py": "", f"shop/{module}.py": "from django import forms"}
    path = "shop/static/shop/a.js"
    assert names({**files, path: "a()"})[path] == ("~/static/shop/a.js", "django-app")


def test_what_a_page_says_counts_more_than_settings() -> None:
    files = {"shop/settings.py": f'{HERE}STATICFILES_DIRS = [HERE / "web"]'}
    files["shop/web/index.html"] = '<script src="/app.js"></script>'
    assert names({**files, JS: "a()"})[JS] == ("~/app.js", "page")


def test_an_extension_of_another_program_is_told() -> None:
    points = {"shop-1.0.dist-info/entry_points.txt": "[datasette]\nshop = shop"}
    assert "datasette" in inferred({**points, JS: "a()"})[JS].doubt
    commands = {"shop-1.0.dist-info/entry_points.txt": "[console_scripts]\nshop = shop:main"}
    assert not inferred({**commands, JS: "a()"})[JS].doubt


@pytest.mark.parametrize(
    "route",
    [
        '@app.route("/static/<string:group>/<name>")\ndef f(group, name): ...',
        '@app.route("/<path:path>")\ndef f(path):\n    return send_from_directory(where(), path)',
    ],
)
def test_an_application_with_a_route_of_its_own_for_files_is_told(route: str) -> None:
    path = "shop/static/app.js"
    source = f'app = Flask(__name__, static_url_path="")\n{route}'
    assert inferred({"shop/__init__.py": source, path: "a()"})[path].doubt


def test_uploads_that_an_application_sends_say_nothing_of_its_static_folder() -> None:
    path = "shop/static/app.js"
    route = '@app.route("/uploads/<path:name>")\ndef f(name):\n'
    source = f"app = Flask(__name__)\n{route}    return send_from_directory(where(), name)"
    assert names({"shop/__init__.py": source, path: "a()"})[path] == ("~/static/app.js", "flask")


@pytest.mark.parametrize(("mount", "is_told"), [("", True), ('app.mount("/", UI)', False)])
def test_files_that_others_are_to_mount_are_told(mount: str, *, is_told: bool) -> None:
    source = f"UI = StaticFiles(directory=find(), html=True)\napp = FastAPI()\n{mount}"
    page = {"shop/dist/index.html": '<script type="module" src="./assets/a.js"></script>'}
    path = "shop/dist/assets/a.js"
    assert bool(inferred({"shop/ui.py": source, **page, path: "a()"})[path].doubt) is is_told
