"""What literals in a package's sources tell; the sources are parsed, never run."""

from __future__ import annotations

import time

import pytest

from tests.assets.naming.support import inferred, names

ONE = "shop/static/app.js"
TWO = "shop/admin/static/x.js"


def named(source: str, path: str = ONE, module: str = "shop/__init__.py", **more: str) -> str:
    files = {module: source, "shop/web.py": "", **more, path: ""}
    name, rule = names(files)[path]
    return name if rule != "first-folder" else ""


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("app = Flask(__name__)", "~/static/app.js"),
        ("import flask\ndef create():\n    return flask.Flask(__name__)", "~/static/app.js"),
        ("app = Flask('shop')", "~/static/app.js"),
        ("app = Flask(__name__, static_url_path='/assets')", "~/assets/app.js"),
        ("app = Flask(__name__, '/assets')", "~/assets/app.js"),
        ("app = Flask(__name__, static_url_path='')", "~/app.js"),
        (
            "D = 'static'\napp = Flask(__name__, static_folder=D, static_url_path='/x/')",
            "~/x/app.js",
        ),
        (
            (
                "HERE = os.path.dirname(os.path.abspath(__file__))\n"
                "app = Flask(__name__, static_folder=os.path.join(HERE, 'static'))"
            ),
            "~/static/app.js",
        ),
    ],
)
def test_applications_of_flask_serve_their_static_folder(source: str, name: str) -> None:
    assert named(source) == name


@pytest.mark.parametrize(
    "source",
    [
        "app = Flask(__name__, static_folder=None)",
        "app = Flask(__name__, static_url_path=settings.URL)",
        "app = Flask(__name__, static_folder=folder())",
        "app = Flask(__name__, **options)",
        "app = Flask(name)",
        "app = Flask('other')",
        "app = Flask(__name__, root_path='/srv')",
        "app = Flask(__name__, static_folder='../../etc')",
        "app = Flask(__name__, static_url_path='/<lang>/x')",
        "D = 'static'\nD = other()\napp = Flask(__name__, static_folder=D)",
        "text = 'Flask(__name__)'",
        "# Flask(__name__)",
        "app = Flask(__name__",
    ],
)
def test_what_is_computed_is_not_guessed(source: str) -> None:
    assert named(source) == ""


BLUEPRINT = "bp = Blueprint('admin', __name__, static_folder='static', url_prefix='/admin')"


@pytest.mark.parametrize(
    ("blueprint", "registration", "name"),
    [
        (BLUEPRINT, "", "~/admin/static/x.js"),
        (BLUEPRINT, "app.register_blueprint(bp)", "~/admin/static/x.js"),
        (BLUEPRINT, "app.register_blueprint(bp, url_prefix='/other')", "~/other/static/x.js"),
        (BLUEPRINT, "from shop import admin\napp.register_blueprint(admin.bp, url_prefix='/o')",
         "~/o/static/x.js"),
        (BLUEPRINT, "from shop.admin import bp as b\napp.register_blueprint(b, url_prefix='/o')",
         "~/o/static/x.js"),
        (BLUEPRINT.replace("url_prefix", "static_url_path"), "", "~/admin/x.js"),
        (BLUEPRINT.replace("url_prefix='/admin'", "url_prefix='/a', static_url_path='files'"), "",
         "~/a/files/x.js"),
        (BLUEPRINT, "app.register_blueprint(bp, url_prefix=prefix)", ""),
        (BLUEPRINT, "app.register_blueprint(make(), url_prefix='/x')", ""),
        (BLUEPRINT, "app.register_blueprint(bp, **options)", ""),
        (BLUEPRINT.replace("'/admin'", "prefix()"), "", ""),
        (BLUEPRINT.replace("'/admin'", "'/<user>'"), "", ""),
        (BLUEPRINT.replace(", url_prefix='/admin'", ""), "", ""),
        (BLUEPRINT.replace("'static'", "folder()"), "", ""),
        (BLUEPRINT, ("top = Blueprint('t', __name__, static_folder='s')\n"
         "top.register_blueprint(bp)"), ""),
    ],
)  # fmt: skip
def test_blueprints_are_below_their_prefix(blueprint: str, registration: str, name: str) -> None:
    files = {"shop/admin/__init__.py": blueprint, "shop/s/y.js": "", TWO: ""}
    found, rule = names({**files, "shop/__init__.py": registration})[TWO]
    assert (found if rule == "flask" else "") == name


STATIC = "StaticFiles(directory=Path(__file__).parent / 'static')"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (f"app = FastAPI()\napp.mount('/files', {STATIC}, name='x')", "~/files/app.js"),
        (f"app = FastAPI()\napp.mount('/', {STATIC})", "~/app.js"),
        (f"app = FastAPI()\nfiles = {STATIC}\napp.mount('/files', app=files)", "~/files/app.js"),
        (f"app = Starlette(routes=[Mount('/files', {STATIC})])", "~/files/app.js"),
        (f"routes = [Mount('/f', app={STATIC})]\napp = Starlette(routes=routes)", "~/f/app.js"),
        ("app = FastAPI()\napp.mount('/f', StaticFiles(packages=[('shop', 'static')]))",
         "~/f/app.js"),
        ("app = FastAPI()\napp.mount('/f', StaticFiles(directory='static'))", "~/f/app.js"),
        (f"app = FastAPI()\nsession.mount('https://', adapter())\napp.mount('/f', {STATIC})",
         "~/f/app.js"),
    ],
)  # fmt: skip
def test_mounted_folders_are_at_their_path(source: str, name: str) -> None:
    assert named(source) == name


@pytest.mark.parametrize("top", ["top.mount('/sub', inner)", "routes = [Mount('/sub', app=inner)]"])
def test_an_application_that_another_module_mounts_is_not_at_the_top(top: str) -> None:
    files = {
        "shop/__init__.py": f"from shop.inner import app as inner\n{top}",
        "shop/inner.py": f"app = FastAPI()\napp.mount('/f', {STATIC})",
    }
    assert names({**files, "shop/static/app.js": ""})["shop/static/app.js"][1] == "first-folder"


@pytest.mark.parametrize(
    "source",
    [
        f"app = FastAPI()\napp.mount(path, {STATIC})",
        f"app = FastAPI(root_path=root)\napp.mount('/f', {STATIC})",
        f"def add(app):\n    app.mount('/f', {STATIC})",
        f"app = FastAPI()\napp.mount('/f', {STATIC})\ntop.mount('/sub', app)",
        f"app = FastAPI()\napp.mount('/f', {STATIC})\ntop.mount('/sub', make())",
        f"routes = [Mount('/f', {STATIC})]",
        f"app = Starlette(routes=[Mount('/f', {STATIC})])\nroutes = [Mount('/s', app)]",
        f"app = Starlette(routes=[Mount('/f', {STATIC})])\nMount('/s', app=wrap(app))",
        f"app = FastAPI()\napp.mount('/f', {STATIC})\ndef add(sub):\n    top.mount('/s', sub)",
        f"app = make(Starlette(routes=[Mount('/f', {STATIC})]))",
        "app = FastAPI()\napp.mount('/f', StaticFiles(directory=folder()))",
    ],
)
def test_mounts_below_unknown_places_are_not_guessed(source: str) -> None:
    assert named(source) == ""


BUILD = "shop/frontend/build/static/js/main.js"
COMPONENT = "~/component/shop.thing/static/js/main.js"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("c = components.declare_component('thing', path=Path(__file__).parent / 'frontend/build')",
         COMPONENT),
        (("if RELEASE:\n    here = os.path.dirname(os.path.abspath(__file__))\n"
         "    build = os.path.join(here, 'frontend/build')\n"
         "    c = declare_component('thing', path=build)\n"
         "else:\n    c = declare_component('thing', url='http://localhost:3001')"), COMPONENT),
        ("c = declare_component('thing', **where)", COMPONENT),
        ("c = declare_component(name, path=Path(__file__).parent / 'frontend/build')", ""),
    ],
)  # fmt: skip
def test_components_of_streamlit_are_below_their_module_and_name(source: str, name: str) -> None:
    assert named(source, BUILD, **{"shop/frontend/build/index.html": ""}) == name


def test_a_route_of_its_own_for_static_files_leaves_doubt() -> None:
    route = "@blueprint.route('/static/<path:name>')\ndef static(name): ..."
    assert named("app = Flask(__name__)", **{"shop/views.py": route}) == ""


@pytest.mark.parametrize(
    "source",
    [
        "Flask(" * 50_000,
        "x = " + "(" * 100_000,
        "x = Flask(__name__)" + " + 1" * 60_000,
        "x = Flask(" + "not " * 50_000 + "1)",
        "x = Flask(" + "-" * 200_000 + "1)",
        "Flask()\nif a: pass\n" + "elif a: pass\n" * 15_000,
        "x = Flask(" + "a if a else " * 20_000 + "a)",
        "x = Flask(" + "lambda: " * 30_000 + "1)",
        "x = Flask(a" + ".b" * 100_000 + ")",
        "x = Flask(a" + "[b" * 59 + ")",
        "\n".join(" " * n + "if Flask(): " for n in range(99)),
        "a = b\nb = a\napp = Flask(__name__, static_folder=a)",
        "Flask(\0)",
        "a = '\\q'\nFlask(b'\\q')",
        "\n".join(f"Flask(__name__, static_folder=x{n})" for n in range(6_000)),
    ],
)
def test_hostile_sources_end_in_bounded_time(source: str) -> None:
    started = time.process_time()
    assert inferred({"shop/__init__.py": source, ONE: ""})[ONE].names[0] == "~/static/app.js"
    assert time.process_time() - started < 5
