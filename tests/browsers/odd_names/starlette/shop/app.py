"""An application whose page has a script of each name."""

from html import escape
from pathlib import Path

from shop.names import NAMES
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

# `url_for` leaves a path as it is, so these would mean something else.
QUOTED = {"%": "%25", "#": "%23", "?": "%3F"}


async def index(request: Request) -> HTMLResponse:
    """Show the page."""
    paths = (each.translate(str.maketrans(QUOTED)) for each in NAMES)
    urls = [escape(str(request.url_for("files", path=each))) for each in paths]
    return HTMLResponse("".join(f'<script src="{each}"></script>' for each in urls))


files = StaticFiles(directory=Path(__file__).parent / "web")
app = Starlette(routes=[Route("/", index), Mount("/files", files, name="files")])
