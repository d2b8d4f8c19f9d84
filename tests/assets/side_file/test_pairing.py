"""Each wheel gets the side file that its build wrote, whatever the two are called and wherever."""

from __future__ import annotations

from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.side_file.pairing import pair, refuse_alone
from hatch_sentry_artifacts.builds.side_file import side_file_name
from hatch_sentry_artifacts.errors import ConfigurationError, DistributionError
from tests.support import make_wheel
from tests.support.side_files import MAP, SCRIPTS, keep, make_pair, stripped

OTHER = {**SCRIPTS, "shop/static/app.js": b"two()\n"}


def _pairs(wheels: list[Path], side_files: list[Path]) -> dict[str, Path | None]:
    return {each.path.name: each.side_file for each in pair(wheels, side_files).pairs}


@pytest.mark.parametrize(
    ("wheel", "name"),
    [
        ("shop-1.0-py3-none-any.whl", "shop-1.0.sentry.zip"),
        ("shop-1.0-py2.py3-none-any.whl", "shop-1.0.sentry.zip"),
        ("my_shop-1.0rc1+g12-py3-none-any.whl", "my_shop-1.0rc1+g12.sentry.zip"),
        (
            "shop-1.0-cp313-cp313-linux_x86_64.whl",
            "shop-1.0-cp313-cp313-linux_x86_64.sentry.zip",
        ),
        ("shop-1.0-2-py3-none-any.whl", "shop-1.0-2-py3-none-any.sentry.zip"),
        ("odd.whl", "odd.sentry.zip"),
    ],
)
def test_a_side_file_is_named_after_the_version_or_else_the_wheel(wheel: str, name: str) -> None:
    assert side_file_name(wheel) == name


def test_wheels_of_two_projects_and_versions_get_their_own(tmp_path: Path) -> None:
    wheels, side_files = [], []
    for name, version in (("shop", "1.0"), ("shop", "1.1"), ("bank-app", "1.0")):
        wheel, shipment = stripped(tmp_path / name / version, name=name, version=version)
        wheels.append(wheel)
        side_files.append(keep(wheel, shipment, tmp_path / "maps"))
    expected = {wheel.name: file for wheel, file in zip(wheels, side_files, strict=True)}
    assert _pairs(wheels, side_files[::-1]) == expected


def test_the_scripts_decide_between_side_files_of_one_version(tmp_path: Path) -> None:
    one, first = stripped(tmp_path / "one")
    two, second = stripped(tmp_path / "two", OTHER)
    side_files = [keep(one, first, tmp_path / "maps"), keep(two, second, tmp_path / "more")]
    side_files = [file.rename(tmp_path / f"{n}.sentry.zip") for n, file in enumerate(side_files)]
    assert _pairs([two], side_files) == {two.name: side_files[1]}
    assert _pairs([one], side_files) == {one.name: side_files[0]}


def _tagged(folder: Path, tags: str, source_map: bytes = MAP) -> tuple[Path, Path]:
    wheel, shipment = stripped(folder / tags, source_map=source_map)
    wheel = wheel.rename(folder / f"shop-1.2.0-{tags}.whl")
    return wheel, keep(wheel, shipment, folder / "maps")


def test_repaired_wheels_with_the_same_scripts_go_by_their_other_tags(tmp_path: Path) -> None:
    _, first = _tagged(tmp_path, "cp312-cp312-linux_x86_64")
    wheel, second = _tagged(tmp_path, "cp313-cp313-linux_x86_64", MAP + b" ")
    repaired = wheel.rename(tmp_path / "shop-1.2.0-cp313-cp313-manylinux_2_28_x86_64.whl")
    assert _pairs([repaired], [first, second]) == {repaired.name: second}


def test_one_side_file_serves_all_wheels_with_its_scripts(tmp_path: Path) -> None:
    one, side_file = _tagged(tmp_path, "cp312-cp312-linux_x86_64")
    two, same = _tagged(tmp_path, "cp313-cp313-linux_x86_64")
    assert _pairs([one, two], [side_file]) == {one.name: side_file, two.name: side_file}
    assert pair([one], [side_file, same]).unused == []


def test_side_files_that_differ_and_fit_alike_are_refused(tmp_path: Path) -> None:
    wheel, first = stripped(tmp_path / "one")
    _, second = stripped(tmp_path / "two", source_map=MAP + b" ")
    side_files = [keep(wheel, first, tmp_path / "a"), keep(wheel, second, tmp_path / "b")]
    with pytest.raises(ConfigurationError, match="both go with shop-"):
        pair([wheel], side_files)


def test_a_wheel_of_another_build_stops_all(tmp_path: Path) -> None:
    good, side_file = make_pair(tmp_path)
    other = make_wheel(tmp_path, files=OTHER)
    bank, shipment = stripped(tmp_path / "bank", name="bank")
    kept = keep(bank, shipment, tmp_path / "maps")
    with pytest.raises(DistributionError, match=r"shop/static/app\.js of the wheel differ"):
        pair([bank, other], [kept, side_file])
    assert _pairs([bank, good], [kept, side_file])[good.name] == side_file


def test_wheels_without_a_side_file_and_side_files_of_other_wheels_are_let_be(
    tmp_path: Path,
) -> None:
    wheel, side_file = make_pair(tmp_path)
    old, shipment = stripped(tmp_path / "old", version="1.1.0")
    left = keep(old, shipment, tmp_path / "maps")
    other = make_wheel(tmp_path, name="bank", files=SCRIPTS)
    found = pair([wheel, other], [left, side_file])
    assert [each.side_file for each in found.pairs] == [side_file, None]
    assert found.unused == [
        f"{left} goes with none of the wheels that were named, but with shop-1.1.0-py3-none-any.whl"
    ]


def test_side_files_that_go_with_nothing_are_refused(tmp_path: Path) -> None:
    _, side_file = make_pair(tmp_path)
    other = make_wheel(tmp_path, name="bank", files=SCRIPTS)
    with pytest.raises(ConfigurationError, match=r"but with shop-.*whl: name that"):
        pair([other], [side_file])
    with pytest.raises(ConfigurationError, match="goes with none"):
        pair([tmp_path / "dist"], [side_file])


def test_a_side_file_alone_names_its_wheel(tmp_path: Path) -> None:
    _, side_file = make_pair(tmp_path)
    error = refuse_alone([side_file])
    assert str(error) == (
        f"{side_file}: goes with shop-1.2.0-py3-none-any.whl, which holds the scripts: name the "
        "wheel, too"
    )
