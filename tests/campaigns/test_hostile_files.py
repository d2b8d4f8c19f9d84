"""Scripts and tokens that were made to be slow, or to end what reads them."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from contextlib import suppress

import pytest

from hatch_sentry_artifacts.assets.debug_ids.inject import inject
from hatch_sentry_artifacts.assets.scripts.comments import remove_references
from hatch_sentry_artifacts.configuration.credentials.token import read_claims
from hatch_sentry_artifacts.errors import DistributionError
from hatch_sentry_artifacts.sentry.connection import Token

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
}


@pytest.mark.parametrize("script", _SLOW.values(), ids=_SLOW)
def test_a_script_is_read_in_time_that_grows_with_its_size_alone(script: bytes) -> None:
    started = time.process_time()
    remove_references(script)
    with suppress(DistributionError):
        inject(script)
    assert time.process_time() - started < 5


def test_a_token_whose_claims_are_nested_too_deep_says_nothing() -> None:
    claims = base64.b64encode(b'{"url":' + b"[" * 100_000).decode()
    assert read_claims(Token(f"sntrys_{claims}_x", "the test")).url is None
