"""A run that is killed or interrupted leaves work done, and its rerun does only the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hatch_sentry_artifacts.local_server.server import DEFAULT_TOKEN
from tests.sentry.exchange import Exchange, Fault
from tests.sentry.faults import answer
from tests.sentry.running import ORGANIZATION, PROJECT, assert_secret

from .chunk_proxy import ASSEMBLE, CHUNKS, say
from .site import RELEASE, Site, scripts, urls, wheel_of

_SECONDS = 60


class Command:
    """Runs `hatch-sentry-artifacts upload` in a process of its own, and can stop it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def start(self, site: Site, wheel: Path, *flags: str) -> None:
        variables = {
            "SENTRY_URL": site.proxy.url,
            "SENTRY_ORG": ORGANIZATION,
            "SENTRY_PROJECT": PROJECT,
            "SENTRY_AUTH_TOKEN": DEFAULT_TOKEN,
        }
        arguments = ["upload", str(wheel), "--upload-as", "artifact-bundle", "--release", RELEASE]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hatch_sentry_artifacts", *arguments, *flags],
            cwd=wheel.parent,
            env={**os.environ, **variables},
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=None if os.name == "nt" else _heed_interrupts,  # noqa: PLW1509 - only a signal
        )

    def end(self) -> tuple[int, str, str]:
        """Its exit code, and what it wrote."""
        assert self.process is not None
        out, err = self.process.communicate(timeout=_SECONDS)
        assert_secret([DEFAULT_TOKEN], out, err)
        assert "Traceback" not in err
        return self.process.returncode, out, err

    def sending(self, number: int, then: Fault) -> Fault:
        """Return a fault that sends the process a signal first."""

        def fault(exchange: Exchange) -> None:
            assert self.process is not None
            self.process.send_signal(number)
            then(exchange)

        return fault

    def stop(self) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
            self.process.communicate()


def _heed_interrupts() -> None:
    """Let Ctrl-C end the process: test runs in a shell's background ignore it, as would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def command() -> Iterator[Command]:
    running = Command()
    yield running
    running.stop()


def test_process_that_is_killed_before_assembling_leaves_its_chunks_for_the_next(
    site: Site, tmp_path: Path, command: Command
) -> None:
    files = scripts(20)
    wheel = wheel_of(tmp_path, files)
    assembles = iter([False, True])

    def kill_at_the_second(exchange: Exchange) -> None:
        if next(assembles):
            assert command.process is not None
            command.process.kill()
            command.process.wait(_SECONDS)
            exchange.reset()
        else:
            exchange.send(exchange.forward())

    site.proxy.on(kill_at_the_second, path=ASSEMBLE, times=2)
    command.start(site, wheel)
    assert command.end()[0] != 0
    assert site.proxy.posts
    assert site.bundles() == []

    site.proxy.forget()
    run = site.upload(wheel)
    assert (run.exit_code, run.summary) == (0, {"uploaded": 20})
    assert not site.proxy.posts
    assert site.files() == urls(files)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
@pytest.mark.parametrize(
    "step",
    [
        "sending",
        pytest.param("waiting for a server that is busy", marks=pytest.mark.slow),
        pytest.param("polling", marks=pytest.mark.slow),
    ],
)
def test_interrupted_run_ends_at_once_and_can_be_run_again(
    *, site: Site, tmp_path: Path, command: Command, step: str
) -> None:
    files = scripts(20)
    wheel = wheel_of(tmp_path, files)
    if step == "sending":
        site.proxy.on(command.sending(signal.SIGINT, answer(503)), path=CHUNKS, times=99)
    elif step == "polling":
        busy = say({"state": "assembling", "missingChunks": []})
        site.proxy.on(command.sending(signal.SIGINT, busy), path=ASSEMBLE, times=99)
    else:
        busy = answer(503, {"Retry-After": "50"})
        site.proxy.on(command.sending(signal.SIGINT, busy), path=CHUNKS, times=99)
    command.start(site, wheel)
    code, _, err = command.end()
    assert code == 130
    assert "running this again does the rest" in err

    site.proxy.calm()
    assert site.upload(wheel).exit_code == 0
    assert site.files() == urls(files)


def test_every_request_is_shown_and_the_token_never(
    site: Site, tmp_path: Path, command: Command
) -> None:
    said = {"state": "error", "detail": f"no {DEFAULT_TOKEN}"}
    site.proxy.on(say(said), path=ASSEMBLE)
    site.proxy.on(say({"detail": f"Bearer {DEFAULT_TOKEN}"}, 503), path=CHUNKS)
    wheel = wheel_of(tmp_path, scripts(3))
    command.start(site, wheel, "--debug", "--json")
    code, out, err = command.end()
    assert code == 1
    assert re.findall(r"(?:GET|POST) \S+/(\S+)/ answered (\d+)", err) == [
        ("chunk-upload", "200"),
        ("shop%401.2.0", "404"),
        ("releases", "201"),
        ("assemble", "200"),
    ]
    assert "could not assemble the bundle: no [token hidden]" in err
    assert json.loads(out)["ok"] is False

    command.start(site, wheel, "--debug", "--json")
    code, out, err = command.end()
    assert code == 0
    assert "answered 503 (Bearer [token hidden])" in err
    bundle = json.loads(out)["bundle"]
    assert bundle["state"] == "ok"
    assert bundle["chunks_sent"] == bundle["chunks"] == len(set(site.proxy.sent))
