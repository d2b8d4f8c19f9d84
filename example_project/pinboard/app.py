"""Serves the two pages, and the JSON that their scripts ask for."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, render_template, request, url_for

from pinboard.board import Board

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def create_app() -> Flask:
    """Make the application, with an empty board.

    PINBOARD_SENTRY_DSN, where set, makes the pages report their errors to Sentry. The release they
    report is the package's version, which is also the release that the build uploads to.
    """
    app = Flask(__name__)
    # The names of the built files change with their content, so browsers may keep them.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=365)
    manifest = _read_manifest(app)
    sentry_dsn = os.environ.get("PINBOARD_SENTRY_DSN")

    def asset(name: str) -> str:
        return url_for("static", filename=manifest[name])

    app.jinja_env.globals.update(asset=asset, release=version("pinboard"), sentry_dsn=sentry_dsn)
    app.add_url_rule("/", "board", lambda: render_template("board.html"))
    app.add_url_rule("/admin", "admin", lambda: render_template("admin.html"))
    _add_api(app, Board())
    return app


def _read_manifest(app: Flask) -> dict[str, str]:
    """Read which built file stands for which name: {"board.js": "board-5UIJK2DP.js", ...}."""
    path = Path(app.root_path, "static", "manifest.json")
    if not path.is_file():
        raise RuntimeError(f"{path} is missing: `pip install .` builds the front end")
    manifest: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _add_api(app: Flask, board: Board) -> None:
    @app.get("/api/notes")
    def list_notes() -> ResponseReturnValue:
        return app.json.response(board.notes())

    @app.post("/api/notes")
    def add_note() -> ResponseReturnValue:
        body = request.get_json()
        fields = body if isinstance(body, dict) else {}
        try:
            note = board.add(str(fields.get("author", "")), str(fields.get("text", "")))
        except ValueError as error:
            return {"detail": str(error)}, 400
        return app.json.response(note), 201

    @app.delete("/api/notes/<int:note_id>")
    def remove_note(note_id: int) -> ResponseReturnValue:
        if not board.remove(note_id):
            return {"detail": f"there is no note {note_id}"}, 404
        return "", 204

    @app.get("/api/counts")
    def counts() -> ResponseReturnValue:
        return app.json.response(board.counts())
