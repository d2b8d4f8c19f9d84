"""Connection: where each setting comes from, and where the token may go."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from hatch_sentry_artifacts.configuration.credentials.settings import (
    Settings,
    find_settings,
)
from hatch_sentry_artifacts.configuration.credentials.token import read_claims
from hatch_sentry_artifacts.configuration.credentials.wanted import Wanted
from hatch_sentry_artifacts.errors import ConfigurationError, CredentialsMissing
from hatch_sentry_artifacts.sentry.connection import Token, same_site

PLAIN = "0123456789abcdef" * 4


def org_token(**claims: str | None) -> str:
    payload = base64.b64encode(json.dumps({"iat": 1.5, **claims}).encode()).decode()
    return f"sntrys_{payload}_{'s' * 43}"


class Place:
    """A project's folder and a home, with what may stand in them."""

    def __init__(self, top: Path) -> None:
        self.home = top / "home"
        self.folder = top / "work" / "project"
        self.folder.mkdir(parents=True)
        self.home.mkdir()

    def rc(self, folder: Path, text: str) -> None:
        folder.joinpath(".sentryclirc").write_text(text, "utf-8")

    def settings(
        self,
        environment: dict[str, str] | None = None,
        flags: Wanted | None = None,
        configured: Wanted | None = None,
    ) -> Settings:
        return find_settings(
            environment=environment or {},
            folder=self.folder,
            home=self.home,
            flags=flags,
            configured=configured,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_flags_then_environment_then_configuration_then_files_then_token(place: Place) -> None:
    token = org_token(url="https://token.example", region_url=None, org="from-token")
    flags = Wanted("from-flag", ("from-flag",), "https://flag.example")
    configured = Wanted("from-toml", ("from-toml",), "https://toml.example", "pyproject")
    rc = "[defaults]\nurl=https://rc.example\norg=from-rc\nproject=from-rc\n"
    environment = {
        "SENTRY_AUTH_TOKEN": token,
        "SENTRY_ORG": "from-env",
        "SENTRY_PROJECT": "from-env",
        "SENTRY_URL": "https://env.example",
    }
    found = []
    place.rc(place.home, rc)
    found.append(place.settings(environment, flags, configured))
    found.append(place.settings(environment, None, configured))
    found.append(place.settings({"SENTRY_AUTH_TOKEN": token}, None, configured))
    found.append(place.settings({"SENTRY_AUTH_TOKEN": token}))
    place.rc(place.home, "")
    found.append(place.settings({"SENTRY_AUTH_TOKEN": token}))
    assert [settings.organization.value for settings in found if settings.organization] == [
        "from-flag", "from-env", "from-toml", "from-rc", "from-token",
    ]  # fmt: skip
    assert [settings.url.value for settings in found] == [
        "https://flag.example", "https://env.example", "https://toml.example",
        "https://rc.example", "https://token.example",
    ]  # fmt: skip
    assert [settings.projects[0].value for settings in found[:4]] == [
        "from-flag", "from-env", "from-toml", "from-rc",
    ]  # fmt: skip
    assert not found[4].projects


def test_the_nearest_sentryclirc_counts_first(place: Place) -> None:
    place.rc(place.folder.parent, "[defaults]\norg=near\n[auth]\ntoken=near-token\n")
    place.rc(place.home, "[defaults]\norg=home\nproject=home-project\n[auth]\ntoken=home-token\n")
    settings = place.settings()
    assert settings.organization is not None
    assert settings.organization.value == "near"
    assert settings.projects[0].value == "home-project"
    assert settings.token is not None
    assert settings.token.value == "near-token"


def test_without_anything_it_is_sentry_io_and_all_that_is_missing_is_told(place: Place) -> None:
    settings = place.settings()
    assert settings.url.value == "https://sentry.io"
    with pytest.raises(CredentialsMissing) as raised:
        settings.connection()
    assert [problem.partition(":")[0] for problem in raised.value.problems] == [
        "no token", "no organization", "no project",
    ]  # fmt: skip


def test_an_empty_variable_is_an_unset_one(place: Place) -> None:
    configured = Wanted("acme", ("web",), None, "pyproject")
    environment = {"SENTRY_ORG": "", "SENTRY_AUTH_TOKEN": " ", "SENTRY_URL": ""}
    settings = place.settings(environment, None, configured)
    assert settings.token is None
    assert settings.organization is not None
    assert settings.organization.value == "acme"


def test_the_project_variable_may_name_several(place: Place) -> None:
    settings = place.settings({"SENTRY_PROJECT": "web, admin"})
    assert [project.value for project in settings.projects] == ["web", "admin"]


def test_a_token_is_never_sent_where_only_the_project_says_so(place: Place) -> None:
    token = org_token(url="https://sentry.acme.example", org="acme")
    configured = Wanted(None, ("web",), "https://thief.example", "pyproject.toml")
    settings = place.settings({"SENTRY_AUTH_TOKEN": token}, None, configured)
    with pytest.raises(ConfigurationError) as raised:
        settings.connection()
    message = str(raised.value)
    assert "https://sentry.acme.example" in message
    assert "https://thief.example" in message
    assert token not in message


@pytest.mark.parametrize("by", ["flag", "environment"])
def test_the_user_s_own_word_may_send_a_token_anywhere(place: Place, by: str) -> None:
    environment = {"SENTRY_AUTH_TOKEN": org_token(url="https://a.example", org="acme")}
    flags = Wanted(project=("web",))
    if by == "flag":
        flags = Wanted(project=("web",), url="https://b.example")
    else:
        environment["SENTRY_URL"] = "https://b.example"
    assert place.settings(environment, flags).connection().url == "https://b.example"


def test_a_project_s_sentryclirc_does_not_get_the_token_either(place: Place) -> None:
    place.rc(place.folder, "[defaults]\nurl=https://thief.example\nproject=web\n")
    token = org_token(url="https://sentry.io", org="acme")
    settings = place.settings({"SENTRY_AUTH_TOKEN": token})
    with pytest.raises(ConfigurationError, match=r"thief\.example"):
        settings.connection()


@pytest.mark.parametrize("where", ["configuration", "file"])
def test_a_url_does_not_inherit_a_plain_token_from_a_lower_file(place: Place, where: str) -> None:
    place.rc(place.home, f"[auth]\ntoken={PLAIN}\n[defaults]\norg=acme\nproject=web\n")
    configured = None
    if where == "configuration":
        configured = Wanted(url="https://thief.example", source="pyproject.toml")
    else:
        place.rc(place.folder, "[defaults]\nurl=https://thief.example\n")
    with pytest.raises(ConfigurationError) as raised:
        place.settings({}, None, configured).connection()
    assert "https://thief.example" in str(raised.value)
    assert "https://sentry.io" in str(raised.value)
    assert PLAIN not in str(raised.value)


def test_a_file_s_own_url_and_token_belong_together(place: Place) -> None:
    url = "https://sentry.acme.example"
    place.rc(
        place.home,
        f"[auth]\ntoken={PLAIN}\n[defaults]\norg=acme\nproject=web\nurl={url}\n",
    )
    configured = Wanted(url=url, source="pyproject.toml")
    assert place.settings({}, None, configured).connection().url == url


def test_a_token_from_the_environment_goes_to_the_configured_server(place: Place) -> None:
    configured = Wanted("acme", ("web",), "https://sentry.acme.example", "pyproject.toml")
    settings = place.settings({"SENTRY_AUTH_TOKEN": PLAIN}, None, configured)
    assert settings.connection().url == "https://sentry.acme.example"


def test_sentry_io_is_reached_at_the_region_that_the_token_names(place: Place) -> None:
    token = org_token(url="https://sentry.io", region_url="https://de.sentry.io", org="acme")
    for configured in (None, Wanted(url="https://sentry.io", source="pyproject.toml")):
        settings = place.settings({"SENTRY_AUTH_TOKEN": token}, None, configured)
        assert settings.url.value == "https://de.sentry.io"
        assert not settings.problems


@pytest.mark.parametrize(
    "value", ["sntrys_", "sntrys_!!!_x", "sntrys_bm8=_x", "sntrys_W10=_x", "sntryu_ab", PLAIN]
)
def test_a_token_that_carries_nothing_is_just_a_token(value: str) -> None:
    claims = read_claims(Token(value, "SENTRY_AUTH_TOKEN"))
    assert (claims.url, claims.region_url, claims.organization) == (None, None, None)


def test_a_token_shows_neither_in_repr_nor_in_text() -> None:
    token = Token(PLAIN, "SENTRY_AUTH_TOKEN")
    assert PLAIN not in repr(token)
    assert PLAIN not in str(token)


@pytest.mark.parametrize("value", ["abc def", "abc\ndef", "grün"])
def test_a_token_that_no_header_can_hold_is_told_but_not_shown(place: Place, value: str) -> None:
    settings = place.settings({"SENTRY_AUTH_TOKEN": value, "SENTRY_ORG": "a"})
    (problem,) = settings.problems
    assert "SENTRY_AUTH_TOKEN" in problem
    assert value not in problem


def test_a_bad_address_names_its_source(place: Place) -> None:
    (problem,) = place.settings({"SENTRY_URL": "sentry.example"}).problems
    assert problem.startswith("SENTRY_URL: ")


def test_a_broken_sentryclirc_is_named_and_not_quoted(place: Place) -> None:
    place.rc(place.folder, f"token={PLAIN}\n")
    (problem,) = place.settings().problems
    assert ".sentryclirc" in problem
    assert PLAIN not in problem


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs chown")
def test_another_user_s_sentryclirc_is_passed_over(place: Place) -> None:
    place.rc(place.folder.parent, "[defaults]\nurl=https://thief.example\n")
    os.chown(place.folder.parent / ".sentryclirc", 12345, 12345)
    assert place.settings().url.value == "https://sentry.io"


def test_an_unencrypted_server_elsewhere_is_warned_of(place: Place) -> None:
    assert place.settings({"SENTRY_URL": "http://sentry.example"}).warnings
    assert not place.settings({"SENTRY_URL": "http://127.0.0.1:9000"}).warnings


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://sentry.io", "https://us.sentry.io", True),
        ("https://a.example", "https://A.example:443/path", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://sentry.io", "https://sentry.io.thief.example", False),
        ("https://sentry.io", "https://evilsentry.io", False),
        ("http://sentry.io", "https://sentry.io", False),
        ("http://sentry_web:9000", "http://sentry_web:9000/", True),
        ("http://[::1]:9000", "http://[::1]:9000", True),
        ("https://sentry.io", "https://[::1]", False),
        # Where the host of these ends is read in two ways.
        ("https://thief.example\\.sentry.io", "https://sentry.io", False),
        ("https://thief.example\\.a.example", "https://thief.example\\.a.example", False),
        ("https://thief.example%2f.sentry.io", "https://sentry.io", False),
    ],
)
def test_one_site_is_one_origin_or_sentry_io(one: str, other: str, *, same: bool) -> None:
    assert same_site(one, other) is same


def test_each_sentryclirc_further_up_fills_in_what_the_nearer_ones_lack(place: Place) -> None:
    place.rc(place.folder, "[defaults]\nproject=near\n")
    place.rc(place.folder.parent, f"[defaults]\norg=second\n[auth]\ntoken={PLAIN}\n")
    place.rc(place.home, "[defaults]\norg=third\nproject=third\n[auth]\ntoken=third\n")
    connection = place.settings().connection()

    assert (connection.organization, connection.projects) == ("second", ("near",))
    assert connection.token.value == PLAIN


@pytest.mark.parametrize("missing", ["token", "organization", "project"])
def test_only_what_is_missing_is_told(place: Place, missing: str) -> None:
    given = {"SENTRY_AUTH_TOKEN": PLAIN, "SENTRY_ORG": "acme", "SENTRY_PROJECT": "web"}
    variables = dict(zip(("token", "organization", "project"), given, strict=True))
    del given[variables[missing]]
    with pytest.raises(CredentialsMissing) as raised:
        place.settings(given).connection()
    (problem,) = raised.value.problems
    assert problem.startswith(f"no {missing}: set ")
