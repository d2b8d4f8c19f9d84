"""What all pages share: their blueprint, the headers that restrict them, and how they write."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, g, url_for

from hatch_sentry_artifacts.amounts import size_text
from hatch_sentry_artifacts.escaping import visible
from hatch_sentry_artifacts.local_server import access
from hatch_sentry_artifacts.local_server.pages.text_window import shown

pages = Blueprint(
    "pages", __name__, static_folder="../static", static_url_path="/static", url_prefix=None
)

# Nothing runs but the server's own script, by a number that each answer makes anew: a page with
# markup of an uploaded file in it, should there ever be one, cannot know that.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'nonce-{nonce}'"
)


def nonce() -> str:
    """Return the number by which the page of this request may run the server's script."""
    return str(g.setdefault("nonce", secrets.token_urlsafe(16)))


@pages.after_request
def restrict(response: Response) -> Response:
    """Forbid whatever is not the server's own."""
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def release_address(version: str) -> str:
    """Return the address of a release's page; a bundle may name a version that no path can hold."""
    if "/" in version or version in {".", "..", ""}:
        return url_for("pages.show_release_by_query", version=version)
    return url_for("pages.show_release", version=version)


pages.add_app_template_filter(size_text, "bytes")
pages.add_app_template_filter(visible, "plain")
pages.add_app_template_global(release_address, "release_address")
pages.add_app_template_global(nonce, "nonce")


@pages.app_template_global("changes")
def _changes() -> str:
    return access.store().overview.changes()


@pages.app_template_filter("sentence")
def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


@pages.app_template_filter("lines")
def _lines(text: str) -> str:
    """Write each of the lines as pages may show it."""
    return "\n".join(map(shown, text.split("\n")))


pages.add_app_template_filter(shown, "source")


@pages.app_template_filter("moment")
def _moment(date: str | None) -> str:
    return f"{date[:10]} {date[11:19]} UTC" if date else ""


@pages.app_template_filter("counted")
def _counted(count: int, one: str, several: str = "") -> str:
    """Write a number with its word, such as "1 file" or "2,000 files"."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
