"""Names: what browsers report for a file of the distribution."""

from __future__ import annotations

from urllib.parse import unquote

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatch_sentry_artifacts.assets.names import browser_form, read_folder, read_prefix
from hatch_sentry_artifacts.assets.naming.naming import (
    Naming,
    Prefixes,
    name_if_possible,
    table_naming,
    url_names,
)
from hatch_sentry_artifacts.errors import NamesError


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/static/js/app.js", "~/static/js/app.js"),
        ("app.js", "~/app.js"),
        ("shop-1.0.data/data/share/x.js", "~/share/x.js"),
        ("shop-1.0.data/data/x.js", "~/x.js"),
        ("shop-1.0.data/purelib/shop/static/x.js", "~/static/x.js"),
        ("shop-1.0.data/platlib/shop/static/x.js", "~/static/x.js"),
        ("shop-1.0.data/scripts/x.js", "~/x.js"),
        ("shop/static/a b.js", "~/static/a%20b.js"),
        ("shop/static/grün.js", "~/static/gr%C3%BCn.js"),
        ("shop/static/100%.js", "~/static/100%25.js"),
        ("shop/static/a?b#c.js", "~/static/a%3Fb%23c.js"),
        ("shop/static/a\\b.js", "~/static/a%5Cb.js"),
        ("shop/static/@scope/x+y,z;v=1.js", "~/static/@scope/x+y,z;v=1.js"),
        ("shop/static/pkg^1.0|x[1].js", "~/static/pkg%5E1.0|x[1].js"),
    ],
)
def test_a_file_is_named_after_its_path_without_the_first_folder(path: str, name: str) -> None:
    assert name_if_possible(path, Naming()) == name


_EXTENSIONS = "share/jupyter/labextensions"
_LAB = {f"*.data/data/{_EXTENSIONS}": "~/lab/extensions"}
_CDN = "https://cdn.example/s"


@pytest.mark.parametrize(
    ("paths", "path", "name"),
    [
        ({"shop/static": "~/assets"}, "shop/static/js/app.js", "~/assets/js/app.js"),
        ({"shop/static": "~/assets/"}, "shop/static/js/app.js", "~/assets/js/app.js"),
        ({"shop/static": "~/"}, "shop/static/app.js", "~/app.js"),
        ({"shop/static": _CDN}, "shop/static/a b.js", f"{_CDN}/a%20b.js"),
        ({"shop": "~/a", "shop/static": "~/b"}, "shop/static/app.js", "~/b/app.js"),
        ({"shop": "~/a", "shop/static": "~/b"}, "shop/other/app.js", "~/a/other/app.js"),
        ({"shop/stat": "~/a"}, "shop/static/app.js", None),
        ({"shop/static": "~/a"}, "other/app.js", None),
        ({"shop/sw.js": "~/service-worker.js"}, "shop/sw.js", "~/service-worker.js"),
        ({"shop/sw.js": "~/"}, "shop/sw.js", "~/sw.js"),
        ({"": "~/all"}, "shop/static/app.js", "~/all/shop/static/app.js"),
        (_LAB, f"nb-1.0.data/data/{_EXTENSIONS}/nb/x.js", "~/lab/extensions/nb/x.js"),
        ({"nb-1.0.data/data/share": "~/s"}, "nb-1.0.data/data/share/x.js", "~/s/x.js"),
    ],
)  # fmt: skip
def test_the_longest_key_of_paths_decides(paths: Prefixes, path: str, name: str | None) -> None:
    assert name_if_possible(path, table_naming(paths)) == name


def test_two_files_for_one_name_is_an_error_that_names_both() -> None:
    with pytest.raises(NamesError) as raised:
        url_names(["shop/static/app.js", "admin/static/app.js"], Naming())
    assert "shop/static/app.js" in str(raised.value)
    assert "admin/static/app.js" in str(raised.value)
    assert "~/static/app.js" in str(raised.value)


@pytest.mark.parametrize("character", ["\n", "\t", "\r", "\x00", "\x7f", "\x85", "\u2028"])
def test_control_characters_are_refused(character: str) -> None:
    with pytest.raises(NamesError, match="control character"):
        url_names([f"shop/a{character}b.js"], Naming())


def test_a_name_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(NamesError, match="UTF-8"):
        url_names(["shop/a\udcffb.js"], Naming())


# Segments as file systems have them: no slash, none of the two that mean folders, no controls.
segments = st.text(
    st.characters(exclude_characters="/", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=12,
).filter(lambda segment: segment not in {".", ".."})
paths_in_a_wheel = st.lists(segments, min_size=2, max_size=5).map("/".join)


@given(st.sets(paths_in_a_wheel, min_size=2, max_size=8))
def test_distinct_paths_give_distinct_names_or_an_error(paths: set[str]) -> None:
    try:
        names = url_names(sorted(paths), Naming())
    except NamesError:
        tails = [path.partition("/")[2] for path in paths]
        assert any(".data" in path for path in paths) or len(set(tails)) < len(tails)
    else:
        assert len(set(names.values())) == len(paths)


@given(paths_in_a_wheel)
def test_a_name_survives_a_browser_s_url_parser(path: str) -> None:
    name = url_names([path], Naming())[path]
    assert name is not None
    url = ada_url.URL("https://host.example" + name[1:])
    assert url.pathname == name[1:]
    assert not url.search
    assert not url.hash
    assert browser_form(name) == name


@given(paths_in_a_wheel)
def test_a_name_leads_back_to_the_file(path: str) -> None:
    name = name_if_possible(path, table_naming({"": "~/"}))
    assert name is not None
    assert unquote(name[2:]) == path


@pytest.mark.parametrize(
    "url",
    [
        "http://CDN.Example/a.js",
        "HTTPS://cdn.example/a.js",
        "https://cdn.example:443/a.js",
        "http://cdn.example:80/a.js",
        "http://cdn.example:8080/a.js",
        "https://cdn.example/x/../a.js",
        "https://cdn.example/x/./a.js",
        "https://cdn.example/x/%2e%2E/a.js",
        "https://bücher.example/a.js",
        "https://cdn.example//a.js",
        "https://[::1]:9000/a.js",
        "https://cdn.example/x/..",
        "https://cdn.example/a/b/../c",
        "https://cdn.example/a/b/..",
        "https://cdn.example/a/b/.",
        "https://cdn.example",
    ],
)
def test_the_browser_form_is_what_a_url_parser_makes_of_it(url: str) -> None:
    assert browser_form(url) == ada_url.URL(url).href


def test_a_key_of_paths_is_the_same_with_and_without_a_final_slash() -> None:
    assert read_folder("shop/static/") == read_folder("./shop/static") == "shop/static"
    assert read_folder(".") == ""


@pytest.mark.parametrize("key", ["", "/shop", "../shop", "shop/../x", "shop\\static", "a\nb"])
def test_a_key_of_paths_has_to_lie_in_the_distribution(key: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_folder(key)


@pytest.mark.parametrize(
    "prefix",
    [
        "static", "/static", "~static", "~", "ftp://x/y", "https://", "~/a b", "~/a?b", "~/a#b",
        "~\\x", 3,
    ],
)  # fmt: skip
def test_a_prefix_is_a_tilde_path_or_an_address(prefix: object) -> None:
    with pytest.raises(ValueError, match="prefix"):
        read_prefix(prefix)


def test_a_prefix_is_percent_encoded_but_for_what_is_encoded_already() -> None:
    assert read_prefix("~/grün/100%25") == "~/gr%C3%BCn/100%25"
