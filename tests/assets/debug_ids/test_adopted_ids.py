"""Ids that are there already: kept, completed, or refused if they contradict each other."""

from __future__ import annotations

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import Step, inject
from hatch_sentry_artifacts.errors import DistributionError
from tests.assets.debug_ids.support import MAP, OTHER_ID, loaded, normal

THIRD_ID = "99999999-8888-4777-9666-555555555555"
# What bundler plugins put in, in the forms that minifiers leave of it.
REGISTERS = [
    (
        "try{e=window;(n=new e.Error().stack)&&(e._sentryDebugIds=e._sentryDebugIds||{},"
        'e._sentryDebugIds[n]="ID")}catch(e){}'
    ),
    (
        "try{e=window;(n=new e.Error().stack)&&((e._sentryDebugIds=e._sentryDebugIds||{})[n]='ID',"
        "e._sentryDebugIdIdentifier='sentry-dbid-ID')}catch(e){}"
    ),
    (
        'globalObject._sentryDebugIds[stack] = "ID";\n'
        'globalObject._sentryDebugIdIdentifier = "sentry-dbid-ID";'
    ),
]


@pytest.mark.parametrize("form", REGISTERS)
def test_an_id_that_a_bundler_registers_is_taken_over_and_nothing_moves(form: str) -> None:
    script = form.replace("ID", OTHER_ID) + "\na()\n//# sourceMappingURL=a.js.map\n"
    injected = inject(script.encode(), MAP)
    assert injected.debug_id == OTHER_ID
    assert injected.script.decode() == script + f"//# debugId={OTHER_ID}\n"
    assert injected.source_map == MAP[:-1] + f',"debugId":"{OTHER_ID}"}}'.encode()
    assert injected.steps == (Step.ADOPTED, Step.COMMENT, Step.STAMPED)


def test_an_id_that_is_complete_is_left_alone() -> None:
    script = (REGISTERS[0].replace("ID", OTHER_ID) + f"\na()\n//# debugId={OTHER_ID}").encode()
    source_map = MAP[:-1] + f',"debug_id":"{OTHER_ID}"}}'.encode()
    injected = inject(script, source_map)
    assert (injected.script, injected.source_map) == (script, source_map)
    assert injected.steps == ()


@pytest.mark.parametrize(("in_script", "in_map"), [(True, True), (True, False), (False, True)])
def test_an_id_that_nothing_registers_gets_a_snippet(*, in_script: bool, in_map: bool) -> None:
    script = "a()\n" + f"//# debugId={OTHER_ID}\n" * in_script + "//# sourceMappingURL=a.js.map\n"
    source_map = MAP[:-1] + (f',"debugId":"{OTHER_ID}"' * in_map).encode() + b"}"
    injected = inject(script.encode(), source_map)
    assert injected.debug_id == OTHER_ID
    assert f'("{OTHER_ID}");//of '.encode() in injected.script
    assert loaded(injected.source_map)["mappings"] == ";AAAA;;AACA"
    assert loaded(injected.source_map)["debugId"] == OTHER_ID
    again = inject(injected.script, injected.source_map)
    assert (again.source_map, again.steps) == (injected.source_map, ())


def test_upper_case_is_the_same_id() -> None:
    script = f"a()\n//# debugId={THIRD_ID.upper()}".encode()
    source_map = MAP[:-1] + f',"debugId":"{THIRD_ID}"}}'.encode()
    assert inject(script, source_map).debug_id == THIRD_ID


@pytest.mark.parametrize(
    ("script", "source_map", "message"),
    [
        (f"a()\n//# debugId={OTHER_ID}", f'{{"mappings":"","debugId":"{THIRD_ID}"}}', "both again"),
        (
            REGISTERS[0].replace("ID", OTHER_ID),
            f'{{"mappings":"","debugId":"{THIRD_ID}"}}',
            "both again",
        ),
        (
            REGISTERS[0].replace("ID", OTHER_ID) + f"\n//# debugId={THIRD_ID}",
            '{"mappings":""}',
            "only one tool",
        ),
        ("a()\n//# debugId=abc", '{"mappings":""}', "no UUID"),
    ],
)
def test_ids_that_contradict_each_other_are_refused(
    script: str, source_map: str, message: str
) -> None:
    with pytest.raises(DistributionError, match=message):
        inject(script.encode(), source_map.encode())


@pytest.mark.parametrize("in_map", ["", OTHER_ID, THIRD_ID])
def test_the_last_of_several_registered_ids_is_the_script_s_whatever_the_map_says(
    in_map: str,
) -> None:
    order = (OTHER_ID, THIRD_ID, OTHER_ID, THIRD_ID)
    script = "\n".join(REGISTERS[0].replace("ID", each) for each in order)
    source_map = MAP[:-1] + (f',"debugId":"{in_map}"' if in_map else "").encode() + b"}"
    injected = inject(script.encode(), source_map)
    assert injected.debug_id == THIRD_ID
    assert injected.other_ids == (OTHER_ID,)
    assert inject(injected.script, injected.source_map).steps == ()


def test_an_sdk_that_reads_ids_has_none() -> None:
    script = b"const ids=globalThis._sentryDebugIds;if(!ids)return{};const x='abc'"
    assert Step.SNIPPET in inject(script, MAP).steps


SCRIPTS = [
    "a()",
    "a()\r\n",
    "#!x\n'use strict';a()",
    "#!x",
    "",
    "// a\u2028a()",
    "a()\n//# sourceMappingURL=a.js.map\n\n",
    f"a()\n//# debugId={OTHER_ID}",
    f"a()\n//# debugId={OTHER_ID}\n//# sourceMappingURL=a.js.map",
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("in_map", [True, False])
def test_a_run_that_was_stopped_between_script_and_map_is_finished(
    script: str, *, in_map: bool
) -> None:
    source_map = MAP[:-1] + (f',"debugId":"{OTHER_ID}"' * in_map).encode() + b"}"
    done = inject(script.encode(), source_map)
    resumed = inject(done.script, source_map)
    assert resumed.script == done.script
    assert resumed.source_map == done.source_map
    assert inject(done.script, done.source_map).steps == ()


def test_a_map_of_another_build_is_not_moved_in_its_place() -> None:
    done = inject(b"a()", MAP)
    with pytest.raises(DistributionError, match="another source map"):
        inject(done.script, MAP.replace(b"AAAA", b"CCCC"))


def test_an_injected_script_inside_a_bundle_is_not_taken_for_the_bundle() -> None:
    library = inject(b"library()", MAP)
    bundle = library.script.replace(f"//# debugId={library.debug_id}\n".encode(), b"more()")
    injected = inject(bundle, MAP)
    assert injected.steps == (Step.ADOPTED, Step.COMMENT, Step.STAMPED)


def test_a_script_that_had_no_map_gets_its_id_into_one_that_comes_later() -> None:
    alone = inject(b"a()")
    later = inject(alone.script, MAP)
    assert later.debug_id == alone.debug_id
    assert loaded(later.source_map)["mappings"] == loaded(MAP)["mappings"]
    assert normal(later.script) == normal(alone.script)
