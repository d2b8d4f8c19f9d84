"""`explain --event`: why the frames of an event are as the server shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.local_server.server import LocalServer
from tests.explain import bundle
from tests.explain.events import event, of_release
from tests.sentry.exchange import Fault
from tests.sentry.fault_proxy import FaultProxy
from tests.sentry.faults import answer
from tests.support import make_wheel
from tests.support.shell import Result, Shell

JSON = {"Content-Type": "application/json"}
ID = "ed4d47fa545a44448ee6029f6d5afc61"
LONG_AGO, IN_TIME_TO_COME = "2001-01-01T00:00:00Z", "2999-01-01T00:00:00.123456Z"

Ask = Callable[..., Result]


@pytest.fixture
def release(shell: Shell) -> str:
    """Return the release of the project, which no other test has."""
    return (
        (shell.folder / "pyproject.toml").read_text("utf-8").split('version = "')[1].split('"')[0]
    )


@pytest.fixture
def wheel(shell: Shell, release: str) -> Path:
    return make_wheel(shell.folder / "dist", version=release, files=bundle.files())


@pytest.fixture
def proxy(shared_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """Yield a proxy before the server, which has events."""
    with FaultProxy(shared_server.url) as running:
        yield running


@pytest.fixture
def ask(shell: Shell, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what explains an event that the server answers with, and a status."""

    def explain_event(
        said: object, *arguments: str, status: int = 200, bundles: Fault | None = None
    ) -> Result:
        proxy.calm()
        if bundles is not None:
            proxy.on(bundles, method="GET", path="/files/artifact-bundles/", times=9)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        fault = answer(status, JSON, body)
        proxy.on(fault, method="GET", path=f"/projects/acme/web/events/{ID}/")
        monkeypatch.setenv("SENTRY_URL", proxy.url)
        return shell.run("explain", "--event", ID, *arguments)

    return explain_event


def flat(text: str) -> str:
    return " ".join(text.split())


def test_what_sentry_resolved_is_told_and_not_looked_up(
    shell: Shell, wheel: Path, release: str, ask: Ask, proxy: FaultProxy
) -> None:
    shell.run("upload", str(wheel))
    done = ask(of_release("resolved", release))
    assert done.out.startswith(
        f"Event {ID}: TypeError: discount is undefined\n"
        "received 2026-11-28 02:39:14 UTC, of release "
    )
    assert (
        "Frame 1 of 4: at a (https://shop.example/static/page.js:1:344)\n"
        "Sentry shows ../source/prices.ts:16:33, in totalOf\n" in done.out
    )
    assert 'Sentry said of that URL: "Unable to fetch HTTP resource"\n' in done.out
    assert done.out.endswith(
        """
4 frames: 2 resolve, 1 does not resolve, 1 is not the page's code

    1  resolves   https://shop.example/static/page.js:1:344
                  ../source/prices.ts:16:33, in totalOf
    2  not yours  at Array.map (<anonymous>)
    3  does not   https://shop.example/static/none.js:1:7
                  no artifact answers for the script's URL
    4  resolves   https://shop.example/static/page.js:1:710
                  ../source/page.ts:4:17, in checkOut
"""
    )
    assert not any("download=1" in each.path for each in proxy.requests)
    assert (done.code, done.err) == (1, "")


def test_files_of_another_dist_are_the_cause(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    shell.run("upload", str(wheel), "--dist", "7")
    done = ask(of_release("other_dist", release))
    assert "It resolves with dist 7, and the event says no dist: `dist`" in flat(done.out)
    assert done.out.count("It resolves with dist 7") == 1
    assert "The cause is that of frame 1.\n" in done.out
    assert done.code == 1


def test_another_release_is_the_cause(shell: Shell, wheel: Path, release: str, ask: Ask) -> None:
    shell.run("upload", str(wheel))
    shell.run("upload", "--release", f"{release}-old", "--exclude", "page.*")
    done = ask(of_release("other_dist", f"{release}-old"))
    cause = (
        f"It resolves in release {release}, the project's, and the event says release "
        f"{release}-old: `release` has to be the same in `Sentry.init` and in the upload."
    )
    assert cause in flat(done.out)
    assert done.code == 1


def test_a_release_without_files_is_told_once_with_the_one_that_has_them(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    shell.run("upload", str(wheel), "--release", f"shop@{release}-near")
    done = ask(of_release("empty_release", f"{release}-near"))
    assert flat(done.out).count("Nothing was uploaded to release") == 1
    assert f"It resolves in release shop@{release}-near, and the event says" in flat(done.out)
    assert done.code == 1


def test_a_map_that_is_not_there_is_told_though_sentry_names_it(
    shell: Shell, release: str, ask: Ask
) -> None:
    files = {"shop/static/dangling.js": b"a()\n//# sourceMappingURL=bare.js.map\n"}
    shell.run("upload", str(make_wheel(shell.folder / "dist", version=release, files=files)))
    done = ask(of_release("no_map", release))
    assert "  not there   ~/static/bare.js.map\n" in done.out
    assert "    2  does not   https://shop.example/static/dangling.js:1:344\n" in done.out
    assert "no artifact answers for the map's URL" in done.out.partition(" frames: ")[2]


def test_an_event_without_a_release_is_told(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    shell.run("upload", str(wheel))
    done = ask(of_release("no_release", None))
    assert flat(done.out).count("The event says no release, so that Sentry looks for no file") == 1
    assert f"It resolves in release {release}, the project's, and the event says no" in flat(
        done.out
    )
    assert done.code == 1


def test_an_event_without_a_release_that_is_resolved_has_no_problem(ask: Ask) -> None:
    said = of_release("resolved", None)
    value = said["entries"][0]["data"]["values"][0]
    for key in ("stacktrace", "rawStacktrace"):
        value[key] = {"frames": [each for each in value[key]["frames"] if each["function"] != "g"]}
    done = ask(said)
    assert "says no release" not in done.out
    assert done.code == 0


def test_files_that_came_after_the_event_serve_only_those_that_come_since(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    shell.run("upload", str(wheel))
    late = of_release("before_upload", release, dateReceived=LONG_AGO)
    frames = late["entries"][0]["data"]["values"][0]["stacktrace"]["frames"]
    late["entries"][0]["data"]["values"][0]["stacktrace"]["frames"] = [
        frame for frame in frames if "none.js" not in frame["absPath"]
    ]
    done = ask(late)
    assert "days after the event: they are used for those that come since" in flat(done.out)
    assert "3 frames: 2 would resolve from now on, 1 is not the page's code" in done.out
    assert done.code == 0
    in_time = ask({**late, "dateReceived": IN_TIME_TO_COME})
    assert "The files were there when the event came" in in_time.out
    assert in_time.code == 1
    unknown = ask({**late, "dateReceived": "yesterday"})
    assert (unknown.code, "received" in unknown.out.partition("\n\n")[0]) == (1, False)


def test_a_debug_id_that_was_not_uploaded_is_the_cause(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    shell.run("upload", str(wheel), "--release", f"{release}-other")
    said = of_release("debug_id", release)
    value = said["entries"][0]["data"]["values"][0]
    value["stacktrace"], value["rawStacktrace"] = value["rawStacktrace"], None
    done = ask(said)
    assert "no artifact bundle has a file of that debug id" in done.out
    assert "No upload has the debug id 5f2c0a3e-8d4b-4e0f-9a51-0d3b6c7e8f90 of the" in flat(
        done.out
    )


def test_a_debug_id_that_was_uploaded_leads_to_the_files(
    shell: Shell, release: str, ask: Ask, tmp_path: Path
) -> None:
    for path, content in bundle.files("static").items():
        (tmp_path / "web" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / path).write_bytes(content)
    shell.run("inject", str(tmp_path / "web"))
    script = (tmp_path / "web/static/page.js").read_text("utf-8")
    debug_id = script.split("debugId=")[1].split()[0]
    paths = ("--paths", "web/static=https://elsewhere.example")
    as_bundle = ("--upload-as", "artifact-bundle", "--release", f"{release}-x")
    assert shell.run("upload", str(tmp_path / "web"), *as_bundle, *paths).code == 0
    said = of_release("debug_id", None, dateReceived=LONG_AGO)
    value = said["entries"][0]["data"]["values"][0]
    value["stacktrace"], value["rawStacktrace"] = value["rawStacktrace"], None
    said["entries"][-1]["data"]["images"][0]["debug_id"] = debug_id.upper()
    done = ask(said)
    assert f"  by debug id:\n  answers     {debug_id}\n" in done.out
    assert "2 would resolve from now on" in done.out


def test_a_wheel_is_searched_for_the_frames_of_an_event(
    shell: Shell, wheel: Path, release: str, ask: Ask
) -> None:
    done = ask(of_release("other_dist", "unknown"), "--from", str(wheel))
    assert done.out.count("function: totalOf") == 1
    assert "in the files that an upload of" in done.out


def test_json_is_an_object_a_frame(shell: Shell, wheel: Path, release: str, ask: Ask) -> None:
    shell.run("upload", str(wheel), "--dist", "7")
    done = ask(of_release("other_dist", release), "--json")
    frames = [json.loads(line) for line in done.out.splitlines()]
    assert [frame["resolved"] for frame in frames] == [False, None, False, False]
    assert "it resolves with dist 7" in frames[0]["causes"][0]
    assert frames[0]["sentry_said"] == ["Unable to fetch HTTP resource"]
    shown = ask(of_release("resolved", release), "--json").out.splitlines()[0]
    assert json.loads(shown)["sentry_shows"] == "../source/prices.ts:16:33, in totalOf"
    assert json.loads(shown)["resolved"] is True


@pytest.mark.parametrize(
    "given",
    [
        ID.upper(),
        f"{ID[:8]}-{ID[8:12]}-{ID[12:16]}-{ID[16:20]}-{ID[20:]}",
        f"https://s.example/organizations/acme/issues/12/events/{ID}/?project=2",
    ],
)
def test_an_event_is_named_by_its_id_or_page(
    shell: Shell, ask: Ask, proxy: FaultProxy, given: str
) -> None:
    ask(event("resolved"))
    fault = answer(200, JSON, json.dumps(event("resolved")).encode())
    proxy.on(fault, method="GET", path=f"/events/{ID}/")
    assert shell.run("explain", "--event", given).out.startswith(f"Event {ID}: TypeError")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--event", "ed4d47fa"], "has 32 hexadecimal digits, of which its page shows the first"),
        (["--event", "https://s.example/issues/12/"], "has 32 hexadecimal digits"),
        (["--event", ID, "https://h/a.js:1:2"], "give it alone"),
        (["--event", ID], f"has no event {ID}"),
        (["--event", ID, "--project", "nobody"], 'has no project "nobody"'),
    ],
)
def test_an_event_that_is_not_there_is_told(
    shell: Shell, arguments: list[str], message: str
) -> None:
    done = shell.run("explain", *arguments)
    assert message in done.err
    assert len(done.err.splitlines()) == 1
    assert done.code in {2, 3}


def test_a_token_that_may_not_see_events_is_told_what_it_lacks(ask: Ask) -> None:
    done = ask({"detail": "You do not have permission to perform this action."}, status=403)
    assert "the scopes event:read and project:read" in done.err
    assert done.code == 3


def test_a_server_that_tells_of_no_bundles_leads_to_the_wheel(ask: Ask) -> None:
    lacking = answer(404, {"Content-Type": "text/html"}, b"<html></html>")
    done = ask(of_release("no_release", None), bundles=lacking)
    assert "does not tell which artifact bundles it holds: --from looks" in done.err
    assert done.code == 3


def test_an_event_without_frames_is_told(ask: Ask) -> None:
    done = ask(event("resolved", entries=[{"type": "message", "data": {"formatted": "hello"}}]))
    assert f"the event {ID} (TypeError: discount is undefined) has no stack trace" in done.err
    assert done.code == 2


def _swapped(value: Any, junk: object, at: list[int]) -> Any:
    """Return the value with `junk` at the place in it whose number `at` counts down to."""
    at[0] -= 1
    if at[0] == 0:
        return junk
    if isinstance(value, dict):
        return {key: _swapped(each, junk, at) for key, each in value.items()}
    if isinstance(value, list):
        return [_swapped(each, junk, at) for each in value]
    return value


@pytest.mark.parametrize("name", ["resolved", "debug_id"])
@pytest.mark.parametrize(
    "junk",
    [None, [], {}, -1, 1e308, True, "x", "\x1b[2J\ud800", [[]], [None], {"a": 1}, "9" * 5000],
    ids=repr,
)
def test_an_event_of_any_shape_is_read(name: str, junk: object) -> None:
    from hatch_sentry_artifacts.errors import ConfigurationError
    from hatch_sentry_artifacts.explain.event import read_event

    number, count = 0, [0]
    while count[0] <= 0:
        number += 1
        count = [number]
        said = _swapped(event(name), junk, count)
        if isinstance(said, dict):
            try:
                read_event(said)
            except ConfigurationError as error:
                assert "has no stack trace" in str(error)  # noqa: PT017
    assert number > 50


def test_foreign_text_of_an_event_is_escaped(ask: Ask) -> None:
    said = event("no_release", title="\x1b[2J::error::x", errors=[])
    frame = said["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0]
    frame["function"], frame["absPath"] = "\x1b[31m\u202e\n::error::y", "https://h/\x9b.js"
    done = ask(said)
    assert "\x1b" not in done.out
    assert "\x9b" not in done.out
    assert not any(line.lstrip().startswith("::error") for line in done.out.splitlines())


def test_of_an_event_of_many_frames_the_first_are_explained(ask: Ask, release: str) -> None:
    said = of_release("no_release", None)
    trace = said["entries"][0]["data"]["values"][0]["stacktrace"]
    trace["frames"] = trace["frames"] * 1000
    done = ask(said)
    assert "500 frames: " in done.out
    assert "3500 more were not looked at" in flat(done.out)
