"""Scripts and tokens that were made to be slow, or to end what reads them."""

from __future__ import annotations

import base64
import time
import tracemalloc
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from hatch_sentry_artifacts.assets.collect import collect
from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.distribution.opening import open_distribution
from hatch_sentry_artifacts.assets.scripts.comments import remove_references
from hatch_sentry_artifacts.assets.source_maps.inline_maps import read_inline_map
from hatch_sentry_artifacts.configuration.credentials.token import read_claims
from hatch_sentry_artifacts.configuration.options import DEFAULT_PATTERNS
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.sentry.connection import Token
from tests.support import make_wheel

pytestmark = pytest.mark.integration

_REFERENCE = b"//# sourceMappingURL=a\n"
_SLOW: Mapping[str, bytes] = {
    "lines of one kind of line end": b"x" + b" \n" * 700_000,
    "lines of the other kind": b"x" + b" \r" * 700_000,
    "registrations of nothing": b"_sentryDebugIds" * 50_000,
    "references": _REFERENCE * 30_000 + b"x",
    "regular expressions that do not end": _REFERENCE + b"=/[" * 80_000,
    "comments": b"/**/" * 100_000 + _REFERENCE + b"`",
    "templates": b"`${" * 50_000 + _REFERENCE,
    "a reference that goes up": b"x\n//# sourceMappingURL=" + b"../" * 1_000_000,
    "a reference of hosts": b"x\n//# sourceMappingURL=//" + b"a." * 1_000_000,
}


@pytest.mark.parametrize("script", _SLOW.values(), ids=_SLOW)
def test_a_script_is_read_in_time_that_grows_with_its_size_alone(script: bytes) -> None:
    started = time.process_time()
    remove_references(script)
    with suppress(DistributionError):
        inject(script)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("script", _SLOW.values(), ids=_SLOW)
def test_a_script_is_collected_in_such_time_too(script: bytes, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, files={"shop/a.js": script, "shop/a.js.map": b"{}"})
    started = time.process_time()
    with open_distribution(wheel) as distribution:
        collect(distribution, include=DEFAULT_PATTERNS)
    assert time.process_time() - started < 5


def test_an_inline_map_of_escapes_takes_little_memory() -> None:
    url = b"data:application/json," + b"%7B%22a%22" * 500_000
    tracemalloc.start()
    try:
        inline = read_inline_map(url)
        assert inline.content == b'{"a"' * 500_000
        assert inline.url(inline.content) == url
        assert tracemalloc.get_traced_memory()[1] < 10 * len(url)
    finally:
        tracemalloc.stop()


def test_a_token_whose_claims_are_nested_too_deep_says_nothing() -> None:
    claims = base64.b64encode(b'{"url":' + b"[" * 100_000).decode()
    assert read_claims(Token(f"sntrys_{claims}_x", "the test")).url is None
