"""Numbers that no list and no file has are refused, and never an exception of the server."""

from __future__ import annotations

import pytest

from .client import Client

_BUNDLES = "/api/0/projects/acme/web/files/artifact-bundles/"


@pytest.mark.parametrize("digits", [5000, 20_000])
def test_id_of_more_digits_than_can_be_read_is_no_file_s(client: Client, digits: int) -> None:
    for sign in ("", "-"):
        assert client.ask("GET", f"{client.files}{sign}{'9' * digits}/").status == 404


# As on a real Sentry, whose database has no place for them.
@pytest.mark.parametrize("digits", [19, 400])
def test_id_that_the_database_has_no_place_for_is_an_internal_error(
    client: Client, digits: int
) -> None:
    response = client.ask("GET", f"{client.files}{'9' * digits}/")
    assert (response.status, response.json()["detail"]) == (500, "Internal Error")


@pytest.mark.parametrize("path", ["files", "releases", "bundles"])
@pytest.mark.parametrize("cursor", ["{}:1:0", "1:{}:0", "-{}:1:0", "{}.5:1:0", "{}.0:{}:0"])
@pytest.mark.parametrize("digits", [30, 400, 5000])
def test_cursor_beyond_every_list_is_refused(
    *, client: Client, path: str, cursor: str, digits: int
) -> None:
    address = {"files": client.files, "releases": client.releases, "bundles": _BUNDLES}[path]
    text = cursor.replace("{}", "9" * digits)
    assert client.ask("GET", f"{address}?cursor={text}").status == 400


@pytest.mark.parametrize("kind", ["release_file", "artifact_bundle"])
def test_download_of_a_huge_number_is_an_internal_error(client: Client, kind: str) -> None:
    address = f"/api/0/projects/acme/web/artifact-lookup/?download={kind}/{'9' * 5000}"
    response = client.ask("GET", address)
    assert (response.status, response.json()["detail"]) == (500, "Internal Error")
