"""What `upload` makes of options that only a build can follow."""

from __future__ import annotations

import pytest

from tests.support.machine import Result, module

from .press import STRIP, Press


def _upload(press: Press, *arguments: str) -> Result:
    return press.project.run(*module("hatch_sentry_artifacts", "upload", *arguments))


def test_flags_that_only_a_build_can_follow_are_refused(hatch: Press) -> None:
    result = _upload(hatch, "dist/any.whl", "--source-maps=strip", "--debug-ids", "inject")

    assert result.code == 2
    assert "--source-maps strip: no finished wheel is changed" in result.err
    assert "--debug-ids inject: no finished wheel is changed" in result.err
    assert "`hatch-sentry-artifacts inject FOLDER`" in result.err


def test_a_stripped_wheel_is_uploaded_as_it_is_with_a_word_on_its_maps(hatch: Press) -> None:
    hatch.configure(STRIP)
    assert hatch.build(SENTRY_ARTIFACTS="off").code == 0
    result = _upload(hatch)

    assert result.code == 0
    assert hatch.on_server().keys() == {
        f"~/static/{name}.js" for name in ("app", "inline", "plain")
    }
    assert f"warning: {hatch.wheel.name} was built without its source maps" in result.err


@pytest.mark.slow
def test_after_an_upload_by_the_build_the_command_finds_all_there(hatch: Press) -> None:
    hatch.configure(STRIP)
    assert hatch.build().code == 0
    held = hatch.on_server()
    result = _upload(hatch)

    assert "3 unchanged" in result.err
    assert hatch.on_server() == held
    assert hatch.map_of("~/static/app.js") == "app.js.map"


def test_a_build_fixes_what_an_upload_of_the_stripped_wheel_alone_left_out(hatch: Press) -> None:
    hatch.configure(STRIP)
    assert hatch.build(SENTRY_ARTIFACTS="off").code == 0
    assert _upload(hatch).code == 0
    assert hatch.build().code == 0

    assert hatch.map_of("~/static/app.js") == "app.js.map"
