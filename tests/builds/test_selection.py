"""Which scripts and maps are stripped and get ids: those that would be uploaded, by any name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.rewriting.shipment import Shipment, prepare_shipment
from hatch_sentry_artifacts.builds.shipping import changes_wheels
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError, NamesError

from .front_end import REFERENCE, script, source_map, with_inline_map, with_map, write

Prepare = Callable[..., Shipment]


@pytest.fixture
def prepare(tmp_path: Path) -> Prepare:
    """Strip a wheel of the given files."""

    def strip(
        files: Mapping[str, bytes],
        include: Sequence[str] = DEFAULT_PATTERNS,
        exclude: Sequence[str] = (),
        paths: Mapping[str, str] | None = None,
        *,
        inject: bool = False,
    ) -> Shipment:
        write(tmp_path / "project", files)
        into = tmp_path / "shipment"
        into.mkdir()
        shipment = prepare_shipment(
            {path: tmp_path / "project" / path for path in files},
            into,
            include=include,
            exclude=exclude,
            paths=paths,
            inject=inject,
            strip=not inject,
        )
        for path, content in files.items():
            assert (tmp_path / "project" / path).read_bytes() == content
        return shipment

    return strip


def _refers(name: str, reference: str) -> dict[str, bytes]:
    return {f"shop/{name}": script(name) + REFERENCE + reference.encode()}


PAIR = {f"shop/{name}": each for name, each in with_map("a.js").items()}


@pytest.mark.parametrize(
    ("reference", "place", "paths"),
    [
        ("maps/b.map", "shop/maps/b.map", None),
        ("../maps/b.map?v=1#x", "maps/b.map", None),
        ("/static/b.map", "shop/static/b.map", None),
        ("~/static/b.map", "shop/static/b.map", None),
        ("/assets/b.map", "shop/b.map", {"shop": "~/assets"}),
        ("https://cdn.example.com/b.map", "shop/b.map", {"shop": "https://cdn.example.com"}),
        ("b%20c.map", "shop/b c.map", None),
        ("b c.map", "shop/b c.map", None),
        (r"..\maps\b.map", "maps/b.map", None),
    ],
)
def test_a_reference_of_any_kind_goes_with_its_map(
    prepare: Prepare, reference: str, place: str, paths: dict[str, str] | None
) -> None:
    files = {**_refers("a.js", reference), place: source_map("a.js")}
    shipment = prepare(files, include=["*.js", "*.map"], paths=paths)

    assert shipment.left_out == {place}
    assert shipment.maps == {"shop/a.js": place}
    assert shipment.changed["shop/a.js"].read_bytes() == script("a.js")
    assert shipment.unshipped[place].read_bytes() == source_map("a.js")


@pytest.mark.parametrize(
    ("reference", "place", "paths"),
    [
        ("/static/b.map", "shop/static/b.map", None),
        ("/assets/b.map", "shop/b.map", {"shop": "~/assets"}),
        ("https://cdn.example.com/b.map", "shop/b.map", {"shop": "https://cdn.example.com"}),
    ],
)
def test_a_reference_by_name_leads_injection_to_its_map_too(
    prepare: Prepare, reference: str, place: str, paths: dict[str, str] | None
) -> None:
    files = {**_refers("a.js", reference), place: source_map("a.js")}
    shipment = prepare(files, include=["*.js", "*.map"], paths=paths, inject=True)

    assert shipment.changed.keys() == {"shop/a.js", place}
    assert b'"debugId"' in shipment.changed[place].read_bytes()


@pytest.mark.parametrize(
    "reference", ["gone.js.map", "https://maps.example.com/a.js.map", "other.js"]
)
def test_a_reference_to_something_else_stays(prepare: Prepare, reference: str) -> None:
    files = {**_refers("a.js", reference), "shop/other.js": script("other.js")}
    shipment = prepare(files)

    assert (shipment.changed, shipment.left_out, shipment.maps) == ({}, frozenset(), {})


def test_a_map_that_two_scripts_refer_to_is_left_out_for_both(prepare: Prepare) -> None:
    files = {**PAIR, **_refers("b.js", "a.js.map")}
    shipment = prepare(files)

    assert shipment.maps == {"shop/a.js": "shop/a.js.map", "shop/b.js": "shop/a.js.map"}
    assert shipment.left_out == {"shop/a.js.map"}


def test_a_map_of_a_script_that_does_not_say_so_is_left_out(prepare: Prepare) -> None:
    shipment = prepare({"shop/a.js": script("a.js"), "shop/a.js.map": source_map("a.js")})

    assert not shipment.changed
    assert shipment.left_out == {"shop/a.js.map"}


def test_what_is_excluded_or_under_no_key_of_paths_stays(prepare: Prepare) -> None:
    other = {f"vendor/{name}": each for name, each in with_map("b.js").items()}
    excluded = {f"shop/vendor/{name}": each for name, each in with_map("c.js").items()}
    shipment = prepare(
        {**PAIR, **other, **excluded}, exclude=["shop/vendor/"], paths={"shop": "~/shop"}
    )

    assert shipment.left_out == {"shop/a.js.map"}
    assert shipment.changed.keys() == {"shop/a.js"}


def test_a_script_keeps_referring_to_a_map_that_stays(prepare: Prepare) -> None:
    shipment = prepare(PAIR, exclude=["*.map"])

    assert not shipment.changed
    assert not shipment.left_out


@pytest.mark.parametrize("inject", [False, True])
def test_pages_images_and_style_maps_are_not_touched_even_if_selected(
    prepare: Prepare, *, inject: bool
) -> None:
    others = {
        "shop/a.css": b"a{}/*# sourceMappingURL=a.css.map */",
        "shop/a.css.map": source_map("a.css"),
        "shop/a.d.ts.map": source_map("a.d.ts"),
        "shop/a.png": b"\x89PNG",
        "shop/page.html": b"<p>",
    }
    shipment = prepare({**PAIR, **others}, include=["shop/**"], inject=inject)

    assert not {*shipment.changed, *shipment.left_out} & others.keys()
    assert "shop/a.js" in shipment.changed


@pytest.mark.parametrize(
    ("include", "paths"),
    [(["*.js", "!*.map"], None), (DEFAULT_PATTERNS, {"shop/a.js": "~/a.js"})],
    ids=["include", "paths"],
)
def test_an_inline_map_that_could_not_be_uploaded_is_refused(
    prepare: Prepare, include: Sequence[str], paths: dict[str, str] | None
) -> None:
    files = {"shop/a.js": with_inline_map("a.js")}
    with pytest.raises(
        ConfigurationError, match=r"shop/a\.js carries its map itself, .*a\.js\.map"
    ):
        prepare(files, include=include, paths=paths)


def test_an_inline_map_is_uploaded_also_if_the_patterns_name_scripts_alone(
    prepare: Prepare,
) -> None:
    shipment = prepare({"shop/a.js": with_inline_map("a.js")}, include=["*.js"])

    assert shipment.maps == {"shop/a.js": "shop/a.js.map"}
    assert shipment.unshipped.keys() == {"shop/a.js.map"}
    assert b"sourceMappingURL" not in shipment.changed["shop/a.js"].read_bytes()


def test_an_inline_map_that_cannot_be_read_is_named(prepare: Prepare) -> None:
    with pytest.raises(DistributionError, match=r"shop/a\.js: the script's inline source map"):
        prepare(_refers("a.js", "data:application/json;base64,!!!"))


def test_names_that_clash_are_told_before_anything_is_packed(prepare: Prepare) -> None:
    with pytest.raises(NamesError, match="would both be"):
        prepare({"shop/a.js": b"1", "store/a.js": b"2"})


def test_every_comment_of_a_joined_script_goes_and_no_text_in_strings(prepare: Prepare) -> None:
    joined = b'one("//# sourceMappingURL=x.map");\n//# sourceMappingURL=one.js.map\ntwo();\n'
    files = {**PAIR, "shop/a.js": joined + REFERENCE + b"a.js.map\n"}
    shipment = prepare(files)

    shipped = shipment.changed["shop/a.js"].read_bytes()
    assert shipped == b'one("//# sourceMappingURL=x.map");\n\ntwo();\n\n'


def test_modes_and_times_are_those_of_the_project_s_files(prepare: Prepare, tmp_path: Path) -> None:
    write(tmp_path / "project", PAIR)
    shipment = prepare(PAIR)

    given, changed = tmp_path / "project/shop/a.js", shipment.changed["shop/a.js"]
    assert changed.stat().st_mode == given.stat().st_mode
    assert int(changed.stat().st_mtime) == int(given.stat().st_mtime)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ({}, False),
        ({"source-maps": "ship", "debug-ids": "keep"}, False),
        ({"source-maps": "strip"}, True),
        ({"debug-ids": "inject"}, True),
    ],
)
def test_only_projects_that_want_it_pay_for_it(table: dict[str, str], *, changes: bool) -> None:
    assert changes_wheels(table) is changes
