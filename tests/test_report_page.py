"""A report as a page: complete, quiet, and nothing of foreign text is more than text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hatch_sentry_artifacts.assets.asset import Asset
from hatch_sentry_artifacts.assets.finding_rules import ADDRESS
from hatch_sentry_artifacts.errors import UploadConflict
from hatch_sentry_artifacts.outcome import Outcome, Status
from hatch_sentry_artifacts.report import Report
from hatch_sentry_artifacts.report_files import Failure, write_reports

_HOSTILE = '<script>alert(1)</script><img src=x onerror="a()">&amp;\x1b[31m\u202e.js'
_VOID = {"meta", "br"}


class _Reader(HTMLParser):
    """Reads a page strictly: every element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _asset(path: str, **more: Any) -> Asset:
    asset = Asset(
        path=path,
        name=f"~/{path}",
        size=1500,
        sha1="0" * 40,
        crc32=None,
        headers={},
        open=lambda: pytest.fail("nothing is read"),
        rule="first-folder",
    )
    return replace(asset, **more)


def _report(*files: Outcome, **more: Any) -> Report:
    report = Report(
        release="1.2.0",
        dist=None,
        organization="acme",
        projects=("web",),
        url="https://sentry.example",
        upload_as="release-files",
        dry_run=False,
        files=files,
        bytes_sent=1500,
        requests=2,
        seconds=0.5,
    )
    return replace(report, **more)


def _read(*results: Report | Failure, tmp_path: Path) -> _Reader:
    file = tmp_path / "report.html"
    write_reports(results, file)
    return _Reader(file.read_text("utf-8"))


def test_page_says_what_was_sent_why_and_what_is_missing(tmp_path: Path) -> None:
    page = _read(
        _report(
            Outcome(_asset("app.js", headers={"Sourcemap": "app.js.map"}), Status.UPLOADED),
            Outcome(_asset("bare.js"), Status.UNCHANGED),
            warnings=("bare.js: has no map [no-map]", "something else"),
            page="https://sentry.example/organizations/acme/releases/1.2.0/",
        ),
        tmp_path=tmp_path,
    )
    for said in ("1 uploaded, 1 unchanged", "~/app.js", "1 of 2 scripts have no source map"):
        assert said in page.text
    assert "no other rule holds" in page.text
    assert [value for name, value in page.attributes if name == "href"] == [
        "https://sentry.example/organizations/acme/releases/1.2.0/",
        f"{ADDRESS}#no-map",
    ]


def test_what_failed_comes_first_with_its_error(tmp_path: Path) -> None:
    page = _read(
        _report(
            Outcome(_asset("a.js"), Status.UPLOADED),
            Outcome(_asset("b.js"), Status.FAILED, "not today"),
        ),
        tmp_path=tmp_path,
    )
    assert page.text.index("failed: not today") < page.text.index("~/a.js")
    assert "lacks 1 of its 2 files" in page.text


def test_an_upload_that_ended_early_has_its_section(tmp_path: Path) -> None:
    page = _read(Failure("shop.whl", UploadConflict("no <b>", "way")), tmp_path=tmp_path)
    assert "shop.whl was not uploaded" in page.text
    assert "no <b>" in page.text


def test_foreign_text_is_only_text_and_the_page_asks_for_nothing(tmp_path: Path) -> None:
    asset = _asset(_HOSTILE, headers={"Sourcemap": _HOSTILE}, debug_id=_HOSTILE)
    page = _read(
        _report(
            Outcome(asset, Status.FAILED, _HOSTILE),
            release=_HOSTILE,
            dist=_HOSTILE,
            url=_HOSTILE,
            page=f"javascript:{_HOSTILE}",
            warnings=(f"{_HOSTILE} [no-map]", f"[{_HOSTILE}]"),
        ),
        Failure(_HOSTILE, UploadConflict(_HOSTILE)),
        tmp_path=tmp_path,
    )
    assert {"script", "img", "link", "iframe"}.isdisjoint(page.elements)
    assert not {name for name, _ in page.attributes} & {"src", "onerror", "srcset", "style"}
    assert not {"\x1b", "\u202e"} & set(page.text)
    assert [value for name, value in page.attributes if name == "href"] == [f"{ADDRESS}#no-map"]


def test_another_run_takes_the_page_s_place(tmp_path: Path) -> None:
    _read(_report(release="1"), tmp_path=tmp_path)
    assert "Release 2" in (text := _read(_report(release="2"), tmp_path=tmp_path).text)
    assert "Release 1" not in text
