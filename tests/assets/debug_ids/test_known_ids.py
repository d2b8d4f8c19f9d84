"""The debug id of a file is that of the events of its errors, wherever it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.file_facts import BLOCK_BYTES
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from tests.assets.debug_ids.support import OTHER_ID, write
from tests.assets.debug_ids.test_adopted_ids import REGISTERS, THIRD_ID

REFERENCE = "\n//# sourceMappingURL=app.js.map\n"
COMMENT = f"//# debugId={OTHER_ID}\n"
REGISTERED = REGISTERS[0].replace("ID", OTHER_ID)


def source_map(**more: object) -> bytes:
    keys = {"version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "names": []}
    return json.dumps({**keys, "mappings": "AAAA", **more}).encode()


PLAIN_MAP = source_map()


def collected(tmp_path: Path, files: Mapping[str, str | bytes]) -> dict[str, Asset]:
    """Return what is uploaded of these files, by path."""
    contents = {
        path: content if isinstance(content, bytes) else content.encode()
        for path, content in files.items()
    }
    with open_distribution(write(tmp_path / "shop", contents)) as distribution:
        assets = collect(distribution, include=DEFAULT_PATTERNS).assets
    return {asset.path.removeprefix("shop/"): asset for asset in assets}


def ids(tmp_path: Path, script: str, of_map: bytes = PLAIN_MAP) -> tuple[str | None, str | None]:
    """Return the ids of `script` and its map."""
    found = collected(tmp_path, {"app.js": script + REFERENCE, "app.js.map": of_map})
    return found["app.js"].debug_id, found["app.js.map"].debug_id


@pytest.mark.parametrize("form", REGISTERS)
def test_an_id_that_a_script_registers_needs_no_comment(tmp_path: Path, form: str) -> None:
    assert ids(tmp_path, form.replace("ID", OTHER_ID) + "\na()") == (OTHER_ID, OTHER_ID)


@pytest.mark.parametrize("before", [0, 30, 60, 90, 120, 150, 180])
@pytest.mark.parametrize("form", [*REGISTERS, f"{COMMENT}//# more={'x' * 100_000}"])
def test_an_id_is_found_across_the_blocks_that_are_read(
    tmp_path: Path, form: str, before: int
) -> None:
    script = "/*".ljust(BLOCK_BYTES - before - 2) + "*/" + form.replace("ID", OTHER_ID)
    assert ids(tmp_path, script) == (OTHER_ID, OTHER_ID)


def test_a_comment_before_a_large_map_that_the_script_carries_is_found(tmp_path: Path) -> None:
    inline = base64.b64encode(source_map(sourcesContent=["x" * 200_000])).decode()
    reference = f"//# sourceMappingURL=data:application/json;base64,{inline}\n"
    found = collected(tmp_path, {"app.js": "a()\n" + COMMENT + reference})
    assert found["app.js"].debug_id == OTHER_ID


def test_text_that_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    assert ids(tmp_path, f"const text = `\n{COMMENT}`; a(text)") == (None, None)
    assert ids(tmp_path, "e.debugId=e.code; a('//# debugId=' + e.debugId)") == (None, None)


def test_what_events_have_counts_where_the_comment_says_something_else(tmp_path: Path) -> None:
    script = f"{REGISTERED}\na()\n//# debugId={THIRD_ID}"
    assert ids(tmp_path, script) == (OTHER_ID, OTHER_ID)


@pytest.mark.parametrize("in_map", [OTHER_ID, THIRD_ID])
def test_the_last_of_several_registered_ids_is_uploaded_and_told(
    tmp_path: Path, in_map: str
) -> None:
    script = "\n".join(REGISTERS[0].replace("ID", each) for each in (OTHER_ID, THIRD_ID))
    assert ids(tmp_path, script, source_map(debugId=in_map)) == (THIRD_ID, THIRD_ID)
    with open_distribution(tmp_path / "shop") as distribution:
        findings = collect(distribution, include=DEFAULT_PATTERNS).findings
    (finding,) = [each for each in findings if each.rule == "two-debug-ids"]
    assert f"{OTHER_ID} and {THIRD_ID}: its events have the last one" in finding.message


def test_injection_and_upload_agree(tmp_path: Path) -> None:
    for script in (REGISTERED, COMMENT, f"{REGISTERED}\n{COMMENT}", "a()"):
        for of_map in (source_map(), source_map(debugId=OTHER_ID), source_map(debug_id=OTHER_ID)):
            made = inject((script + REFERENCE).encode(), of_map)
            there = {"app.js": made.script, "app.js.map": made.source_map or b""}
            found = collected(tmp_path, there)
            assert {asset.debug_id for asset in found.values()} == {made.debug_id}
            assert found["app.js"].registers_id


@pytest.mark.parametrize(
    "script", [COMMENT, REGISTERED.replace(OTHER_ID, THIRD_ID) + "\n//" + OTHER_ID, "a()"]
)
def test_it_is_known_whether_a_script_registers_its_id(tmp_path: Path, script: str) -> None:
    files: dict[str, str | bytes] = {
        "app.js": script + REFERENCE,
        "app.js.map": source_map(debugId=OTHER_ID),
    }
    asset = collected(tmp_path, files)["app.js"]
    assert asset.registers_id is (THIRD_ID in script)


@pytest.mark.parametrize("written", [OTHER_ID.replace("-", ""), OTHER_ID.upper()])
def test_an_id_is_uploaded_with_dashes_and_in_lower_case(tmp_path: Path, written: str) -> None:
    of_map = source_map(debugId=THIRD_ID.replace("-", ""))
    assert ids(tmp_path, f"a()\n//# debugId={written}") == (OTHER_ID, OTHER_ID)
    assert ids(tmp_path, REGISTERS[0].replace("ID", written)) == (OTHER_ID, OTHER_ID)
    assert ids(tmp_path, "a()", of_map) == (THIRD_ID, THIRD_ID)
    injected = inject(f"a()\n//# debugId={written}\n".encode(), source_map(debugId=written))
    assert injected.debug_id == OTHER_ID
    assert inject(injected.script, injected.source_map).steps == ()


@pytest.mark.parametrize("no_id", ["-" * 36, OTHER_ID[:-1], OTHER_ID.replace("-", "", 1), "1" * 33])
def test_what_is_no_uuid_is_no_id(tmp_path: Path, no_id: str) -> None:
    assert ids(tmp_path, f"a()\n//# debugId={no_id}") == (None, None)
    assert ids(tmp_path, REGISTERS[0].replace("ID", no_id)) == (None, None)
    assert ids(tmp_path, "a()", source_map(debugId=no_id)) == (None, None)


INNER = {"version": 3, "sources": [], "mappings": "AAAA", "debugId": THIRD_ID}
SECTIONS = [{"offset": {"line": 0, "column": 0}, "map": INNER}]
LARGE = ["x" * 200_000]


@pytest.mark.parametrize("content", [["a"], LARGE], ids=["small", "large"])
@pytest.mark.parametrize("key", ["debugId", "debug_id"])
def test_only_the_map_s_own_key_is_its_id(tmp_path: Path, content: list[str], key: str) -> None:
    def id_of(*keys: Mapping[str, object]) -> str | None:
        pairs = {name: value for each in keys for name, value in each.items()}
        return ids(tmp_path, "a()", json.dumps(pairs).encode())[1]

    head, texts = {"version": 3, "sources": ["a"]}, {"sourcesContent": content}
    own, nested = {key: OTHER_ID}, {"x_nested": {key: THIRD_ID}}
    sections, mappings = {"sections": SECTIONS}, {"mappings": "AAAA"}
    assert id_of(head, sections, texts) is None
    assert id_of(head, texts, sections) is None
    assert id_of(head, texts, mappings, nested) is None
    assert id_of(nested, head, texts, mappings) is None
    assert id_of(head, texts, sections, own) == OTHER_ID
    assert id_of(own, head, texts, sections) == OTHER_ID
    assert id_of(nested, own, head, texts, mappings) == OTHER_ID
    assert id_of(head, texts, mappings, own, nested) == OTHER_ID
    assert id_of(head, {"sourcesContent": [json.dumps(own)]}, mappings) is None


def test_an_id_inside_of_an_index_map_is_not_the_script_s(tmp_path: Path) -> None:
    of_map = json.dumps({"version": 3, "sections": SECTIONS}).encode()
    assert ids(tmp_path, "a()", of_map) == (None, None)
